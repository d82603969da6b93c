/** Titles with labels that are written by hand: they are learnt from, and nothing is measured on them. */
import { ActionIcon, Button, MultiSelect, Text, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { ExtraRow } from '../../shared/extraRow.ts';
import classes from './ExtraRowsField.module.css';

export interface ExtraRowsFieldProps {
  rows: readonly ExtraRow[];
  /** Those of the table. */
  labelNames: readonly string[];
  problem: string | undefined;
  onChange: (rows: ExtraRow[]) => void;
}

/** @see ExtraRowsFieldProps */
export function ExtraRowsField({ rows, labelNames, problem, onChange }: ExtraRowsFieldProps) {
  const change = (at: number, next: Partial<ExtraRow>): void =>
    onChange(rows.map((row, i) => (i === at ? { ...row, ...next } : row)));
  const names = [...new Set([...labelNames, ...rows.flatMap(({ labels }) => labels)])];
  return (
    <section className={classes.rows} aria-label="Rows by hand">
      <Text size="sm" fw={500}>
        Rows by hand
      </Text>
      <Text size="xs" c="var(--muted)">
        Labels that the table lacks, or titles for a rare label. They join the training rows after the split. One that
        is nearly the same as a title that is measured on is refused; in a cross-validation it is left out of that fold.
      </Text>
      {rows.map((row, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no name of their own, and only the end grows
        <div className={classes.row} key={i}>
          <TextInput
            aria-label={`Title of row ${i + 1}`}
            placeholder="Job title"
            value={row.title}
            onChange={(event) => change(i, { title: event.currentTarget.value })}
          />
          <MultiSelect
            aria-label={`Labels of row ${i + 1}`}
            placeholder={row.labels.length === 0 ? 'Labels' : ''}
            data={names}
            value={row.labels}
            onChange={(labels) => change(i, { labels })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Take out row ${i + 1}`}
            onClick={() => onChange(rows.filter((_, other) => other !== i))}
          >
            <X size={16} />
          </ActionIcon>
        </div>
      ))}
      {problem !== undefined && (
        <Text size="xs" c="var(--danger)">
          {problem}
        </Text>
      )}
      <Button
        variant="default"
        size="compact-sm"
        className={classes.add}
        leftSection={<Plus size={14} aria-hidden="true" />}
        onClick={() => onChange([...rows, { title: '', labels: [] }])}
      >
        Add a row
      </Button>
    </section>
  );
}
