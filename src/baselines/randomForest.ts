/**
 * Random forest (Breiman 2001): trees on bootstrap samples, each split among the square root of all columns, probabilities averaged over
 * leaves as in scikit-learn's RandomForestClassifier. Own rather than npm's ml-random-forest: that one wants dense matrices of doubles,
 * sorts at every node and weighs neither rows nor classes.
 */
import { Random } from '../shared/random.ts';
import { applyBins, fitBins } from './bins.ts';
import { chi2, topColumns } from './chi2.ts';
import { checkTarget, classWeights, type ClassWeight } from './classifier.ts';
import type { SparseMatrix } from './sparse.ts';
import { growTree } from './tree.ts';
import { treeClassifier, type TreeClassifier } from './treeClassifier.ts';

export interface ForestOptions {
  trees: number;
  /** Fewest rows of a leaf. */
  leafRows: number;
  classWeight: ClassWeight;
  /** Columns that are used: those with the highest chi-squared statistic. */
  columns: number;
  seed: number;
}

/** @param target one value a row of `features`, 0 or 1. @throws RungError `internal` without both classes. */
export function fitRandomForest(
  features: SparseMatrix,
  target: Uint8Array,
  { trees, leafRows, classWeight, columns, seed }: ForestOptions,
): TreeClassifier {
  checkTarget(features, target);
  const binning = fitBins(features, topColumns(chi2(features, target), columns));
  const binned = applyBins(binning, features);
  const { positive, negative } = classWeights(target, classWeight);
  const random = new Random(seed);
  const options = {
    mostLeaves: Infinity,
    leafRows,
    l2: 0,
    columnsPerSplit: Math.max(1, Math.floor(Math.sqrt(binned.columns))),
    random,
  };
  const forest = Array.from({ length: trees }, () => {
    const drawn = new Float64Array(features.rows);
    for (let i = 0; i < features.rows; i++) drawn[random.int(features.rows)]++;
    const h = drawn.map((times, row) => times * (target[row] ? positive : negative));
    const g = h.map((weight, row) => (target[row] ? weight : 0));
    const rows = Uint32Array.from(drawn.keys()).filter((row) => drawn[row] > 0);
    return growTree(binned, { g, h }, rows, options);
  });
  return treeClassifier({ combine: 'mean', start: 0, rate: 1 / trees, binning, trees: forest });
}
