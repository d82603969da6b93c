/** What random forest and gradient boosting come to once they are fitted: trees on binned columns. */
import { applyBins, type Binning } from './bins.ts';
import { logOdds, stored, type BinaryClassifier, type SavedClassifier, type SavedTree } from './classifier.ts';
import type { SparseMatrix } from './sparse.ts';
import { addPredictions, type TreeNode } from './tree.ts';

export interface TreeEnsemble {
  /** `mean`: answers are shares of positives, averaged; `sum`: they are log-odds, added to `start`. */
  combine: 'mean' | 'sum';
  start: number;
  /** What each tree's answer is multiplied by. */
  rate: number;
  binning: Binning;
  trees: readonly (readonly TreeNode[])[];
}

export interface TreeClassifier extends BinaryClassifier {
  /** `start` and the trees' answers, added up: probabilities of a forest, log-odds of boosting. */
  totals(features: SparseMatrix): Float64Array;
}

export function treeClassifier(ensemble: TreeEnsemble): TreeClassifier {
  const { combine, start, rate, binning, trees } = ensemble;
  const totals = (matrix: SparseMatrix): Float64Array => {
    const sums = new Float64Array(matrix.rows).fill(start);
    addPredictions(trees, applyBins(binning, matrix), rate, sums);
    return sums;
  };
  return {
    totals,
    scores: (matrix) => (combine === 'mean' ? totals(matrix).map(logOdds) : totals(matrix)),
    save: () => ({
      kind: 'trees',
      combine,
      start,
      rate,
      columns: [...binning.columns],
      // Whole: a rounded edge would put a value that lies beside it into the next bin.
      edges: binning.edges.map((edges) => Array.from(edges)),
      trees: trees.map(savedTree),
    }),
  };
}

/** The ensemble of `save`. */
export function restoreTrees(saved: Extract<SavedClassifier, { kind: 'trees' }>): TreeClassifier {
  const { combine, start, rate, columns, edges, trees } = saved;
  const binning = { columns: Uint32Array.from(columns), edges: edges.map((own) => Float64Array.from(own)) };
  return treeClassifier({ combine, start, rate, binning, trees: trees.map(restoredTree) });
}

function savedTree(tree: readonly TreeNode[]): SavedTree {
  return {
    column: tree.map(({ split }) => split?.column ?? 0),
    bin: tree.map(({ split }) => split?.bin ?? 0),
    left: tree.map(({ split }) => split?.left ?? 0),
    right: tree.map(({ split }) => split?.right ?? 0),
    value: tree.map(({ value }) => stored(value)),
  };
}

function restoredTree({ column, bin, left, right, value }: SavedTree): TreeNode[] {
  return value.map((own, node) => ({
    value: own,
    split: left[node] === 0 ? null : { column: column[node], bin: bin[node], left: left[node], right: right[node] },
  }));
}
