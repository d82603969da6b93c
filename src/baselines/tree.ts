/**
 * One binary decision tree on binned features, grown best gain first from histograms. Every row brings a pull `g` and a weight `h`; a leaf
 * answers `G / (H + l2)` with the sums of its rows, and a split gains what `G^2 / (H + l2)` rises by (Chen and Guestrin, KDD 2016, section
 * 2.2). With g = weight x target and l2 = 0 that is the Gini gain of a classification tree; with the residual and the variance of the
 * logistic loss it is Newton boosting.
 */
import type { Random } from '../shared/random.ts';
import type { BinnedFeatures } from './bins.ts';

export interface TreeOptions {
  mostLeaves: number;
  /** Fewest rows of a leaf. */
  leafRows: number;
  l2: number;
  /** Columns looked at for each split; more where all of them are constant in the node (as scikit-learn's forests do). */
  columnsPerSplit: number;
  random: Random;
}

/** Node 0 is the root; a leaf has no children. */
export interface TreeNode {
  value: number;
  /** A row goes left when its bin of `column` is at most `bin`. */
  split: { column: number; bin: number; left: number; right: number } | null;
}

export interface RowSums {
  g: Float64Array;
  h: Float64Array;
}

interface Sums {
  g: number;
  h: number;
}

interface BestSplit {
  column: number;
  bin: number;
  gain: number;
}

/** A leaf that may still be split: its rows are `rows[from .. to]`. */
interface OpenLeaf {
  node: number;
  from: number;
  to: number;
  best: BestSplit;
}

/** Gains below this are rounding. */
const smallestGain = 1e-9;

/** @param rows what it grows on; reordered in place. */
export function growTree(features: BinnedFeatures, sums: RowSums, rows: Uint32Array, options: TreeOptions): TreeNode[] {
  const nodes: TreeNode[] = [];
  const open: OpenLeaf[] = [];
  const finder = new SplitFinder(features, sums, rows, options);
  const addLeaf = (from: number, to: number): number => {
    const total: Sums = { g: 0, h: 0 };
    // Where every row wants the same answer no split gains anything, so none is looked for.
    let agreed = true;
    const wanted = sums.g[rows[from]] / sums.h[rows[from]];
    for (let i = from; i < to; i++) {
      const [g, h] = [sums.g[rows[i]], sums.h[rows[i]]];
      total.g += g;
      total.h += h;
      if (g / h !== wanted) agreed = false;
    }
    const node = nodes.push({ value: total.g / (total.h + options.l2), split: null }) - 1;
    const best = agreed ? null : finder.best(from, to, total);
    if (best) open.push({ node, from, to, best });
    return node;
  };
  addLeaf(0, rows.length);
  for (let leaves = 1; leaves < options.mostLeaves && open.length > 0; leaves++) {
    let chosen = 0;
    for (let i = 1; i < open.length; i++) if (open[i].best.gain > open[chosen].best.gain) chosen = i;
    const [leaf] = open.splice(chosen, 1);
    const { column, bin } = leaf.best;
    const middle = partition(features, rows, leaf.from, leaf.to, column, bin);
    nodes[leaf.node].split = { column, bin, left: addLeaf(leaf.from, middle), right: addLeaf(middle, leaf.to) };
  }
  return nodes;
}

/** Adds `factor` times the tree's answer for every row to `totals`. */
export function addPredictions(
  tree: readonly TreeNode[],
  features: BinnedFeatures,
  factor: number,
  totals: Float64Array,
): void {
  for (let row = 0; row < features.rows; row++) {
    let node = tree[0];
    while (node.split) {
      const { column, bin, left, right } = node.split;
      node = tree[features.bins[column * features.rows + row] <= bin ? left : right];
    }
    totals[row] += factor * node.value;
  }
}

/** Moves the rows that go left to the front; returns where the others begin. */
function partition(
  features: BinnedFeatures,
  rows: Uint32Array,
  from: number,
  to: number,
  column: number,
  bin: number,
): number {
  let middle = from;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    if (features.bins[column * features.rows + row] > bin) continue;
    rows[i] = rows[middle];
    rows[middle++] = row;
  }
  return middle;
}

class SplitFinder {
  private readonly features: BinnedFeatures;
  private readonly sums: RowSums;
  private readonly rows: Uint32Array;
  private readonly options: TreeOptions;
  /** A standing permutation: its first entries are drawn anew for each node. */
  private readonly order: Uint32Array;
  private readonly g: Float64Array;
  private readonly h: Float64Array;
  private readonly counts: Uint32Array;

  constructor(features: BinnedFeatures, sums: RowSums, rows: Uint32Array, options: TreeOptions) {
    this.features = features;
    this.sums = sums;
    this.rows = rows;
    this.options = options;
    this.order = Uint32Array.from({ length: features.columns }, (_, column) => column);
    this.g = new Float64Array(256);
    this.h = new Float64Array(256);
    this.counts = new Uint32Array(256);
  }

  /** The split with the highest gain, or null where none gains anything. */
  best(from: number, to: number, total: Sums): BestSplit | null {
    const { columnsPerSplit, leafRows, random } = this.options;
    if (to - from < 2 * leafRows) return null;
    const { columns } = this.features;
    let best: BestSplit | null = null;
    let varied = 0;
    for (let visited = 0; visited < columns && (visited < columnsPerSplit || varied === 0); visited++) {
      if (columnsPerSplit < columns) {
        const other = visited + random.int(columns - visited);
        [this.order[visited], this.order[other]] = [this.order[other], this.order[visited]];
      }
      const column = this.order[visited];
      if (!this.count(column, from, to)) continue;
      varied++;
      const found = this.bestOf(column, to - from, total);
      if (found && found.gain > (best?.gain ?? smallestGain)) best = found;
    }
    return best;
  }

  /** Histogram of a column over the node's rows; false where all are in one bin. */
  private count(column: number, from: number, to: number): boolean {
    const { bins, rows: height, counts: binCounts } = this.features;
    const size = binCounts[column];
    this.g.fill(0, 0, size);
    this.h.fill(0, 0, size);
    this.counts.fill(0, 0, size);
    const offset = column * height;
    for (let i = from; i < to; i++) {
      const row = this.rows[i];
      const bin = bins[offset + row];
      this.g[bin] += this.sums.g[row];
      this.h[bin] += this.sums.h[row];
      this.counts[bin]++;
    }
    return this.counts[bins[offset + this.rows[from]]] < to - from;
  }

  private bestOf(column: number, rows: number, total: Sums): BestSplit | null {
    const { leafRows, l2 } = this.options;
    const before = (total.g * total.g) / (total.h + l2);
    let best: BestSplit | null = null;
    let [g, h, count] = [0, 0, 0];
    for (let bin = 0; bin + 1 < this.features.counts[column]; bin++) {
      if (this.counts[bin] === 0) continue;
      g += this.g[bin];
      h += this.h[bin];
      count += this.counts[bin];
      if (count < leafRows || rows - count < leafRows) continue;
      const gain = (g * g) / (h + l2) + (total.g - g) ** 2 / (total.h - h + l2) - before;
      if (gain > (best?.gain ?? smallestGain)) best = { column, bin, gain };
    }
    return best;
  }
}
