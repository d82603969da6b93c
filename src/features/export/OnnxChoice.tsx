/** Which ONNX files go into the download. */
import { Checkbox } from '@mantine/core';
import { onnxForms as forms, onnxPath, onnxPrecisions, type OnnxFile, type OnnxForm } from '../../shared/onnxFiles.ts';
import { formatBytes } from '../../ui/format.ts';
import css from './ExportScreen.module.css';
import { onnxBytes, onnxForms, onnxNumbers } from './packageContents.ts';

export interface OnnxChoiceProps {
  chosen: readonly OnnxFile[];
  onChange: (chosen: OnnxFile[]) => void;
  weightBytes: number;
}

/** @see OnnxChoiceProps */
export function OnnxChoice({ chosen, onChange, weightBytes }: OnnxChoiceProps) {
  const isChosen = (file: OnnxFile): boolean => chosen.some((other) => onnxPath(other) === onnxPath(file));
  const toggle = (file: OnnxFile): void =>
    onChange(isChosen(file) ? chosen.filter((other) => onnxPath(other) !== onnxPath(file)) : [...chosen, file]);
  const group = (form: OnnxForm) => (
    <fieldset key={form} className={css.onnxForm}>
      <legend>{onnxForms[form].title}</legend>
      <p className={css.quiet}>{onnxForms[form].purpose}</p>
      {onnxPrecisions.map((precision) => {
        const file = { form, precision };
        const { title, note } = onnxNumbers[precision];
        return (
          <Checkbox
            key={precision}
            checked={isChosen(file)}
            onChange={() => toggle(file)}
            label={`${title}, about ${formatBytes(onnxBytes(weightBytes, file))}`}
            description={
              <>
                <code>{onnxPath(file)}</code>: {note}
              </>
            }
          />
        );
      })}
    </fieldset>
  );
  return (
    <section className={css.panel} aria-label="ONNX files">
      <h2 className={css.subheading}>Also as ONNX</h2>
      <p className={css.quiet}>
        For onnxruntime and transformers.js, in a page or on a server, without conversion. They go into the zip.
      </p>
      <div className={css.onnx}>{forms.map(group)}</div>
    </section>
  );
}
