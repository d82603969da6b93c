import { Alert } from '@mantine/core';
import { PencilLine } from 'lucide-react';
import type { RunRecord } from '../../shared/training.ts';
import { formatCounted } from '../../ui/format.ts';
import classes from './ResultsScreen.module.css';

/** That labels had been corrected, and what it means for the figures; nothing for a run on the table as it was. */
export function CorrectedNote({ run }: { run: RunRecord }) {
  const corrected = run.data.corrected ?? [];
  if (corrected.length === 0) return null;
  const rows = new Set(corrected);
  const tested = run.test?.rows.filter(({ row }) => rows.has(row)).length ?? 0;
  return (
    <Alert
      variant="light"
      color="gray"
      icon={<PencilLine size={18} />}
      title={`Trained on a table with ${formatCounted(corrected.length, 'corrected row')}`}
      className={classes.alert}
    >
      {tested > 0
        ? `${formatCounted(tested, 'test row')} among them: the figures are measured on the corrected labels, and cannot be compared with those of a run on the table as it was.`
        : 'No test row is among them. Which rows are tested depends on the labels, so compare with earlier runs with care.'}
    </Alert>
  );
}
