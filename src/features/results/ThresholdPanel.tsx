/** The threshold of one label in numbers: set it, see what it does, or have it follow from what mistakes cost. */
import { Button, NumberInput } from '@mantine/core';
import { Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { costThreshold } from '../../metrics/thresholds.ts';
import { minimumSupport } from '../../shared/training.ts';
import { formatCount, formatCounted, formatFigure } from '../../ui/format.ts';
import { figuresAt, thresholdText, type JudgedRows, type LabelRows } from './labelCurves.ts';
import classes from './OneLabel.module.css';

export interface ThresholdPanelProps {
  name: string;
  label: number;
  labels: number;
  threshold: number;
  chosen: number;
  judged: JudgedRows;
  onTest: LabelRows;
  onThreshold: (threshold: number) => void;
  onReset: () => void;
}

/** @see ThresholdPanelProps */
export function ThresholdPanel(props: ThresholdPanelProps) {
  const { name, threshold, chosen, judged, onTest, onThreshold, onReset } = props;
  return (
    <div className={classes.control}>
      <div>
        <h3>Threshold of {name}</h3>
        <div className={classes.inputs}>
          <ThresholdInput name={name} threshold={threshold} onThreshold={onThreshold} />
          <Button
            variant="default"
            size="sm"
            disabled={threshold === chosen}
            leftSection={<Undo2 size={16} aria-hidden="true" />}
            onClick={onReset}
          >
            Back to {thresholdText(chosen)}
          </Button>
        </div>
      </div>
      <FiguresTable judged={judged} onTest={onTest} threshold={threshold} />
      <Costs {...props} />
    </div>
  );
}

function possible(threshold: string | number): boolean {
  return threshold !== '' && Number(threshold) >= 0 && Number(threshold) <= 1;
}

/** What is typed stands until it is left: "0." on the way to "0.6" is no number yet, and 5 no threshold. */
function ThresholdInput({
  name,
  threshold,
  onThreshold,
}: Pick<ThresholdPanelProps, 'name' | 'threshold' | 'onThreshold'>) {
  const [typed, setTyped] = useState<string | number | null>(null);
  return (
    <NumberInput
      aria-label={`Threshold of ${name}, number`}
      className={classes.number}
      min={0}
      max={1}
      step={0.01}
      decimalScale={4}
      clampBehavior="none"
      error={typed !== null && !possible(typed)}
      value={typed ?? Number(threshold.toFixed(4))}
      onChange={(value) => {
        setTyped(typeof value === 'string' || !possible(value) ? value : null);
        if (possible(value)) onThreshold(Number(value));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function FiguresTable({ judged, onTest, threshold }: Pick<ThresholdPanelProps, 'judged' | 'onTest' | 'threshold'>) {
  return (
    <table className={classes.figures} aria-label="At this threshold">
      <thead>
        <tr>
          <th scope="col">At this threshold</th>
          <th scope="col">Precision</th>
          <th scope="col">Recall</th>
          <th scope="col">F1</th>
          <th scope="col">False</th>
          <th scope="col">Missed</th>
        </tr>
      </thead>
      <tbody>
        {judged.kind === 'validation' && <FiguresRow name="validation" rows={judged} threshold={threshold} />}
        <FiguresRow name="test" rows={onTest} threshold={threshold} />
      </tbody>
    </table>
  );
}

function FiguresRow({ name, rows, threshold }: { name: string; rows: LabelRows; threshold: number }) {
  const figures = figuresAt(rows, threshold);
  const enough = rows.positives >= minimumSupport;
  return (
    <tr>
      <th scope="row">
        {name}, {formatCounted(rows.rows, 'row')}
      </th>
      {enough ? (
        (['precision', 'recall', 'f1'] as const).map((figure) => (
          <td key={figure}>{formatFigure(figures[figure], 2)}</td>
        ))
      ) : (
        <td colSpan={3}>not enough rows to say</td>
      )}
      <td>{formatCount(figures.fp)}</td>
      <td>{formatCount(figures.fn)}</td>
    </tr>
  );
}

const startCost = 3;

function Costs({ name, label, labels, threshold, judged, onThreshold }: ThresholdPanelProps) {
  const [typed, setTyped] = useState<string | number>(startCost);
  const cost = typed === '' ? 0 : Number(typed);
  const suggested = useMemo(() => {
    if (!(cost > 0)) return null;
    const { actual, probabilities } = judged.split;
    return Number(costThreshold(actual, probabilities, labels, label, cost).toFixed(4));
  }, [cost, judged, labels, label]);
  const worthwhile = suggested !== null && suggested !== threshold && !isDearer(judged, cost, suggested, threshold);
  return (
    <div>
      <h3>What mistakes cost</h3>
      <div className={classes.inputs}>
        <span>A false {name} costs</span>
        <NumberInput
          aria-label={`Times that a false ${name} costs a missed one`}
          className={classes.number}
          min={0.01}
          max={1000}
          step={1}
          decimalScale={2}
          value={typed}
          onChange={setTyped}
        />
        <span>times a missed one</span>
        <Button variant="light" disabled={!worthwhile} onClick={() => suggested !== null && onThreshold(suggested)}>
          Use {suggested === null ? 'it' : thresholdText(suggested)}
        </Button>
      </div>
      <p className={`${classes.quiet} ${classes.held}`}>
        {suggested === null ? 'Type how many times, more than 0.' : costText(judged, name, cost, suggested, threshold)}
      </p>
    </div>
  );
}

/** What the mistakes on the judged rows cost, in missed ones. */
function costAt(judged: JudgedRows, cost: number, threshold: number): number {
  const { fp, fn } = figuresAt(judged, threshold);
  return cost * fp + fn;
}

/** A suggestion is drawn towards what calibrated probabilities would ask for: where these rows say it costs more, it is not offered. */
function isDearer(judged: JudgedRows, cost: number, suggested: number, threshold: number): boolean {
  return judged.positives >= minimumSupport && costAt(judged, cost, suggested) > costAt(judged, cost, threshold);
}

function costText(judged: JudgedRows, name: string, cost: number, suggested: number, threshold: number): string {
  if (judged.positives < minimumSupport) {
    return `Only ${formatCounted(judged.positives, `${judged.kind} row`)} with ${name}: not enough to choose by. ${thresholdText(suggested)} is what calibrated probabilities would ask for.`;
  }
  const there = figuresAt(judged, suggested);
  const total = (at: number): string => formatFigure(costAt(judged, cost, at), Number.isInteger(cost) ? 0 : 1);
  if (isDearer(judged, cost, suggested, threshold)) {
    return `On the ${judged.kind} rows mistakes cost ${total(threshold)} at ${thresholdText(threshold)} now, and more, ${total(suggested)}, at ${thresholdText(suggested)}: nothing to gain.`;
  }
  return `At ${thresholdText(suggested)}, on the ${judged.kind} rows: precision ${formatFigure(there.precision, 2)}, recall ${formatFigure(there.recall, 2)}; ${formatCount(there.fp)} false and ${formatCount(there.fn)} missed cost ${total(suggested)}, against ${total(threshold)} at ${thresholdText(threshold)} now.`;
}
