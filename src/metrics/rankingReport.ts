/** What probabilities are worth whatever the thresholds: ranking and calibration of each label, with bootstrap intervals. */
import { Random } from '../shared/random.ts';
import { minimumSupport, type Interval } from '../shared/training.ts';
import type { BootstrapOptions } from './bootstrap.ts';
import { calibrationBinOf } from './calibration.ts';
import { rowCount } from './classification.ts';
import { labelRankingPrecisions, rank } from './ranking.ts';
import { drawCounts, percentileInterval, resampleCount, unitsOf, wilson } from './resample.ts';

/** Bins of the calibration error. With fewer, bins hide errors; with more, few rows fall into each. */
export const calibrationBins = 10;

/** Figures of one label; each null with fewer than `minimumSupport` rows that carry it, or that do not. */
export interface LabelRanking {
  rocAuc: Interval | null;
  averagePrecision: Interval | null;
  /** Expected calibration error over `calibrationBins` bins of equal width. Chance alone keeps it above 0, the more the fewer the rows. */
  calibrationError: Interval | null;
  brier: Interval | null;
}

export interface RankingReport {
  perLabel: LabelRanking[];
  /** Label ranking average precision: mean over rows. */
  labelRanking: Interval;
}

const unsaid: LabelRanking = { rocAuc: null, averagePrecision: null, calibrationError: null, brier: null };

/**
 * The figures of one split. Rows are sorted once a label; a resample costs a pass over rows x labels.
 * @param actual rows x labels, row-major, 0 or 1; at least one row
 * @param probabilities rows x labels
 */
export function rankingReport(
  actual: Uint8Array,
  probabilities: Float32Array,
  labels: number,
  { seed, resamples = 1000, groups }: BootstrapOptions,
): RankingReport {
  const rows = rowCount(actual.length, probabilities.length, labels);
  const precisions = labelRankingPrecisions(actual, probabilities, labels);
  const columns = Array.from({ length: labels }, (_, label) =>
    rankedColumn(columnOf(actual, labels, label), columnOf(probabilities, labels, label)),
  );
  const places = 1 + 4 * labels;
  const figuresOf = (weights: Uint32Array): Float64Array => {
    const figures = new Float64Array(places);
    figures[0] = weightedMean(precisions, weights);
    for (const [label, column] of columns.entries())
      if (column) figures.set(columnFigures(column, weights), 1 + 4 * label);
    return figures;
  };

  const point = figuresOf(new Uint32Array(rows).fill(1));
  const count = resampleCount(costOfRow * labels * rows, resamples);
  const resampled = Array.from({ length: places }, () => new Float64Array(count));
  const units = unitsOf(rows, groups);
  const random = new Random(seed);
  const weights = new Uint32Array(rows);
  for (let s = 0; s < count; s++) {
    drawCounts(units, random, units.members, weights);
    for (const [place, figure] of figuresOf(weights).entries()) resampled[place][s] = figure;
  }

  const interval = (place: number): Interval => percentileInterval(point[place], resampled[place]);
  return {
    labelRanking: unlessCertain(interval(0), rows),
    perLabel: columns.map((column, label) =>
      column === null
        ? unsaid
        : {
            rocAuc: unlessCertain(interval(1 + 4 * label), column.fewest),
            averagePrecision: unlessCertain(interval(2 + 4 * label), column.fewest),
            calibrationError: interval(3 + 4 * label),
            brier: interval(4 + 4 * label),
          },
    ),
  };
}

/** A pass over a row and label takes about as long as so many draws. */
const costOfRow = 2;

/** One label's rows by falling probability, with what each adds to the figures. */
interface RankedColumn {
  order: Uint32Array;
  positive: Uint8Array;
  /** 1 where the next row has a lower probability. */
  endsBlock: Uint8Array;
  bin: Uint32Array;
  /** Probability less truth. */
  gap: Float64Array;
  /** Rows that carry the label, or that do not, whichever are fewer. */
  fewest: number;
}

/** Null with too few rows to say. */
function rankedColumn(actual: Float64Array, probabilities: Float64Array): RankedColumn | null {
  const rows = actual.length;
  const positives = actual.reduce((total, is) => total + is, 0);
  const fewest = Math.min(positives, rows - positives);
  if (fewest < minimumSupport) return null;
  const { order, ends } = rank(actual, probabilities);
  const bins = calibrationBinOf(probabilities, calibrationBins, 'uniform');
  const endsBlock = new Uint8Array(rows);
  for (const end of ends) endsBlock[end - 1] = 1;
  return {
    order,
    positive: Uint8Array.from(order, (row) => actual[row]),
    endsBlock,
    bin: order.map((row) => bins[row]),
    gap: Float64Array.from(order, (row) => probabilities[row] - actual[row]),
    fewest,
  };
}

/** Area under the ROC curve, average precision, calibration error and Brier score of rows that count so often; NaN: undefined. */
function columnFigures({ order, positive, endsBlock, bin, gap }: RankedColumn, weights: Uint32Array): number[] {
  const gaps = new Float64Array(calibrationBins);
  let [tp, fp, lastTp, lastFp] = [0, 0, 0, 0];
  let [area, precision, squares] = [0, 0, 0];
  for (let at = 0; at < order.length; at++) {
    const weight = weights[order[at]];
    if (positive[at]) tp += weight;
    else fp += weight;
    gaps[bin[at]] += weight * gap[at];
    squares += weight * gap[at] * gap[at];
    if (!endsBlock[at]) continue;
    area += ((fp - lastFp) * (tp + lastTp)) / 2;
    if (tp > lastTp) precision += ((tp - lastTp) * tp) / (tp + fp);
    lastTp = tp;
    lastFp = fp;
  }
  const rows = tp + fp;
  return [
    area / (tp * fp),
    precision / tp,
    gaps.reduce((total, one) => total + Math.abs(one), 0) / rows,
    squares / rows,
  ];
}

/** The values of one label, by row. */
export function columnOf(values: ArrayLike<number>, labels: number, label: number): Float64Array {
  const rows = values.length / labels;
  return Float64Array.from({ length: rows }, (_, row) => values[row * labels + label]);
}

function weightedMean(values: Float64Array, weights: Uint32Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i] * values[i];
    count += weights[i];
  }
  return sum / count;
}

/** Without one row out of order every resample says 1: as sure as so many rows, all right, can make us (Wilson), and no surer. */
function unlessCertain(interval: Interval, rows: number): Interval {
  return interval.low === 1 ? { ...interval, low: wilson(rows, rows)[0] } : interval;
}
