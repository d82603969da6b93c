import { VisuallyHidden } from '@mantine/core';
import type { Interval } from '../shared/training.ts';
import { formatFigure, formatInterval } from './format.ts';
import classes from './IntervalBar.module.css';

export interface IntervalBarProps {
  /** What the figure is, for screen readers: "Micro-F1". */
  name: string;
  interval: Interval;
  /** Ends of the scale; 0 and 1 when left out. */
  domain?: readonly [number, number];
  /** A figure to be compared with, drawn as a tick: the best constant answer. */
  floor?: { value: number; name: string } | null;
  colour?: string;
}

const unitDomain = [0, 1] as const;

/** A figure as a dot on a scale, its 95 % interval as a band. Fills the width it is given, 16 px high. */
export function IntervalBar({
  name,
  interval,
  domain = unitDomain,
  floor,
  colour = 'var(--accent)',
}: IntervalBarProps) {
  const percent = (value: number): number =>
    (100 * (Math.min(domain[1], Math.max(domain[0], value)) - domain[0])) / (domain[1] - domain[0]);
  const against = floor ? `; ${floor.name} ${formatFigure(floor.value, 2)}` : '';
  const low = percent(interval.low);
  return (
    <div className={classes.bar}>
      <VisuallyHidden>{`${name} ${formatInterval(interval)}${against}`}</VisuallyHidden>
      <div className={classes.track} />
      <div
        className={classes.band}
        style={{ left: `${low}%`, width: `${percent(interval.high) - low}%`, background: colour }}
      />
      {floor && (
        <div
          className={classes.floor}
          style={{ left: `${percent(floor.value)}%` }}
          title={`${floor.name} ${formatFigure(floor.value, 2)}`}
        />
      )}
      <div className={classes.dot} style={{ left: `${percent(interval.value)}%`, background: colour }} />
    </div>
  );
}
