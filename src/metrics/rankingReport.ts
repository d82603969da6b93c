/** What probabilities are worth whatever the thresholds: ranking and calibration of each label, with bootstrap intervals. */
import { Random } from '../shared/random.ts';
import { minimumSupport, type Interval } from '../shared/training.ts';
import type { BootstrapOptions } from './bootstrap.ts';
import { brierScore, weightedCalibrationError } from './calibration.ts';
import { rowCount } from './classification.ts';
import { averagePrecision, labelRankingPrecisions, rank, rocAuc } from './ranking.ts';
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

type Figure = (weights: Uint32Array) => number;
const unsaid: LabelRanking = { rocAuc: null, averagePrecision: null, calibrationError: null, brier: null };

/**
 * The figures of one split. Rows are sorted once a label; a resample costs rows x labels.
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
  const figures: Figure[] = [(weights) => weightedMean(precisions, weights)];
  const columns = Array.from({ length: labels }, (_, label) => {
    const is = columnOf(actual, labels, label);
    const positives = is.reduce((total, value) => total + value, 0);
    if (positives < minimumSupport || rows - positives < minimumSupport) return null;
    const first = figures.push(...labelFigures(is, columnOf(probabilities, labels, label))) - 4;
    return { first, fewest: Math.min(positives, rows - positives) };
  });

  const once = new Uint32Array(rows).fill(1);
  const point = figures.map((figure) => figure(once));
  const count = resampleCount(rows * labels, resamples);
  const resampled = figures.map(() => new Float64Array(count));
  const units = unitsOf(rows, groups);
  const random = new Random(seed);
  const weights = new Uint32Array(rows);
  for (let s = 0; s < count; s++) {
    drawCounts(units, random, units.members, weights);
    for (const [f, figure] of figures.entries()) resampled[f][s] = figure(weights);
  }

  const interval = (figure: number): Interval => percentileInterval(point[figure], resampled[figure]);
  return {
    labelRanking: unlessCertain(interval(0), rows),
    perLabel: columns.map((column) =>
      column === null
        ? unsaid
        : {
            rocAuc: unlessCertain(interval(column.first), column.fewest),
            averagePrecision: unlessCertain(interval(column.first + 1), column.fewest),
            calibrationError: interval(column.first + 2),
            brier: interval(column.first + 3),
          },
    ),
  };
}

/** The values of one label, by row. */
export function columnOf(values: ArrayLike<number>, labels: number, label: number): Float64Array {
  const rows = values.length / labels;
  return Float64Array.from({ length: rows }, (_, row) => values[row * labels + label]);
}

function labelFigures(actual: Float64Array, probabilities: Float64Array): [Figure, Figure, Figure, Figure] {
  const ranking = rank(actual, probabilities);
  return [
    (weights) => rocAuc(ranking, weights) ?? NaN,
    (weights) => averagePrecision(ranking, weights) ?? NaN,
    weightedCalibrationError(actual, probabilities, calibrationBins, 'uniform'),
    (weights) => brierScore(actual, probabilities, weights),
  ];
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
