/** Cross-validation that every recipe shares: the folds, and one report over the predictions of all of them. */
import { kFold } from '../../src/data/split.ts';
import { splitReport } from '../../src/metrics/bootstrap.ts';
import type { Dataset } from '../../src/shared/dataset.ts';
import type { SplitReport, TestRow } from '../../src/shared/training.ts';

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

export interface FoldRun {
  thresholds: readonly number[];
  testRows: readonly TestRow[];
}

export interface FoldRows {
  /** Rows outside the fold. */
  rest: Uint32Array<ArrayBuffer>;
  test: Uint32Array<ArrayBuffer>;
}

/** The rows of every fold: the same for all recipes with the same data and seed. */
export function foldRows(dataset: Dataset, folds: number, seed: number): FoldRows[] {
  const foldOf = kFold(dataset.labels, dataset.labelNames.length, dataset.groups, folds, seed);
  const rows = Uint32Array.from(foldOf.keys());
  return Array.from({ length: folds }, (_, fold) => ({
    rest: rows.filter((row) => foldOf[row] !== fold),
    test: rows.filter((row) => foldOf[row] === fold),
  }));
}

/** Out-of-fold predictions of all folds in two reports; each fold's thresholds are applied to its own rows first. */
export function pooledReports(
  runs: readonly FoldRun[],
  labelNames: readonly string[],
): Pick<EvalResult, 'learned' | 'half'> {
  const actual = Uint8Array.from(runs.flatMap(({ testRows }) => testRows.flatMap((row) => row.actual.map(Number))));
  const report = (thresholdsOf: (run: FoldRun) => readonly number[]): SplitReport => {
    const predicted = runs.flatMap((run) => {
      const thresholds = thresholdsOf(run);
      return run.testRows.flatMap(({ probabilities }) => probabilities.map((p, i) => (p >= thresholds[i] ? 1 : 0)));
    });
    const cut = labelNames.map(() => 0.5);
    return splitReport(actual, Float32Array.from(predicted), cut, labelNames, { seed: 1 });
  };
  return { learned: report((run) => run.thresholds), half: report(() => labelNames.map(() => 0.5)) };
}
