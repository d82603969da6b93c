/** The F1 of a label in a table: its value, its interval as a bar, and the interval's ends. */
import type { Interval } from '../../shared/training.ts';
import { formatFigure } from '../../ui/format.ts';
import { IntervalBar } from '../../ui/IntervalBar.tsx';
import { labelStyle } from '../../ui/labelStyle.ts';
import classes from './ResultsScreen.module.css';

/** @param props.index position of the label, which has its colour */
export function F1Cell({ label, index, f1 }: { label: string; index: number; f1: Interval }) {
  return (
    <td>
      <div className={classes.f1}>
        <span>{formatFigure(f1.value, 2)}</span>
        <IntervalBar name={`F1 of ${label}`} interval={f1} colour={labelStyle(index).colour} />
        <span aria-hidden="true" className={classes.range}>
          {formatFigure(f1.low, 2)} to {formatFigure(f1.high, 2)}
        </span>
      </div>
    </td>
  );
}
