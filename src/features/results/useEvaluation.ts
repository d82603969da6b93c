/** Everything the screen says of the test rows, at the thresholds that it shows. */
import { useDeferredValue, useEffect, useEffectEvent, useMemo, useState } from 'react';
import { evaluate, type Evaluation } from '../../metrics/bootstrap.ts';
import { applyThresholds } from '../../metrics/classification.ts';
import { labelSetConfusion, type LabelSetConfusion } from '../../metrics/labelSets.ts';
import { rankingReport, type RankingReport } from '../../metrics/rankingReport.ts';
import type { SplitFigures, SplitFiguresRequest } from '../../metrics/splitFigures.ts';
import { testArrays, type TestArrays } from '../../shared/evaluation.ts';
import { seedOf } from '../../shared/runMethod.ts';
import type { RunRecord, TestRow } from '../../shared/training.ts';
import { labelMatrix, outcomesOf, wrongOutcomes, type MatrixRow, type Outcome } from './outcomes.ts';
import type { Thresholds } from './useThresholds.ts';

export interface ScreenEvaluation {
  arrays: TestArrays;
  evaluation: Evaluation;
  /** Whatever the thresholds. */
  ranking: RankingReport;
  /** False while rough intervals stand in for those of the worker. */
  settled: boolean;
  matrix: MatrixRow[];
  sets: LabelSetConfusion;
  wrong: Outcome[];
  /** What the figures were made with: while a threshold is dragged they may be a moment behind. */
  thresholds: number[];
}

/** The figures from a worker. */
export type MeasureSplit = (request: SplitFiguresRequest) => Promise<SplitFigures>;

/** Resamples on the page's thread: figures are there at once, their intervals a little rougher until the worker has answered. */
const roughly = 50;

/** Figures follow the thresholds as fast as they can be made, and never hold up the pointer. */
export function useEvaluation(
  run: RunRecord,
  rows: readonly TestRow[],
  { values, moving }: Thresholds,
  measure: MeasureSplit,
): ScreenEvaluation {
  const { labelNames } = run.data;
  const seed = seedOf(run);
  const shown = useDeferredValue(values);
  const arrays = useMemo(() => testArrays(rows), [rows]);
  const rough = useMemo(() => {
    const { actual, probabilities, groups } = arrays;
    return evaluate(actual, probabilities, shown, labelNames, { seed, groups, resamples: roughly });
  }, [arrays, shown, labelNames, seed]);
  const roughRanking = useMemo(() => {
    const { actual, probabilities, groups } = arrays;
    return rankingReport(actual, probabilities, labelNames.length, { seed, groups, resamples: roughly });
  }, [arrays, labelNames, seed]);
  const fine = useFigures({ ...arrays, thresholds: shown, labelNames, seed }, moving, measure);
  const lists = useMemo(() => {
    const outcomes = outcomesOf(rows, shown);
    const predicted = applyThresholds(arrays.probabilities, shown);
    return {
      matrix: labelMatrix(outcomes, labelNames.length),
      sets: labelSetConfusion(arrays.actual, predicted, labelNames.length),
      wrong: wrongOutcomes(outcomes),
    };
  }, [rows, arrays, shown, labelNames]);
  const settled = fine?.thresholds === shown;
  return {
    arrays,
    ranking: fine?.ranking ?? roughRanking,
    evaluation: settled ? fine.evaluation : rough,
    settled,
    ...lists,
    thresholds: shown,
  };
}

/** The worker's last answer, and what thresholds it is for; asked anew when they rest. */
function useFigures(
  request: SplitFiguresRequest,
  moving: boolean,
  measure: MeasureSplit,
): (SplitFigures & { thresholds: number[] }) | null {
  const [answer, setAnswer] = useState<(SplitFigures & { thresholds: number[] }) | null>(null);
  const { thresholds } = request;
  const ask = useEffectEvent(() => measure(request));
  useEffect(() => {
    if (moving) return undefined;
    let wanted = true;
    ask().then(
      (figures) => wanted && setAnswer({ ...figures, thresholds }),
      // The rough figures stay; a worker that died is reported where it is started.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [moving, thresholds]);
  return answer;
}
