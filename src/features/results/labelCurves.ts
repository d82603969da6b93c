/** One label's rows with their probabilities, and what thresholds make of them: the arithmetic behind the curves. */
import { precisionRecallCurve, rank } from '../../metrics/ranking.ts';
import { columnOf } from '../../metrics/rankingReport.ts';
import { decisionsAt, type Decisions } from '../../metrics/thresholds.ts';
import { minimumSupport } from '../../shared/training.ts';
import { formatCount, formatCounted, formatFigure } from '../../ui/format.ts';
import { thinned, type UnitPoint } from '../../ui/unitGeometry.ts';

/** Rows of one split, rows x labels. */
export interface Split {
  actual: Uint8Array;
  probabilities: Float32Array;
}

/** Rows of one split as one label sees them. */
export interface LabelRows {
  actual: Float64Array;
  probabilities: Float64Array;
  rows: number;
  positives: number;
}

export function labelRows({ actual, probabilities }: Split, labels: number, label: number): LabelRows {
  const own = columnOf(actual, labels, label);
  const positives = own.reduce((total, is) => total + is, 0);
  return { actual: own, probabilities: columnOf(probabilities, labels, label), rows: own.length, positives };
}

/** Enough rows with the label and without it for a curve to say anything. */
export function enoughRows({ rows, positives }: LabelRows): boolean {
  return positives >= minimumSupport && rows - positives >= minimumSupport;
}

/** The rows that thresholds are judged by, and what to call them. */
export interface JudgedRows extends LabelRows {
  kind: 'validation' | 'test';
  split: Split;
}

/** "4 of 223 validation rows carry Owner: not enough rows to say …" */
export function tooFew(
  { positives, rows, kind }: Omit<JudgedRows, 'actual' | 'probabilities' | 'split'>,
  name: string,
): string {
  const all = formatCounted(rows, `${kind} row`);
  return `${formatCount(positives)} of ${all} carry ${name}: not enough rows to say; it takes ${minimumSupport} with it and ${minimumSupport} without.`;
}

/** Precision is null where nothing is given the label, recall where nothing carries it. */
export interface ThresholdFigures extends Decisions {
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

/** What a threshold makes of the rows. */
export function figuresAt({ actual, probabilities }: LabelRows, threshold: number): ThresholdFigures {
  const { tp, fp, fn } = decisionsAt(actual, probabilities, threshold);
  return {
    tp,
    fp,
    fn,
    precision: shareOf(tp, tp + fp),
    recall: shareOf(tp, tp + fn),
    f1: tp + fn === 0 ? null : shareOf(2 * tp, 2 * tp + fp + fn),
  };
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** A place on the precision-recall curve, x recall and y precision, with a threshold that leads there. */
export interface Stop extends UnitPoint {
  threshold: number;
}

/**
 * The precision-recall curve by rising threshold, thinned to what can be told apart; the last stop gives the label to nothing, where
 * precision counts as 1. Empty where no row carries the label.
 */
export function stopsOf(rows: LabelRows): Stop[] {
  const curve = precisionRecallCurve(rank(rows.actual, rows.probabilities));
  if (curve === null) return [];
  const { precision, recall, thresholds } = curve;
  const stops = thresholds.map((score, i): Stop => {
    const threshold = i === 0 ? 0 : shortBetween(thresholds[i - 1], score);
    return { x: recall[i], y: precision[i], threshold };
  });
  const highest = thresholds.at(-1) ?? 1;
  if (highest < 1) stops.push({ x: 0, y: 1, threshold: shortBetween(highest, 1) });
  return thinned(stops, 0.004).map((i) => stops[i]);
}

/** The number of fewest decimals over `lower` and up to `upper`, near their middle: 0.47 rather than 0.4738. */
export function shortBetween(lower: number, upper: number): number {
  const middle = (lower + upper) / 2;
  for (let digits = 2; digits <= 7; digits++) {
    const short = Number(middle.toFixed(digits));
    if (short > lower && short <= upper) return short;
  }
  return upper;
}

/** The stop whose threshold is nearest. */
export function nearestStop(stops: readonly Stop[], threshold: number): number {
  let best = 0;
  for (const [i, stop] of stops.entries()) {
    if (Math.abs(stop.threshold - threshold) < Math.abs(stops[best].threshold - threshold)) best = i;
  }
  return best;
}

/** "0.47"; with more decimals where two would say 0.00 or 1.00 of a threshold that is neither. */
export function thresholdText(threshold: number): string {
  const whole = threshold === 0 || threshold === 1;
  const digits = [2, 3, 4, 5].find((n) => whole || !/^(0\.0+|1\.0+)$/.test(threshold.toFixed(n))) ?? 6;
  return formatFigure(threshold, digits);
}
