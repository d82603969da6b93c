/** Figures of each label on the test rows. */
import type { ReactNode } from 'react';
import { minimumSupport, type Interval, type LabelReport } from '../../shared/training.ts';
import { formatCount, formatFigure } from '../../ui/format.ts';
import { IntervalBar } from '../../ui/IntervalBar.tsx';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { labelStyle } from '../../ui/labelStyle.ts';
import { Term } from '../../ui/Term.tsx';
import classes from './ResultsScreen.module.css';

export interface PerLabelTableProps {
  labels: LabelReport[];
  /** The label that stands out everywhere on the screen. */
  hovered: number | null;
  onHover: (label: number | null) => void;
}

/** @see PerLabelTableProps */
export function PerLabelTable({ labels, hovered, onHover }: PerLabelTableProps) {
  return (
    <section className={classes.panel} aria-labelledby="per-label">
      <h2 id="per-label">Label by label</h2>
      <div className={classes.scroll}>
        <table className={classes.labels}>
          <thead>
            <tr>
              <Head name="Label" help="In the order of the data." />
              <Head name="F1" help="Balance of precision and recall. 1 is perfect." wide />
              <Head name="Precision" help="Of the titles that were given the label, the share that carry it." number />
              <Head name="Recall" help="Of the titles that carry the label, the share that were given it." number />
              <Head name="Rows" help="Test titles that carry the label." number />
              <Head name="Given" help="Test titles that were given the label." number />
              <Head
                name="Threshold"
                help="A title is given the label when its probability reaches this. Chosen on the validation rows."
                number
              />
            </tr>
          </thead>
          <tbody>
            {labels.map((label, i) => (
              <tr
                key={label.name}
                data-hovered={hovered === i}
                onPointerEnter={() => onHover(i)}
                onPointerLeave={() => onHover(null)}
              >
                <th scope="row">
                  <LabelChip name={label.name} index={i} quiet />
                </th>
                <F1Cells label={label} index={i} />
                <td className={classes.number}>{formatCount(label.support)}</td>
                <td className={classes.number}>{formatCount(label.predicted)}</td>
                <td className={classes.number}>{formatFigure(label.threshold, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        Thresholds were chosen on the validation rows, so that the test rows stay untouched: each is where the F1 of its
        label was highest, drawn towards 0.50 when few rows carry the label.
      </p>
    </section>
  );
}

function F1Cells({ label, index }: { label: LabelReport; index: number }) {
  if (label.f1 === null) {
    return (
      <td colSpan={3} className={classes.unsaid}>
        not enough rows to say ({formatCount(label.support)}; it takes {minimumSupport})
      </td>
    );
  }
  return (
    <>
      <td>
        <div className={classes.f1}>
          <span>{formatFigure(label.f1.value, 2)}</span>
          <IntervalBar name={`F1 of ${label.name}`} interval={label.f1} colour={labelStyle(index).colour} />
          <span aria-hidden="true" className={classes.range}>
            {formatFigure(label.f1.low, 2)} to {formatFigure(label.f1.high, 2)}
          </span>
        </div>
      </td>
      <IntervalCell interval={label.precision} otherwise={label.predicted === 0 ? 'never given' : 'cannot say'} />
      <IntervalCell interval={label.recall} otherwise="cannot say" />
    </>
  );
}

function IntervalCell({ interval, otherwise }: { interval: Interval | null; otherwise: string }) {
  if (interval === null) return <td className={`${classes.number} ${classes.unsaid}`}>{otherwise}</td>;
  return (
    <td className={classes.number}>
      {formatFigure(interval.value, 2)}
      <span className={classes.range}>
        {formatFigure(interval.low, 2)} to {formatFigure(interval.high, 2)}
      </span>
    </td>
  );
}

interface HeadProps {
  name: string;
  help: string;
  number?: boolean;
  wide?: boolean;
}

function Head({ name, help, number = false, wide = false }: HeadProps): ReactNode {
  return (
    <th scope="col" aria-label={name} className={`${number ? classes.number : ''} ${wide ? classes.wide : ''}`}>
      <span className={classes.term}>
        <Term name={name} help={help} />
      </span>
    </th>
  );
}
