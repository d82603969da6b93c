/**
 * Per-label decision thresholds, chosen on validation data.
 *
 * Candidates are the midpoints between neighbouring distinct probabilities, one below the lowest, one above the highest, and the prior:
 * where a calibrated model would put the threshold. The one with the highest score wins; among equals the nearest to the prior, then the
 * lower. A threshold that is best on few positives mostly fits their noise, so it is pulled towards the prior:
 * `prior + (best - prior) * n / (n + shrinkage)` for `n` positives, and with fewer than `minimumSupport` positives it is the prior.
 */
import { minimumSupport } from '../shared/training.ts';
import { f1Score, rowCount } from './classification.ts';

/**
 * Positives at which a chosen threshold counts half. Simulated: 223 validation rows, 6 to 50 % positives, label noise, probabilities
 * calibrated or off by one logit either way. Mean F1 on unseen rows: 0.798 at 0.5, 0.803 unshrunk, 0.808 with 10, 0.807 with 5 or 20.
 */
export const shrinkage = 10;

/** What a threshold is chosen for: `score` of the decisions it makes is to be as high as possible. */
interface Aim {
  score: (tp: number, fp: number, fn: number) => number;
  prior: number;
}

/**
 * The threshold of each label with the highest F1; a label holds where its probability is at or over it. O(rows log rows) a label,
 * deterministic.
 * @param actual rows x labels, row-major, 0 or 1
 * @param probabilities rows x labels, in [0, 1]
 */
export function chooseThresholds(actual: Uint8Array, probabilities: Float32Array, labels: number): number[] {
  const aim: Aim = { score: f1Score, prior: 0.5 };
  return Array.from({ length: labels }, (_, label) => chooseThreshold(actual, probabilities, labels, label, aim));
}

/**
 * The threshold of one label with the lowest cost when a false one costs `falseCost` times a missed one. The prior is
 * `falseCost / (1 + falseCost)`, which is best for calibrated probabilities (Elkan 2001, "The foundations of cost-sensitive learning").
 * @param actual rows x labels, row-major, 0 or 1
 * @param probabilities rows x labels, in [0, 1]
 * @param falseCost over 0
 */
export function costThreshold(
  actual: Uint8Array,
  probabilities: Float32Array,
  labels: number,
  label: number,
  falseCost: number,
): number {
  const aim: Aim = { score: (_tp, fp, fn) => -(falseCost * fp + fn), prior: falseCost / (1 + falseCost) };
  return chooseThreshold(actual, probabilities, labels, label, aim);
}

function chooseThreshold(
  actual: Uint8Array,
  probabilities: Float32Array,
  labels: number,
  label: number,
  aim: Aim,
): number {
  const rows = rowCount(actual.length, probabilities.length, labels);
  const all = new Float32Array(rows);
  const positive: number[] = [];
  for (let row = 0; row < rows; row++) {
    all[row] = probabilities[row * labels + label];
    if (actual[row * labels + label]) positive.push(all[row]);
  }
  if (positive.length < minimumSupport) return aim.prior;
  const best = bestThreshold(all.toSorted(), Float32Array.from(positive).toSorted(), aim);
  return aim.prior + (best - aim.prior) * (positive.length / (positive.length + shrinkage));
}

/**
 * The threshold with the highest score, before it is shrunk.
 * @param all probabilities of every row, ascending
 * @param positive those of the rows that carry the label, ascending
 */
function bestThreshold(all: Float32Array, positive: Float32Array, { score, prior }: Aim): number {
  let best = prior;
  let bestScore = -Infinity;
  let missed = positive.length;
  // From the highest cut down; `i` is the lowest row that is over the cut, none at first.
  for (let i = all.length; i >= 0; i--) {
    const upper = i < all.length ? all[i] : 1;
    const lower = i > 0 ? all[i - 1] : 0;
    // Equal probabilities cannot be told apart by any threshold, and none is over 1.
    if (i > 0 && upper === lower) continue;
    while (missed > 0 && i < all.length && positive[missed - 1] >= upper) missed--;
    const tp = positive.length - missed;
    const value = score(tp, all.length - i - tp, missed);
    const candidate = lower < prior && prior <= upper ? prior : (upper + lower) / 2;
    const nearer = Math.abs(candidate - prior) - Math.abs(best - prior);
    if (value > bestScore || (value === bestScore && (nearer < 0 || (nearer === 0 && candidate < best)))) {
      best = candidate;
      bestScore = value;
    }
  }
  return best;
}

/** What a threshold decides about one label. */
export interface Decisions {
  tp: number;
  fp: number;
  fn: number;
}

/**
 * The decisions that a threshold makes about one label.
 * @param actual by row, 0 or 1
 * @param probabilities by row
 */
export function decisionsAt(actual: ArrayLike<number>, probabilities: ArrayLike<number>, threshold: number): Decisions {
  const decisions = { tp: 0, fp: 0, fn: 0 };
  for (let row = 0; row < actual.length; row++) {
    if (probabilities[row] >= threshold) decisions[actual[row] ? 'tp' : 'fp']++;
    else if (actual[row]) decisions.fn++;
  }
  return decisions;
}
