import { Text } from '@mantine/core';
import type { Interval } from '../../shared/training.ts';
import { formatFigure } from '../../ui/format.ts';
import { IntervalBar } from '../../ui/IntervalBar.tsx';
import { Term } from '../../ui/Term.tsx';
import classes from './ResultsScreen.module.css';

export interface BigFigureProps {
  name: string;
  interval: Interval;
  help: string;
  context: string;
  floor?: { value: number; name: string };
}

/** A figure large, with its interval and what it is measured against. */
export function BigFigure({ name, interval, help, context, floor }: BigFigureProps) {
  return (
    <div className={classes.figure}>
      <div className={classes.term}>
        <Term name={name} help={help} />
      </div>
      <div className={classes.value}>
        <strong className="tabular">{formatFigure(interval.value, 2)}</strong>
        <span className="tabular" aria-hidden="true">
          from {formatFigure(interval.low, 2)} to {formatFigure(interval.high, 2)}
        </span>
      </div>
      <IntervalBar name={name} interval={interval} floor={floor ?? null} />
      <Text size="xs" c="var(--muted)" mt={4}>
        {context}
      </Text>
    </div>
  );
}
