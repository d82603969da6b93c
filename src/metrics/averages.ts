/**
 * Precision, recall and F1 of several labels at once, in the four ways of scikit-learn's `average`, with `zero_division=0`. Macro
 * means are over the labels that some row carries (see `classification.ts`): scikit-learn's with `labels=` those.
 */
import { f1Score, ratio, rowCount, type Counts } from './classification.ts';

export interface PrecisionRecallF1 {
  precision: number;
  recall: number;
  f1: number;
}

/** All (row, label) decisions pooled: common labels count more. */
export function microAverage({ tp, fp, fn }: Counts): PrecisionRecallF1 {
  const [hits, falseHits, missed] = [tp, fp, fn].map((counts) => counts.reduce((total, n) => total + n, 0));
  return figuresOf(hits, falseHits, missed);
}

/** Mean over the labels that some row carries, each counting the same; all 0 when there is none. */
export function macroAverage(counts: Counts): PrecisionRecallF1 {
  return meanOf(counts, (support) => (support > 0 ? 1 : 0));
}

/** Mean over labels, each by the number of rows that carry it; all 0 when no row carries any. */
export function weightedAverage(counts: Counts): PrecisionRecallF1 {
  return meanOf(counts, (support) => support);
}

function meanOf({ tp, fp, fn }: Counts, weightOf: (support: number) => number): PrecisionRecallF1 {
  const sum = { precision: 0, recall: 0, f1: 0 };
  let weights = 0;
  for (let label = 0; label < tp.length; label++) {
    const weight = weightOf(tp[label] + fn[label]);
    if (weight === 0) continue;
    const figures = figuresOf(tp[label], fp[label], fn[label]);
    sum.precision += weight * figures.precision;
    sum.recall += weight * figures.recall;
    sum.f1 += weight * figures.f1;
    weights += weight;
  }
  return {
    precision: ratio(sum.precision, weights),
    recall: ratio(sum.recall, weights),
    f1: ratio(sum.f1, weights),
  };
}

/**
 * Mean over rows of each row's own figures; a row that carries no label counts 0, even when it is rightly given none.
 * @param actual rows x labels, row-major, 0 or 1
 * @param predicted the same
 */
export function samplesAverage(actual: Uint8Array, predicted: Uint8Array, labels: number): PrecisionRecallF1 {
  const rows = rowCount(actual.length, predicted.length, labels);
  const sum = { precision: 0, recall: 0, f1: 0 };
  for (let row = 0; row < rows; row++) {
    let [hits, falseHits, missed] = [0, 0, 0];
    for (let i = row * labels; i < (row + 1) * labels; i++) {
      if (actual[i] && predicted[i]) hits++;
      else if (predicted[i]) falseHits++;
      else if (actual[i]) missed++;
    }
    const figures = figuresOf(hits, falseHits, missed);
    sum.precision += figures.precision;
    sum.recall += figures.recall;
    sum.f1 += figures.f1;
  }
  return { precision: ratio(sum.precision, rows), recall: ratio(sum.recall, rows), f1: ratio(sum.f1, rows) };
}

function figuresOf(tp: number, fp: number, fn: number): PrecisionRecallF1 {
  return { precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), f1: f1Score(tp, fp, fn) };
}

/** Share of rows with every label right (scikit-learn's `accuracy_score` of label matrices). */
export function exactMatch(actual: Uint8Array, predicted: Uint8Array, labels: number): number {
  const rows = rowCount(actual.length, predicted.length, labels);
  let exact = 0;
  for (let row = 0; row < rows; row++) {
    let right = true;
    for (let i = row * labels; i < (row + 1) * labels; i++) if (!!actual[i] !== !!predicted[i]) right = false;
    if (right) exact++;
  }
  return ratio(exact, rows);
}

/** Share of (row, label) decisions that are wrong. */
export function hammingLoss(actual: Uint8Array, predicted: Uint8Array, labels: number): number {
  rowCount(actual.length, predicted.length, labels);
  const wrong = actual.reduce((total, is, i) => total + (!!is === !!predicted[i] ? 0 : 1), 0);
  return ratio(wrong, actual.length);
}
