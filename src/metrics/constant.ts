/** The floor that any model must clear. */
import { ratio, rowCount } from './classification.ts';

/**
 * Micro-F1 of the best constant answer: the same label set for every row. For a set of k labels the true positives are largest
 * with the k most frequent ones, so the best set is a prefix of the labels by frequency; every prefix is tried.
 * @param actual rows x labels, row-major, 0 or 1
 */
export function constantMicroF1(actual: Uint8Array, labels: number): number {
  const rows = rowCount(actual.length, actual.length, labels);
  const frequency = new Float64Array(labels);
  for (let i = 0; i < actual.length; i++) if (actual[i]) frequency[i % labels]++;
  const positives = frequency.reduce((total, n) => total + n, 0);
  const descending = frequency.toSorted((a, b) => b - a);
  let best = 0;
  let tp = 0;
  for (let k = 1; k <= labels; k++) {
    tp += descending[k - 1];
    best = Math.max(best, ratio(2 * tp, k * rows + positives));
  }
  return best;
}
