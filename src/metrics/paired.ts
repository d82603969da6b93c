/**
 * Two models on the same rows: whether one is better, or was lucky with these rows. The paired bootstrap (Efron and Tibshirani 1993;
 * Berg-Kirkpatrick, Burkett, Klein, EMNLP 2012) draws rows, near duplicates together, and measures both on the same draw; McNemar's
 * exact test (1947) asks the same of rows that are wholly right.
 */
import { Random } from '../shared/random.ts';
import type { Interval } from '../shared/training.ts';
import { f1Score } from './classification.ts';
import { drawCounts, percentileInterval, resampleCount, unitsOf } from './resample.ts';

export interface PairedInput {
  /** rows x labels, row-major, 0 or 1; so are both predictions. */
  actual: Uint8Array;
  first: Uint8Array;
  second: Uint8Array;
  labels: number;
  /** By row: rows of one group are drawn together. */
  groups?: ArrayLike<number> | undefined;
  seed: number;
  resamples?: number;
}

export interface PairedResult {
  /** Micro-F1 of the second less that of the first, with its 95 % interval. */
  microF1: Interval;
  /** Two-sided: how often the draws turn the difference over. Never below 1 over the number of draws. */
  p: number;
  /** Rows with every label right: by the first alone, by the second alone. */
  onlyFirst: number;
  onlySecond: number;
  /** Two-sided, exact. */
  mcnemar: number;
}

/** Counts of a row: true positives, false positives and false negatives of the first, then of the second. */
const counted = 6;

/** The second model beside the first. */
export function compareOnRows(input: PairedInput): PairedResult {
  const { actual, labels, groups, seed } = input;
  const rows = actual.length / labels;
  const counts = new Uint32Array(rows * counted);
  let [onlyFirst, onlySecond] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const right = [true, true];
    for (let i = row * labels; i < (row + 1) * labels; i++) {
      for (const [side, predicted] of [input.first[i], input.second[i]].entries()) {
        if (predicted !== actual[i]) right[side] = false;
        if (actual[i] || predicted) counts[row * counted + 3 * side + (actual[i] ? (predicted ? 0 : 2) : 1)]++;
      }
    }
    if (right[0] && !right[1]) onlyFirst++;
    if (right[1] && !right[0]) onlySecond++;
  }
  const differences = resampled(counts, rows, input, seed, groups);
  const value = differenceOf(counts, new Uint32Array(rows).fill(1));
  const turned = value >= 0 ? differences.filter((d) => d <= 0) : differences.filter((d) => d >= 0);
  const p = value === 0 ? 1 : Math.min(1, (2 * turned.length) / differences.length);
  return {
    microF1: percentileInterval(value, differences),
    p: Math.max(p, 1 / differences.length),
    onlyFirst,
    onlySecond,
    mcnemar: mcnemar(onlyFirst, onlySecond),
  };
}

function resampled(
  counts: Uint32Array,
  rows: number,
  { resamples = 1000 }: PairedInput,
  seed: number,
  groups: PairedInput['groups'],
): Float64Array {
  const units = unitsOf(rows, groups);
  const random = new Random(seed);
  const weights = new Uint32Array(rows);
  return Float64Array.from({ length: resampleCount(rows, resamples) }, () => {
    drawCounts(units, random, units.members, weights);
    return differenceOf(counts, weights);
  });
}

function differenceOf(counts: Uint32Array, weights: Uint32Array): number {
  const sums = new Float64Array(counted);
  for (const [row, weight] of weights.entries()) {
    if (weight === 0) continue;
    for (let i = 0; i < counted; i++) sums[i] += weight * counts[row * counted + i];
  }
  return f1Score(sums[3], sums[4], sums[5]) - f1Score(sums[0], sums[1], sums[2]);
}

/** McNemar's exact test, two-sided: the chance of a split of `b + c` rows at least as uneven, were both sides alike. */
export function mcnemar(b: number, c: number): number {
  const n = b + c;
  let sum = 0;
  // ln of n over k, times 2^-n.
  let logTerm = -n * Math.LN2;
  for (let k = 0; k <= Math.min(b, c); k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(n - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * sum);
}
