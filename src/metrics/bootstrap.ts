/**
 * What a model reached on one split, with 95 % percentile bootstrap intervals over rows (Efron 1979).
 *
 * Rows with the same actual and predicted labels add the same counts, so rows are first folded into patterns; a resample draws
 * rows, counts patterns and adds up what each stands for. Cost is one draw a row and resample: the number of resamples falls
 * from 1,000 to no fewer than 200 once that passes 20 million draws (20,000 rows), where intervals are narrow anyway.
 *
 * A sample without a single error (or without a hit) has no spread for the bootstrap to see; its interval would be a point. There
 * the Wilson score interval (1927) of the same rows stands in, so that "12 of 12" is not shown as certain.
 *
 * Rows are resampled one by one; near duplicates stand together on the test side, so where there are many intervals are somewhat narrow.
 */
import { RungError } from '../shared/errors.ts';
import { Random } from '../shared/random.ts';
import { minimumSupport, type Interval, type LabelReport, type SplitReport } from '../shared/training.ts';
import { applyThresholds, macroF1, mean, microF1, perLabelF1, rowCount, type Counts } from './classification.ts';
import { constantMicroF1 } from './constant.ts';

const drawBudget = 20_000_000;
const fewestResamples = 200;

export interface BootstrapOptions {
  seed: number;
  /** 1,000 when left out; fewer are drawn for more than 20,000 rows (see the head of the module). */
  resamples?: number;
}

/** Counts of each label, and of rows with every label right. */
interface SampleCounts extends Counts {
  exact: number;
}

/** Rows folded by what they add: `kinds[starts[p] .. starts[p + 1]]` are label * 3 + (0 tp, 1 fp, 2 fn) of pattern `p`. */
interface Patterns {
  patternOf: Uint32Array;
  starts: number[];
  kinds: number[];
}

/** Figures of one sample: micro, macro, supported macro, exact match, then precision, recall and F1 of each label; NaN: undefined. */
type Figures = Float64Array;

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
  { seed, resamples = 1000 }: BootstrapOptions,
): SplitReport {
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

  const point = figuresOf(whole, rows, supported);
  const samples = resample(patterns, rows, labels, supported, seed, resampleCount(rows, resamples));
  const interval = (index: number, hits: number, misses: number, asF1: boolean): Interval =>
    intervalOf(point[index], samples[index], hits, misses, asF1);
  const [tp, fp, fn] = [whole.tp, whole.fp, whole.fn].map((counts) => counts.reduce((total, n) => total + n, 0));

  return {
    rows,
    microF1: interval(0, tp, fp + fn, true),
    macroF1: interval(1, tp, fp + fn, true),
    macroF1Supported: supported.includes(true) ? interval(2, tp, fp + fn, true) : null,
    exactMatch: interval(3, whole.exact, rows - whole.exact, false),
    perLabel: labelNames.map((name, c): LabelReport => {
      const [hits, falseHits, missed] = [whole.tp[c], whole.fp[c], whole.fn[c]];
      const enough = supported[c];
      return {
        name,
        support: hits + missed,
        predicted: hits + falseHits,
        threshold: thresholds[c],
        precision: enough && hits + falseHits > 0 ? interval(4 + 3 * c, hits, falseHits, false) : null,
        recall: enough ? interval(5 + 3 * c, hits, missed, false) : null,
        f1: enough ? interval(6 + 3 * c, hits, falseHits + missed, true) : null,
      };
    }),
    constantMicroF1: constantMicroF1(actual, labels),
  };
}

/** How many resamples are drawn for so many rows. */
export function resampleCount(rows: number, wanted: number): number {
  return Math.min(wanted, Math.max(fewestResamples, Math.floor(drawBudget / rows)));
}

function foldRows(actual: Uint8Array, predicted: Uint8Array, labels: number): Patterns {
  const rows = actual.length / labels;
  const known = new Map<string, number>();
  const patternOf = new Uint32Array(rows);
  const starts = [0];
  const kinds: number[] = [];
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
    }
    patternOf[row] = pattern;
  }
  return { patternOf, starts, kinds };
}

function addUp({ starts, kinds }: Patterns, weights: Uint32Array, labels: number): SampleCounts {
  const byKind = new Uint32Array(3 * labels);
  let exact = 0;
  for (let p = 0; p + 1 < starts.length; p++) {
    const weight = weights[p];
    if (weight === 0) continue;
    let right = true;
    for (let i = starts[p]; i < starts[p + 1]; i++) {
      byKind[kinds[i]] += weight;
      if (kinds[i] % 3 !== 0) right = false;
    }
    if (right) exact += weight;
  }
  const ofKind = (kind: number): Uint32Array => new Uint32Array(labels).map((_, c) => byKind[3 * c + kind]);
  return { tp: ofKind(0), fp: ofKind(1), fn: ofKind(2), exact };
}

function figuresOf(counts: SampleCounts, rows: number, supported: readonly boolean[]): Figures {
  const { tp, fp, fn, exact } = counts;
  const f1 = perLabelF1(counts);
  const figures = new Float64Array(4 + 3 * tp.length);
  figures[0] = microF1(counts);
  figures[1] = macroF1(counts);
  figures[2] = mean(f1.filter((_, c) => supported[c])) ?? NaN;
  figures[3] = exact / rows;
  for (let c = 0; c < tp.length; c++) {
    figures[4 + 3 * c] = tp[c] / (tp[c] + fp[c]);
    figures[5 + 3 * c] = tp[c] / (tp[c] + fn[c]);
    figures[6 + 3 * c] = f1[c] ?? NaN;
  }
  return figures;
}

/** Each figure over all resamples, sorted, undefined values left out. */
function resample(
  patterns: Patterns,
  rows: number,
  labels: number,
  supported: readonly boolean[],
  seed: number,
  resamples: number,
): Float64Array[] {
  const random = new Random(seed);
  const weights = new Uint32Array(patterns.starts.length - 1);
  const samples = Array.from({ length: 4 + 3 * labels }, () => new Float64Array(resamples));
  for (let s = 0; s < resamples; s++) {
    weights.fill(0);
    for (let i = 0; i < rows; i++) weights[patterns.patternOf[random.int(rows)]]++;
    const figures = figuresOf(addUp(patterns, weights, labels), rows, supported);
    for (let f = 0; f < figures.length; f++) samples[f][s] = figures[f];
  }
  return samples.map((values) => values.filter((value) => !Number.isNaN(value)).toSorted());
}

/** The figure with the 2.5 and 97.5 percentiles of its resamples. */
function intervalOf(value: number, sorted: Float64Array, hits: number, misses: number, asF1: boolean): Interval {
  const low = percentile(sorted, 0.025);
  const high = percentile(sorted, 0.975);
  if (low !== high || hits + misses === 0) return { value, low: Math.min(low, value), high: Math.max(high, value) };
  // F1 is 2 J / (1 + J) of J = tp / (tp + fp + fn), a share of rows, which Wilson's interval is made for.
  const bounds = wilson(hits, hits + misses).map((share) => (asF1 ? (2 * share) / (1 + share) : share));
  return { value, low: Math.min(bounds[0], value), high: Math.max(bounds[1], value) };
}

/** Wilson score interval, 95 %, of `hits` in `n`. */
function wilson(hits: number, n: number): [number, number] {
  const z2 = 1.959963984540054 ** 2;
  const share = hits / n;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n)) * (Math.sqrt(z2) / (1 + z2 / n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Linear interpolation between order statistics (NumPy's default). */
function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
