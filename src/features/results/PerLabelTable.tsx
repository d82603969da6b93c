/** Figures of each label on the test rows, and where its threshold stands. */
import { Button } from '@mantine/core';
import { Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LabelRanking } from '../../metrics/rankingReport.ts';
import { minimumSupport, type Interval, type LabelReport } from '../../shared/training.ts';
import { formatCount, formatFigure } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { Term } from '../../ui/Term.tsx';
import { F1Cell } from './F1Cell.tsx';
import { thresholdText } from './labelCurves.ts';
import classes from './ResultsScreen.module.css';

export interface PerLabelTableProps {
  labels: LabelReport[];
  /** In the same order. */
  ranking: LabelRanking[];
  /** Labels whose threshold is not the chosen one. */
  moved: number[];
  onReset: () => void;
  /** Shows one label closely. */
  onOpen: (label: number) => void;
  /** The label that stands out everywhere on the screen. */
  hovered: number | null;
  onHover: (label: number | null) => void;
}

/** @see PerLabelTableProps */
export function PerLabelTable({ labels, ranking, moved, onReset, onOpen, hovered, onHover }: PerLabelTableProps) {
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
              <Head
                name="ROC-AUC"
                help="How often a title with the label scores higher than one without. 0.5 is chance, 1 is perfect; whatever the threshold."
                number
              />
              <Head
                name="Average precision"
                help="Mean precision over all thresholds: the area under the precision-recall curve. Whatever the threshold."
                number
              />
              <Head name="Rows" help="Test titles that carry the label." number />
              <Head name="Given" help="Test titles that were given the label." number />
              <Head
                name="Threshold"
                help="A title is given the label when its probability reaches this. Chosen without the test rows unless you move it."
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
                <FigureCells label={label} ranking={ranking[i]} index={i} />
                <td className={classes.number}>{formatCount(label.support)}</td>
                <td className={classes.number}>{formatCount(label.predicted)}</td>
                <td className={classes.number}>
                  <button
                    type="button"
                    className={classes.threshold}
                    aria-label={`Threshold of ${label.name} ${thresholdText(label.threshold)}: look closely`}
                    onClick={() => onOpen(i)}
                  >
                    {thresholdText(label.threshold)}
                  </button>
                  <span className={classes.range}>{moved.includes(i) ? 'moved' : '\u00a0'}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={classes.thresholds}>
        <p className={classes.note}>
          {moved.length === 0
            ? chosenText(labels.every(({ threshold }) => threshold === 0.5))
            : movedText(moved.map((i) => labels[i].name))}
        </p>
        <Button
          variant="default"
          disabled={moved.length === 0}
          leftSection={<Undo2 size={16} aria-hidden="true" />}
          onClick={onReset}
        >
          Back to the chosen thresholds
        </Button>
      </div>
    </section>
  );
}

/** @param half .5 for all of them */
function chosenText(half: boolean): string {
  const how = half
    ? 'A label is given from a probability of 0.50 on, whatever the rows say.'
    : 'Thresholds were chosen on rows that the answering model had not seen, and never on the test rows: each is where the F1 of its label was highest, drawn towards 0.50 when few rows carry the label.';
  return `${how} Press one to look closely and move it.`;
}

function movedText(names: string[]): string {
  const some = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  const [threshold, were] = names.length === 1 ? ['threshold', 'was'] : ['thresholds', 'were'];
  return `The ${threshold} of ${some} ${were} moved by hand. If that was done by looking at the test rows, the test figures are optimistic: on new titles the model will do a little worse than they say.`;
}

function FigureCells({ label, ranking, index }: { label: LabelReport; ranking: LabelRanking; index: number }) {
  if (label.f1 === null) {
    return (
      <td colSpan={5} className={classes.unsaid}>
        not enough rows to say ({formatCount(label.support)}; it takes {minimumSupport})
      </td>
    );
  }
  return (
    <>
      <F1Cell label={label.name} index={index} f1={label.f1} />
      <IntervalCell interval={label.precision} otherwise={label.predicted === 0 ? 'never given' : 'cannot say'} />
      <IntervalCell interval={label.recall} otherwise="cannot say" />
      <IntervalCell interval={ranking.rocAuc} otherwise="cannot say" />
      <IntervalCell interval={ranking.averagePrecision} otherwise="cannot say" />
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
