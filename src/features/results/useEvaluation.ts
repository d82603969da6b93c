/** Everything the screen says of the test rows, at the thresholds that it shows. */
import { useDeferredValue, useMemo } from 'react';
import { evaluate, type Evaluation } from '../../metrics/bootstrap.ts';
import { applyThresholds } from '../../metrics/classification.ts';
import { labelSetConfusion, type LabelSetConfusion } from '../../metrics/labelSets.ts';
import { rankingReport, type RankingReport } from '../../metrics/rankingReport.ts';
import { testArrays, type TestArrays } from '../../shared/evaluation.ts';
import type { RunRecord, TestRow } from '../../shared/training.ts';
import { labelMatrix, outcomesOf, wrongOutcomes, type MatrixRow, type Outcome } from './outcomes.ts';
import type { Thresholds } from './useThresholds.ts';

export interface ScreenEvaluation {
  arrays: TestArrays;
  evaluation: Evaluation;
  /** Whatever the thresholds. */
  ranking: RankingReport;
  matrix: MatrixRow[];
  sets: LabelSetConfusion;
  wrong: Outcome[];
  /** What the figures were made with: while a threshold is dragged they may be a moment behind. */
  thresholds: number[];
}

/** Resamples while a threshold moves: intervals then follow the pointer, a little rougher than when it rests. */
const roughly = 200;

/** Figures follow the thresholds as fast as they can be made, and never hold up the pointer. */
export function useEvaluation(
  run: RunRecord,
  rows: readonly TestRow[],
  { values, moving }: Thresholds,
): ScreenEvaluation {
  const { labelNames } = run.data;
  const { seed } = run.config;
  const shown = useDeferredValue(values);
  const rough = useDeferredValue(moving);
  const arrays = useMemo(() => testArrays(rows), [rows]);
  const ranking = useMemo(
    () => rankingReport(arrays.actual, arrays.probabilities, labelNames.length, { seed, groups: arrays.groups }),
    [arrays, labelNames, seed],
  );
  const evaluation = useMemo(() => {
    const { actual, probabilities, groups } = arrays;
    const resamples = rough ? roughly : undefined;
    return evaluate(actual, probabilities, shown, labelNames, { seed, groups, resamples });
  }, [arrays, shown, rough, labelNames, seed]);
  const lists = useMemo(() => {
    const outcomes = outcomesOf(rows, shown);
    const predicted = applyThresholds(arrays.probabilities, shown);
    return {
      matrix: labelMatrix(outcomes, labelNames.length),
      sets: labelSetConfusion(arrays.actual, predicted, labelNames.length),
      wrong: wrongOutcomes(outcomes),
    };
  }, [rows, arrays, shown, labelNames]);
  return { arrays, ranking, evaluation, ...lists, thresholds: shown };
}
