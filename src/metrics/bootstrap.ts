/**
 * What a model reached on one split at its thresholds, with 95 % percentile bootstrap intervals (see `resample.ts`).
 *
 * Rows with the same actual and predicted labels add the same counts, so rows are first folded into patterns; a resample draws
 * rows, counts patterns and adds up what each stands for.
 *
 * A sample without a single error (or without a hit) has no spread for the bootstrap to see; its interval would be a point. There
 * the Wilson score interval of the same rows stands in, so that "12 of 12" is not shown as certain.
 */
import { RungError } from '../shared/errors.ts';
import { Random } from '../shared/random.ts';
import { minimumSupport, type Interval, type LabelReport, type SplitReport } from '../shared/training.ts';
import { weightedAverage } from './averages.ts';
import {
  applyThresholds,
  f1Score,
  macroF1,
  mean,
  microF1,
  perLabelF1,
  rowCount,
  type Counts,
} from './classification.ts';
import { constantMicroF1 } from './constant.ts';
import { drawCounts, percentileInterval, resampleCount, unitsOf, wilson, type Units } from './resample.ts';

export interface BootstrapOptions {
  seed: number;
  /** 1,000 when left out; fewer are drawn for more than 20,000 rows. */
  resamples?: number;
  /** By row: rows of one group are drawn together. Row by row when left out. */
  groups?: ArrayLike<number>;
}

/** The report of a split and the figures that a record does not keep. */
export interface Evaluation {
  report: SplitReport;
  /** Mean F1 over labels, each by the rows that carry it. */
  weightedF1: Interval;
  /** Mean over rows of each row's F1; a row that carries no label counts 0. */
  samplesF1: Interval;
  /** Share of (row, label) decisions that are wrong. */
  hammingLoss: Interval;
}

/** Counts of each label and of rows. */
interface SampleCounts extends Counts {
  rows: number;
  /** Rows with every label right. */
  exact: number;
  /** Sum over rows of each row's F1. */
  rowF1: number;
}

/** Rows folded by what they add: `kinds[starts[p] .. starts[p + 1]]` are label * 3 + (0 tp, 1 fp, 2 fn) of pattern `p`. */
interface Patterns {
  patternOf: Uint32Array;
  starts: number[];
  kinds: number[];
  /** F1 of a row of each pattern. */
  f1: number[];
}

/** Figures of one sample by these places, then precision, recall and F1 of each label; NaN: undefined. */
type Figures = Float64Array;
const [micro, macro, macroSupported, exactMatch, weighted, samples, hamming, perLabel] = Array(8).keys();

/**
 * The report of one split. Figures of labels carried by fewer than 10 rows are null, and so is the precision of a label that is
 * never predicted. The labels that count in the macro means are fixed by the split; a resample that holds none of a label's rows
 * leaves that label out.
 * @param actual rows x labels, row-major, 0 or 1
 * @param probabilities rows x labels
 * @param thresholds one a label
 * @throws RungError `internal` when lengths do not fit, `too-few-rows` without rows
 */
export function splitReport(
  actual: Uint8Array,
  probabilities: Float32Array,
  thresholds: readonly number[],
  labelNames: readonly string[],
  options: BootstrapOptions,
): SplitReport {
  return evaluate(actual, probabilities, thresholds, labelNames, options).report;
}

/** `splitReport` with what a record does not keep; arguments and errors are the same. */
export function evaluate(
  actual: Uint8Array,
  probabilities: Float32Array,
  thresholds: readonly number[],
  labelNames: readonly string[],
  { seed, resamples = 1000, groups }: BootstrapOptions,
): Evaluation {
  const labels = labelNames.length;
  if (thresholds.length !== labels) {
    throw new RungError(
      'internal',
      `Reporting on a split: expected ${labels} thresholds, one a label, got ${thresholds.length}.`,
    );
  }
  const rows = rowCount(actual.length, probabilities.length, labels);
  if (rows === 0) {
    throw new RungError(
      'too-few-rows',
      'Reporting on a split: expected at least one row, got none.',
      'Use more rows, or give this split a larger share of them.',
    );
  }
  const predicted = applyThresholds(probabilities, thresholds);
  const patterns = foldRows(actual, predicted, labels);
  const ones = new Uint32Array(rows);
  for (const pattern of patterns.patternOf) ones[pattern]++;
  const whole = addUp(patterns, ones, labels);
  const supported = Array.from(whole.tp, (tp, c) => tp + whole.fn[c] >= minimumSupport);

  const point = figuresOf(whole, supported);
  const resampled = resample(
    patterns,
    unitsOf(rows, groups),
    supported,
    new Random(seed),
    resampleCount(rows, resamples),
  );
  const interval = (index: number, hits: number, misses: number, asF1 = false): Interval =>
    intervalOf(point[index], resampled[index], hits, misses, asF1);
  const share = (index: number): Interval => interval(index, point[index] * rows, (1 - point[index]) * rows);
  const [tp, fp, fn] = [whole.tp, whole.fp, whole.fn].map((counts) => counts.reduce((total, n) => total + n, 0));
  const pooled = (index: number): Interval => interval(index, tp, fp + fn, true);

  return {
    report: {
      rows,
      microF1: pooled(micro),
      macroF1: pooled(macro),
      macroF1Supported: supported.includes(true) ? pooled(macroSupported) : null,
      exactMatch: interval(exactMatch, whole.exact, rows - whole.exact),
      perLabel: labelNames.map((name, c): LabelReport => {
        const [hits, falseHits, missed] = [whole.tp[c], whole.fp[c], whole.fn[c]];
        const enough = supported[c];
        const at = perLabel + 3 * c;
        return {
          name,
          support: hits + missed,
          predicted: hits + falseHits,
          threshold: thresholds[c],
          precision: enough && hits + falseHits > 0 ? interval(at, hits, falseHits) : null,
          recall: enough ? interval(at + 1, hits, missed) : null,
          f1: enough ? interval(at + 2, hits, falseHits + missed, true) : null,
        };
      }),
      constantMicroF1: constantMicroF1(actual, labels),
    },
    weightedF1: pooled(weighted),
    samplesF1: share(samples),
    hammingLoss: share(hamming),
  };
}

function foldRows(actual: Uint8Array, predicted: Uint8Array, labels: number): Patterns {
  const rows = actual.length / labels;
  const known = new Map<string, number>();
  const patternOf = new Uint32Array(rows);
  const starts = [0];
  const kinds: number[] = [];
  const f1: number[] = [];
  for (let row = 0; row < rows; row++) {
    const own: number[] = [];
    for (let c = 0; c < labels; c++) {
      const i = row * labels + c;
      if (actual[i]) own.push(3 * c + (predicted[i] ? 0 : 2));
      else if (predicted[i]) own.push(3 * c + 1);
    }
    const key = own.join();
    let pattern = known.get(key);
    if (pattern === undefined) {
      pattern = known.size;
      known.set(key, pattern);
      kinds.push(...own);
      starts.push(kinds.length);
      const count = (kind: number): number => own.filter((k) => k % 3 === kind).length;
      f1.push(f1Score(count(0), count(1), count(2)));
    }
    patternOf[row] = pattern;
  }
  return { patternOf, starts, kinds, f1 };
}

function addUp({ starts, kinds, f1 }: Patterns, weights: Uint32Array, labels: number): SampleCounts {
  const byKind = new Uint32Array(3 * labels);
  let [rows, exact, rowF1] = [0, 0, 0];
  for (let p = 0; p + 1 < starts.length; p++) {
    const weight = weights[p];
    if (weight === 0) continue;
    rows += weight;
    rowF1 += weight * f1[p];
    let right = true;
    for (let i = starts[p]; i < starts[p + 1]; i++) {
      byKind[kinds[i]] += weight;
      if (kinds[i] % 3 !== 0) right = false;
    }
    if (right) exact += weight;
  }
  const ofKind = (kind: number): Uint32Array => new Uint32Array(labels).map((_, c) => byKind[3 * c + kind]);
  return { tp: ofKind(0), fp: ofKind(1), fn: ofKind(2), rows, exact, rowF1 };
}

function figuresOf(counts: SampleCounts, supported: readonly boolean[]): Figures {
  const { tp, fp, fn, rows, exact, rowF1 } = counts;
  const f1 = perLabelF1(counts);
  const labels = tp.length;
  const figures = new Float64Array(perLabel + 3 * labels);
  figures[micro] = microF1(counts);
  figures[macro] = macroF1(counts);
  figures[macroSupported] = mean(f1.filter((_, c) => supported[c])) ?? NaN;
  figures[exactMatch] = exact / rows;
  figures[weighted] = weightedAverage(counts).f1;
  figures[samples] = rowF1 / rows;
  let wrong = 0;
  for (let c = 0; c < labels; c++) {
    wrong += fp[c] + fn[c];
    const at = perLabel + 3 * c;
    figures[at] = tp[c] / (tp[c] + fp[c]);
    figures[at + 1] = tp[c] / (tp[c] + fn[c]);
    figures[at + 2] = f1[c] ?? NaN;
  }
  figures[hamming] = wrong / (rows * labels);
  return figures;
}

/** Each figure over all resamples. */
function resample(
  patterns: Patterns,
  units: Units,
  supported: readonly boolean[],
  random: Random,
  resamples: number,
): Float64Array[] {
  const labels = supported.length;
  const weights = new Uint32Array(patterns.f1.length);
  const resampled = Array.from({ length: perLabel + 3 * labels }, () => new Float64Array(resamples));
  const kinds = units.members.map((row) => patterns.patternOf[row]);
  for (let s = 0; s < resamples; s++) {
    drawCounts(units, random, kinds, weights);
    const figures = figuresOf(addUp(patterns, weights, labels), supported);
    for (let f = 0; f < figures.length; f++) resampled[f][s] = figures[f];
  }
  return resampled;
}

/** The bootstrap's interval, or Wilson's where all resamples are the same. */
function intervalOf(value: number, resampled: Float64Array, hits: number, misses: number, asF1: boolean): Interval {
  const interval = percentileInterval(value, resampled);
  if (interval.low !== interval.high || hits + misses === 0) return interval;
  // F1 is 2 J / (1 + J) of J = tp / (tp + fp + fn), a share of rows, which Wilson's interval is made for.
  const bounds = wilson(hits, hits + misses).map((share) => (asF1 ? (2 * share) / (1 + share) : share));
  return { value, low: Math.min(bounds[0], value), high: Math.max(bounds[1], value) };
}
