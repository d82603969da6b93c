/**
 * Multi-label classification figures on plain arrays. Labels are `rows x labels`, row-major, 0 or 1.
 *
 * Zero division follows scikit-learn's `zero_division=0`: a precision, recall or F1 whose denominator is zero is 0. The one
 * deliberate difference is that a label without a single row in `actual` has no F1 (null) and is left out of macro means:
 * scikit-learn would count it as 0 and so let the split decide the figure.
 */
import { RungError } from '../shared/errors.ts';

/** What each label got right and wrong. */
export interface Counts {
  tp: Uint32Array;
  fp: Uint32Array;
  fn: Uint32Array;
}

export interface Confusion extends Counts {
  tn: Uint32Array;
}

/**
 * Rows in a `rows x labels` array.
 * @throws RungError `internal` when the lengths do not fit together.
 */
export function rowCount(length: number, otherLength: number, labels: number): number {
  if (labels < 1 || length % labels !== 0 || length !== otherLength) {
    throw new RungError(
      'internal',
      `Comparing predictions with labels: expected two arrays of rows x ${labels} labels, got ${length} and ${otherLength} values.`,
    );
  }
  return length / labels;
}

/** `1 / (1 + exp(-x))` of every logit, without overflow at either end. */
export function sigmoid(logits: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const probabilities = new Float32Array(logits.length);
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i];
    const e = Math.exp(-Math.abs(x));
    probabilities[i] = (x >= 0 ? 1 : e) / (1 + e);
  }
  return probabilities;
}

/** Which labels hold: a probability at or over its label's threshold. `rows x labels` in, the same out. */
export function applyThresholds(
  probabilities: ArrayLike<number>,
  thresholds: readonly number[],
): Uint8Array<ArrayBuffer> {
  rowCount(probabilities.length, probabilities.length, thresholds.length);
  const predicted = new Uint8Array(probabilities.length);
  const labels = thresholds.length;
  for (let i = 0; i < predicted.length; i++) predicted[i] = probabilities[i] >= thresholds[i % labels] ? 1 : 0;
  return predicted;
}

/** True and false positives and negatives of each label. */
export function confusion(actual: Uint8Array, predicted: Uint8Array, labels: number): Confusion {
  rowCount(actual.length, predicted.length, labels);
  // Indexed by 2 * actual + predicted.
  const counts = [0, 1, 2, 3].map(() => new Uint32Array(labels));
  for (let i = 0; i < actual.length; i++) counts[(actual[i] ? 2 : 0) + (predicted[i] ? 1 : 0)][i % labels]++;
  const [tn, fp, fn, tp] = counts;
  return { tp, fp, fn, tn };
}

/** `2 tp / (2 tp + fp + fn)`; 0 when nothing is actual nor predicted. */
export function f1Score(tp: number, fp: number, fn: number): number {
  return ratio(2 * tp, 2 * tp + fp + fn);
}

/** `part / whole`; 0 when `whole` is 0 (scikit-learn's `zero_division=0`). */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** F1 over all (row, label) decisions pooled. */
export function microF1({ tp, fp, fn }: Counts): number {
  return f1Score(sum(tp), sum(fp), sum(fn));
}

/** F1 of each label; null where no row carries it. */
export function perLabelF1({ tp, fp, fn }: Counts): (number | null)[] {
  return Array.from(tp, (hits, c) => (hits + fn[c] === 0 ? null : f1Score(hits, fp[c], fn[c])));
}

/** Mean F1 over the labels that some row carries; 0 when there is none. */
export function macroF1(counts: Counts): number {
  return mean(perLabelF1(counts)) ?? 0;
}

/** Mean of the figures that there are; null without any. */
export function mean(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((total, figure) => total + figure, 0) / known.length;
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, n) => total + n, 0);
}
