/** What an evaluation comes to: one report over the predictions of all folds. */
import { pooledReport, type FoldAnswers } from '../../src/recipes/crossValidate.ts';
import { Random } from '../../src/shared/random.ts';
import type { SplitReport } from '../../src/shared/training.ts';

/** What a recipe's cross-validation with one seed came to. */
export interface EvalResult {
  seed: number;
  rows: number;
  /** At the thresholds that each fold chose on rows it trained or validated on. */
  learned: SplitReport;
  /** At .5 for every label. */
  half: SplitReport;
  seconds: number;
  /** Null for recipes without epochs. */
  epochSeconds: number | null;
  backend: string;
  device: string;
  /** What was done, for the head of the table. */
  description: string;
  settings: object;
  /** What there is to say beside the table, a line each. */
  notes: string[];
}

/** Out-of-fold predictions of all folds in two reports; each fold's thresholds are applied to its own rows first. */
export function pooledReports(
  runs: readonly FoldAnswers[],
  labelNames: readonly string[],
): Pick<EvalResult, 'learned' | 'half'> {
  return {
    learned: pooledReport(runs, labelNames),
    half: pooledReport(runs, labelNames, () => labelNames.map(() => 0.5)),
  };
}

/** For learning curves: `count` of the rows outside a fold, drawn by the seed; all of them with null. */
export function fewer(rest: Uint32Array<ArrayBuffer>, count: number | null, seed: number): Uint32Array<ArrayBuffer> {
  if (count === null) return rest;
  return new Random(seed).shuffle(rest.slice()).slice(0, count).toSorted();
}
