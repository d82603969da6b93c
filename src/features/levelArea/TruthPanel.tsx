/** True labels, where the file has some: only with them can accuracy be told. Folded away, for most files have none. */
import { NativeSelect } from '@mantine/core';
import type { Head, KeywordMap, Labelling, LevelAreaFile, PerHead, TruthSettings } from '../../shared/levelArea.ts';
import { Fold } from '../../ui/Fold.tsx';
import { formatCounted } from '../../ui/format.ts';
import css from './LevelArea.module.css';
import { headNames, heads } from './levelAreaSession.ts';

export interface TruthPanelProps {
  file: LevelAreaFile;
  titleColumn: number;
  maps: PerHead<KeywordMap>;
  truth: PerHead<TruthSettings | null>;
  labelling: Labelling;
  disabled: boolean;
  onColumn: (head: Head, column: number | null) => void;
  onTruth: (head: Head, truth: TruthSettings) => void;
}

/** @see TruthPanelProps */
export function TruthPanel(props: TruthPanelProps) {
  const { file, titleColumn, truth, disabled, onColumn } = props;
  if (file.columns.length < 2) return null;
  const chosen = heads.filter((head) => truth[head]).map((head) => headNames[head].toLowerCase());
  return (
    <section className={css.panel} aria-label="True labels">
      <Fold title={`True labels, if the file has some${chosen.length > 0 ? `: ${chosen.join(' and ')}` : ''}`}>
        <p className={css.quiet}>
          They are never trained on. Test titles are measured against them, those without a keyword too: that is
          accuracy. NAICS and SOC codes are understood as they are.
        </p>
        {heads.map((head) => (
          <div key={head}>
            <NativeSelect
              mt="md"
              w={280}
              label={`Column with the true ${headNames[head].toLowerCase()}`}
              disabled={disabled}
              value={String(truth[head]?.column ?? '')}
              data={[
                { value: '', label: 'None' },
                ...file.columns.flatMap((label, column) =>
                  column === titleColumn ? [] : [{ value: String(column), label }],
                ),
              ]}
              onChange={(event) => {
                const { value } = event.currentTarget;
                onColumn(head, value === '' ? null : Number(value));
              }}
            />
            {truth[head] && <Names {...props} head={head} settings={truth[head]} />}
          </div>
        ))}
      </Fold>
    </section>
  );
}

function Names({
  head,
  settings,
  maps,
  labelling,
  disabled,
  onTruth,
}: TruthPanelProps & { head: Head; settings: TruthSettings }) {
  const { truthValues, truthTitles } = labelling.heads[head];
  const count = `${formatCounted(truthTitles, 'title')} ${truthTitles === 1 ? 'has' : 'have'} a true label with a class.`;
  if (!truthValues) return <p className={css.quiet}>The column holds codes of this scheme. {count}</p>;
  return (
    <>
      <p className={css.quiet}>What is each class called in the file? Several classes may share a label. {count}</p>
      <div className={css.fields}>
        {maps[head].classes.map(({ name }, at) => (
          <NativeSelect
            key={name}
            label={name}
            disabled={disabled}
            value={settings.names[at] ?? ''}
            data={[{ value: '', label: 'Not in the file' }, ...truthValues.map(({ value }) => value)]}
            onChange={(event) => {
              const { value } = event.currentTarget;
              onTruth(head, { ...settings, names: settings.names.with(at, value === '' ? null : value) });
            }}
          />
        ))}
      </div>
    </>
  );
}
