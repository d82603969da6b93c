/**
 * Per-label decision thresholds, chosen on validation data.
 *
 * Candidates are the midpoints between neighbouring distinct probabilities (and one below the lowest), plus 0.5 itself. The one
 * with the highest F1 wins; among equals the nearest to 0.5, then the lower. A threshold that maximises F1 on few positives
 * mostly fits their noise, so it is pulled towards 0.5: `0.5 + (best - 0.5) * n / (n + shrinkage)` for `n` positives, and with
 * fewer than `minimumSupport` positives it stays at 0.5.
 */
import { f1Score, minimumSupport, rowCount } from './classification.ts';

/** Positives at which a chosen threshold counts half. */
export const shrinkage = 20;

/**
 * One threshold a label; a label holds where its probability is at or over it. O(rows log rows) a label, deterministic.
 * @param actual rows x labels, row-major, 0 or 1
 * @param probabilities rows x labels, in [0, 1]
 */
export function chooseThresholds(actual: Uint8Array, probabilities: Float32Array, labels: number): number[] {
  const rows = rowCount(actual.length, probabilities.length, labels);
  return Array.from({ length: labels }, (_, label) => {
    let positives = 0;
    for (let row = 0; row < rows; row++) if (actual[row * labels + label]) positives++;
    if (positives < minimumSupport) return 0.5;
    const best = bestThreshold(actual, probabilities, labels, label, positives);
    return 0.5 + (best - 0.5) * (positives / (positives + shrinkage));
  });
}

/** The threshold with the highest F1, before it is shrunk. */
function bestThreshold(
  actual: Uint8Array,
  probabilities: Float32Array,
  labels: number,
  label: number,
  positives: number,
): number {
  const rows = actual.length / labels;
  const order = new Uint32Array(rows).map((_, row) => row);
  const at = (row: number): number => probabilities[row * labels + label];
  order.sort((a, b) => at(b) - at(a) || a - b);

  let best = 0.5;
  let bestF1 = -1;
  let tp = 0;
  for (let i = 0; i < rows; i++) {
    if (actual[order[i] * labels + label]) tp++;
    const upper = at(order[i]);
    const lower = i + 1 < rows ? at(order[i + 1]) : 0;
    // Equal probabilities cannot be told apart by any threshold.
    if (i + 1 < rows && upper === lower) continue;
    const f1 = f1Score(tp, i + 1 - tp, positives - tp);
    const candidate = lower < 0.5 && 0.5 <= upper ? 0.5 : (upper + lower) / 2;
    const nearer = Math.abs(candidate - 0.5) - Math.abs(best - 0.5);
    if (f1 > bestF1 || (f1 === bestF1 && (nearer < 0 || (nearer === 0 && candidate < best)))) {
      best = candidate;
      bestF1 = f1;
    }
  }
  return best;
}
