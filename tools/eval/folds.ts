/** What an evaluation comes to: one report over the predictions of all folds. */
import { microAverage, type PrecisionRecallF1 } from '../../src/metrics/averages.ts';
import { confusion } from '../../src/metrics/classification.ts';
import { rank, rocAuc } from '../../src/metrics/ranking.ts';
import { pooledReport, type FoldAnswers } from '../../src/recipes/crossValidate.ts';
import { Random } from '../../src/shared/random.ts';
import { minimumSupport, type SplitReport } from '../../src/shared/training.ts';

/** A row's out-of-fold answer. */
export interface AnsweredRow {
  row: number;
  /** Of near duplicates. */
  group: number;
  /** Of each label, 0 or 1. */
  actual: number[];
  /** At the thresholds that were chosen. */
  given: number[];
}

/** What a recipe's cross-validation with one seed came to. */
export interface EvalResult {
  seed: number;
  rows: number;
  /** At the thresholds that each fold chose on rows it trained or validated on. */
  learned: SplitReport;
  /** At .5 for every label. */
  half: SplitReport;
  /** Precision and recall of all answers pooled, at the same thresholds. */
  learnedAnswers: PrecisionRecallF1;
  halfAnswers: PrecisionRecallF1;
  /** Mean area under the ROC curve over the labels with enough rows to say; null where there is none. Folds' models are ranked together. */
  rocAuc: number | null;
  /** Every row's answer, in the order of the table. */
  answered: AnsweredRow[];
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
): Pick<EvalResult, 'learned' | 'half' | 'learnedAnswers' | 'halfAnswers' | 'rocAuc' | 'answered'> {
  const half = (): number[] => labelNames.map(() => 0.5);
  return {
    learned: pooledReport(runs, labelNames),
    half: pooledReport(runs, labelNames, half),
    learnedAnswers: answers(runs, labelNames.length, ({ thresholds }) => thresholds),
    halfAnswers: answers(runs, labelNames.length, half),
    rocAuc: meanRocAuc(runs, labelNames.length),
    answered: runs.flatMap(answeredRows).toSorted((a, b) => a.row - b.row),
  };
}

function answeredRows({ thresholds, testRows }: FoldAnswers): AnsweredRow[] {
  return testRows.map(({ row, group, actual, probabilities }) => ({
    row,
    group: group ?? -1 - row,
    actual: actual.map(Number),
    given: probabilities.map((p, i) => Number(p >= thresholds[i])),
  }));
}

function answers(
  runs: readonly FoldAnswers[],
  labels: number,
  thresholdsOf: (run: FoldAnswers) => readonly number[],
): PrecisionRecallF1 {
  const actual = runs.flatMap(({ testRows }) => testRows.flatMap((row) => row.actual.map(Number)));
  const given = runs.flatMap((run) => {
    const thresholds = thresholdsOf(run);
    return run.testRows.flatMap(({ probabilities }) => probabilities.map((p, i) => Number(p >= thresholds[i])));
  });
  return microAverage(confusion(Uint8Array.from(actual), Uint8Array.from(given), labels));
}

function meanRocAuc(runs: readonly FoldAnswers[], labels: number): number | null {
  const rows = runs.flatMap(({ testRows }) => testRows);
  const areas = Array.from({ length: labels }, (_, label) => {
    const actual = Uint8Array.from(rows, (row) => Number(row.actual[label]));
    const support = actual.reduce((sum, is) => sum + is, 0);
    if (Math.min(support, rows.length - support) < minimumSupport) return null;
    return rocAuc(
      rank(
        actual,
        Float32Array.from(rows, (row) => row.probabilities[label]),
      ),
    );
  }).filter((area) => area !== null);
  return areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/** For learning curves: `count` of the rows outside a fold, drawn by the seed; all of them with null. */
export function fewer(rest: Uint32Array<ArrayBuffer>, count: number | null, seed: number): Uint32Array<ArrayBuffer> {
  if (count === null) return rest;
  return new Random(seed).shuffle(rest.slice()).slice(0, count).toSorted();
}
