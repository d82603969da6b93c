/** The curves of a training for TensorBoard. */
import { Alert, Button } from '@mantine/core';
import { ChartLine } from 'lucide-react';
import { useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import type { FinetunedRun } from '../../shared/training.ts';
import { saveBlob } from '../../ui/saveBlob.ts';
import css from './ExportScreen.module.css';
import { fileNameOf } from './packageContents.ts';

export interface EventsPanelProps {
  run: FinetunedRun;
  exportEvents: (id: string) => Promise<Blob>;
}

/** @see EventsPanelProps */
export function EventsPanel({ run, exportEvents }: EventsPanelProps) {
  const [error, setError] = useState<{ message: string; hint: string } | null>(null);
  // TensorBoard looks for this beginning, and takes the number for the time of the start.
  const name = `events.out.tfevents.${Math.floor(run.createdAt / 1000)}.${fileNameOf(run.name).replaceAll(/\s+/g, '-')}`;
  const download = async () => {
    setError(null);
    try {
      saveBlob(await exportEvents(run.id), name);
    } catch (thrown) {
      setError(toRungError(thrown));
    }
  };
  return (
    <section className={css.panel} aria-label="For TensorBoard">
      <h2 className={css.subheading}>For TensorBoard</h2>
      <p className={css.quiet}>
        Loss, learning rate and F1 of every label as an event file. Put it into a folder of its own and start{' '}
        <code>tensorboard --logdir</code> with the folder above.
      </p>
      <Button
        variant="default"
        leftSection={<ChartLine size={16} aria-hidden="true" />}
        onClick={() => void download()}
      >
        Download the event file
      </Button>
      {error && (
        <Alert color="red" title={error.message}>
          {error.hint}
        </Alert>
      )}
    </section>
  );
}
