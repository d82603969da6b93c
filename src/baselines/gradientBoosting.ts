/**
 * Gradient boosting of the logistic loss by Newton steps on histograms (Friedman 2001; Ke et al., LightGBM, NeurIPS 2017; scikit-learn's
 * HistGradientBoostingClassifier): each tree fits the residuals of those before it.
 */
import { Random } from '../shared/random.ts';
import { applyBins, fitBins } from './bins.ts';
import { chi2, topColumns } from './chi2.ts';
import { checkTarget, classWeights, logOdds, type BinaryClassifier, type ClassWeight } from './classifier.ts';
import type { SparseMatrix } from './sparse.ts';
import { addPredictions, growTree } from './tree.ts';
import { treeClassifier } from './treeClassifier.ts';

export interface BoostingOptions {
  trees: number;
  /** What each tree's answer is multiplied by. */
  rate: number;
  mostLeaves: number;
  /** Fewest rows of a leaf. */
  leafRows: number;
  l2: number;
  classWeight: ClassWeight;
  /** Columns that are used: those with the highest chi-squared statistic. */
  columns: number;
  seed: number;
}

/** @param target one value a row of `features`, 0 or 1. @throws RungError `internal` without both classes. */
export function fitGradientBoosting(
  features: SparseMatrix,
  target: Uint8Array,
  { trees, rate, mostLeaves, leafRows, l2, classWeight, columns, seed }: BoostingOptions,
): BinaryClassifier {
  checkTarget(features, target);
  const binning = fitBins(features, topColumns(chi2(features, target), columns));
  const binned = applyBins(binning, features);
  const { positive, negative } = classWeights(target, classWeight);
  const weights = Float64Array.from(target, (y) => (y ? positive : negative));
  const start = logOdds(sum(weights.map((weight, row) => weight * target[row])) / sum(weights));
  const scores = new Float64Array(features.rows).fill(start);
  const options = { mostLeaves, leafRows, l2, columnsPerSplit: binned.columns, random: new Random(seed) };
  const ensemble = Array.from({ length: trees }, () => {
    const probability = scores.map((score) => 1 / (1 + Math.exp(-score)));
    const g = probability.map((p, row) => weights[row] * (target[row] - p));
    // Never 0: a leaf of rows that are all certain would divide by it.
    const h = probability.map((p, row) => Math.max(1e-12, weights[row] * p * (1 - p)));
    const rows = Uint32Array.from({ length: features.rows }, (_, row) => row);
    const tree = growTree(binned, { g, h }, rows, options);
    addPredictions([tree], binned, rate, scores);
    return tree;
  });
  return treeClassifier({ combine: 'sum', start, rate, binning, trees: ensemble });
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
