/** What every classical classifier of one label is once it is fitted. */
import { RungError } from '../shared/errors.ts';
import type { SparseMatrix } from './sparse.ts';

export interface BinaryClassifier {
  /**
   * One score a row, higher where the label is likelier: log-odds where the model knows probabilities, its margin where it does not.
   * 0 is where the model itself would cut.
   */
  scores(features: SparseMatrix): Float64Array;
}

export type ClassWeight = 'none' | 'balanced';

/** What both classes are weighted with; 'balanced' is scikit-learn's: rows / (2 x rows of the class). */
export function classWeights(target: Uint8Array, kind: ClassWeight): { positive: number; negative: number } {
  if (kind === 'none') return { positive: 1, negative: 1 };
  const positives = countPositives(target);
  return { positive: target.length / (2 * positives), negative: target.length / (2 * (target.length - positives)) };
}

export function countPositives(target: Uint8Array): number {
  let positives = 0;
  for (const value of target) if (value) positives++;
  return positives;
}

/** @throws RungError `internal` when rows and target do not fit together or one of the two classes has no row. */
export function checkTarget(features: SparseMatrix, target: Uint8Array): void {
  const positives = countPositives(target);
  if (features.rows === target.length && positives > 0 && positives < target.length) return;
  throw new RungError(
    'internal',
    `Fitting a classifier: expected ${features.rows} target values of both classes, got ${target.length} with ${positives} positive.`,
  );
}

/** Largest log-odds that is told from certainty; 1 / (1 + exp(30)) is 1e-13. */
const certain = 30;

/** ln(p / (1 - p)), held to +-30 where p is 0 or 1. */
export function logOdds(probability: number): number {
  return Math.min(certain, Math.max(-certain, Math.log(probability) - Math.log1p(-probability)));
}
