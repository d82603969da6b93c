/** What the folds of a cross-validation come to: mean and spread. */
import type { FoldFigures, FoldRecord } from '../shared/training.ts';

export interface Spread {
  mean: number;
  /** Standard deviation over the folds; null for one fold. */
  deviation: number | null;
  low: number;
  high: number;
}

export type FoldFigure = Exclude<keyof FoldFigures, 'rows'>;

/** Mean, standard deviation and range of a figure; null without folds. */
export function spreadOf(folds: readonly FoldRecord[], side: 'test' | 'train', figure: FoldFigure): Spread | null {
  if (folds.length === 0) return null;
  const values = folds.map((fold) => fold[side][figure]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null;
  return { mean, deviation, low: Math.min(...values), high: Math.max(...values) };
}
