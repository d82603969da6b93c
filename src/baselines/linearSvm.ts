/**
 * Linear support vector machine with squared hinge loss, by dual coordinate descent (Hsieh, Chang, Lin, Keerthi, Sundararajan, ICML
 * 2008, algorithm 1 with random order): `|w|^2 / 2 + C sum_i s_i max(0, 1 - y_i w x_i)^2`. As in scikit-learn's LinearSVC the intercept
 * is the weight of a constant feature of 1 and is penalised with the rest.
 */
import { Random } from '../shared/random.ts';
import { checkTarget, classWeights, type ClassWeight } from './classifier.ts';
import { linearClassifier, type LinearClassifier } from './linear.ts';
import type { SparseMatrix } from './sparse.ts';

export interface SvmOptions {
  /** Inverse strength of the regularisation. */
  C: number;
  classWeight: ClassWeight;
  /** Spread of the projected gradient over a pass at which it ends: scikit-learn's `tol`. */
  tolerance?: number;
  maxPasses?: number;
  seed: number;
}

/** @param target one value a row of `features`, 0 or 1. @throws RungError `internal` without both classes. */
export function fitLinearSvm(
  features: SparseMatrix,
  target: Uint8Array,
  { C, classWeight, tolerance = 1e-4, maxPasses = 1000, seed }: SvmOptions,
): LinearClassifier {
  checkTarget(features, target);
  const { rows, columns, starts, indices, values } = features;
  const { positive, negative } = classWeights(target, classWeight);
  const random = new Random(seed);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const alphas = new Float64Array(rows);
  const weights = new Float64Array(columns);
  let intercept = 0;
  const diagonal = Float64Array.from(target, (y) => 1 / (2 * C * (y ? positive : negative)));
  const curvature = diagonal.slice();
  for (let row = 0; row < rows; row++) {
    curvature[row] += 1;
    for (let i = starts[row]; i < starts[row + 1]; i++) curvature[row] += values[i] * values[i];
  }
  for (let pass = 0; pass < maxPasses; pass++) {
    let [highest, lowest] = [-Infinity, Infinity];
    random.shuffle(order);
    for (const row of order) {
      const y = target[row] ? 1 : -1;
      let score = intercept;
      for (let i = starts[row]; i < starts[row + 1]; i++) score += values[i] * weights[indices[i]];
      const gradient = y * score - 1 + diagonal[row] * alphas[row];
      const projected = alphas[row] === 0 ? Math.min(gradient, 0) : gradient;
      highest = Math.max(highest, projected);
      lowest = Math.min(lowest, projected);
      if (projected === 0) continue;
      const alpha = Math.max(0, alphas[row] - gradient / curvature[row]);
      const change = (alpha - alphas[row]) * y;
      alphas[row] = alpha;
      intercept += change;
      for (let i = starts[row]; i < starts[row + 1]; i++) weights[indices[i]] += change * values[i];
    }
    if (highest - lowest <= tolerance) break;
  }
  return linearClassifier(weights, intercept);
}
