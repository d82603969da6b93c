/** All figures of a split with their intervals: a quarter of a second of work for a few hundred rows, so a worker's where it matters. */
import type { TestArrays } from '../shared/evaluation.ts';
import { evaluate, type Evaluation } from './bootstrap.ts';
import { rankingReport, type RankingReport } from './rankingReport.ts';

export interface SplitFiguresRequest extends TestArrays {
  thresholds: number[];
  labelNames: string[];
  seed: number;
  /** 1,000 when left out. */
  resamples?: number;
}

export interface SplitFigures {
  evaluation: Evaluation;
  /** Whatever the thresholds. */
  ranking: RankingReport;
}

/** @throws RungError as `evaluate` does. */
export function splitFigures(request: SplitFiguresRequest): SplitFigures {
  const { actual, probabilities, thresholds, labelNames, ...options } = request;
  return {
    evaluation: evaluate(actual, probabilities, thresholds, labelNames, options),
    ranking: rankingReport(actual, probabilities, labelNames.length, options),
  };
}
