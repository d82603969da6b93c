/** The model as one HTML file, for people without Rung. */
import { Alert, Button } from '@mantine/core';
import { FileCode } from 'lucide-react';
import { useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import type { ClassicalRun, FinetunedRun } from '../../shared/training.ts';
import { formatBytes } from '../../ui/format.ts';
import { saveBlob } from '../../ui/saveBlob.ts';
import css from './ExportScreen.module.css';
import { fileNameOf } from './packageContents.ts';

export interface PagePanelProps {
  run: FinetunedRun | ClassicalRun;
  exportPage: (id: string) => Promise<Blob>;
}

/** @see PagePanelProps */
export function PagePanel({ run, exportPage }: PagePanelProps) {
  const [writing, setWriting] = useState(false);
  const [saved, setSaved] = useState<number | null>(null);
  const [error, setError] = useState<{ message: string; hint: string } | null>(null);
  const name = `${fileNameOf(run.name)}.html`;
  const download = async () => {
    setWriting(true);
    setError(null);
    try {
      const blob = await exportPage(run.id);
      saveBlob(blob, name);
      setSaved(blob.size);
    } catch (thrown) {
      setError(toRungError(thrown));
    } finally {
      setWriting(false);
    }
  };
  const neighbours = run.kind === 'classical' && run.chosen.some(({ kind }) => kind === 'nearest neighbours');
  return (
    <section className={css.panel} aria-label="Web page for colleagues">
      <h2 className={css.subheading}>Web page for colleagues</h2>
      <p className={css.quiet}>
        One .html file with the model in it: a box for a title, and lists or CSV files of them. It opens from disk in
        any recent browser, needs no network and cannot send anything. Its weights are rounded, beyond 10 MB to 8 bits,
        which moves probabilities a little: the page says so.
        {neighbours && ' It holds the titles this model learnt from.'}
      </p>
      <Button
        variant="default"
        leftSection={<FileCode size={16} aria-hidden="true" />}
        loading={writing}
        onClick={() => void download()}
      >
        Download the page
      </Button>
      <p className={css.quiet} aria-live="polite">
        {saved === null ? name : `${name} is saved, ${formatBytes(saved)}.`}
      </p>
      {error && (
        <Alert color="red" title={error.message}>
          {error.hint}
        </Alert>
      )}
    </section>
  );
}
