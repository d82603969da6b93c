import { Text } from '@mantine/core';
import { useId } from 'react';
import type { TrainingConfig } from '../../shared/training.ts';
import { NumberField } from './NumberField.tsx';
import classes from './TrainScreen.module.css';

/** What the three sides are for. */
const usualText =
  'Rows to learn from, rows to watch it, and to choose thresholds and the best epoch, and rows kept for the final figures. More to learn from means less sure figures.';

export interface SplitFieldsProps {
  text?: string;
  split: TrainingConfig['split'];
  problem: string | undefined;
  onChange: (split: TrainingConfig['split']) => void;
}

/** The shares of a split, in percent. */
export function SplitFields({ text = usualText, split, problem, onChange }: SplitFieldsProps) {
  const id = useId();
  const names = { train: 'Training, %', validation: 'Validation, %', test: 'Test, %' };
  return (
    <fieldset className={classes.split} aria-label="Split of the rows" aria-describedby={id}>
      <Text size="xs" c="var(--muted)" id={id} className={classes.splitText}>
        {text}
      </Text>
      {(['train', 'validation', 'test'] as const).map((side) => (
        <NumberField
          key={side}
          label={names[side]}
          value={Number((split[side] * 100).toPrecision(10))}
          step={(value, direction) => value + direction}
          error={problem === undefined ? undefined : side === 'train' ? problem : ' '}
          onChange={(value) => onChange({ ...split, [side]: value / 100 })}
        />
      ))}
    </fieldset>
  );
}
