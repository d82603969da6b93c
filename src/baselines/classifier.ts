/** What every classical classifier of one label is once it is fitted. */
import { RungError } from '../shared/errors.ts';
import type { SparseMatrix } from './sparse.ts';

/** A fitted classifier as plain JSON; `restoreClassifier` in saved.ts makes one again. */
export type SavedClassifier =
  | { kind: 'constant'; score: number }
  | { kind: 'linear'; intercept: number; weights: number[] }
  /** The training rows themselves are kept once for all labels. `target`: the rows that carry the label. */
  | { kind: 'neighbours'; neighbours: number; weighting: 'uniform' | 'distance'; target: number[] }
  | {
      kind: 'trees';
      /** Whether leaves are shares that are averaged (a forest) or steps that are added up (boosting). */
      combine: 'mean' | 'sum';
      start: number;
      rate: number;
      columns: number[];
      /** Of each column: a value is in the bin of how many edges lie below it. */
      edges: number[][];
      trees: SavedTree[];
    };

/** By node, 0 the root: column and bin of the split, where its two sides go (0: a leaf), and the answer. */
export interface SavedTree {
  column: number[];
  bin: number[];
  left: number[];
  right: number[];
  value: number[];
}

export interface BinaryClassifier {
  /**
   * One score a row, higher where the label is likelier: log-odds where the model knows probabilities, its margin where it does not.
   * 0 is where the model itself would cut.
   */
  scores(features: SparseMatrix): Float64Array;
  save(): SavedClassifier;
}

/** Seven significant digits, as in single precision: what is stored of a figure. */
export function stored(value: number): number {
  return Number(value.toPrecision(7));
}

/** The same answer for every row. */
export function constantClassifier(score: number): BinaryClassifier {
  return { scores: ({ rows }) => new Float64Array(rows).fill(score), save: () => ({ kind: 'constant', score }) };
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

/** ln(p / (1 - p)), held to +-30 where p is 0 or 1, or a mean of such that rounding put beside them. */
export function logOdds(probability: number): number {
  const p = Math.min(1, Math.max(0, probability));
  return Math.min(certain, Math.max(-certain, Math.log(p) - Math.log1p(-p)));
}
