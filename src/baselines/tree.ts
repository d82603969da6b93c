/**
 * One binary decision tree on binned features, grown best gain first from histograms. Every row brings a pull `g` and a weight `h`; a leaf
 * answers `G / (H + l2)` with the sums of its rows, and a split gains what `G^2 / (H + l2)` rises by (Chen and Guestrin, KDD 2016, section
 * 2.2). With g = weight x target and l2 = 0 that is the Gini gain of a classification tree; with the residual and the variance of the
 * logistic loss it is Newton boosting.
 */
import type { Random } from '../shared/random.ts';
import { binAt, mostBins, type BinnedFeatures } from './bins.ts';

export interface TreeOptions {
  mostLeaves: number;
  /** Fewest rows of a leaf. */
  leafRows: number;
  l2: number;
  /** Columns looked at for each split, drawn at random; as many again while all of them are constant in the node. */
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
  trees: readonly (readonly TreeNode[])[],
  features: BinnedFeatures,
  factor: number,
  totals: Float64Array,
): void {
  const { starts, indices, bins, zeroBins } = features;
  const own = zeroBins.slice();
  for (let row = 0; row < features.rows; row++) {
    for (let i = starts[row]; i < starts[row + 1]; i++) own[indices[i]] = bins[i];
    for (const tree of trees) {
      let node = tree[0];
      while (node.split) node = tree[own[node.split.column] <= node.split.bin ? node.split.left : node.split.right];
      totals[row] += factor * node.value;
    }
    for (let i = starts[row]; i < starts[row + 1]; i++) own[indices[i]] = zeroBins[indices[i]];
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
    if (binAt(features, row, column) > bin) continue;
    rows[i] = rows[middle];
    rows[middle++] = row;
  }
  return middle;
}

const notDrawn = 0xffffffff;

class SplitFinder {
  private readonly features: BinnedFeatures;
  private readonly sums: RowSums;
  private readonly rows: Uint32Array;
  private readonly options: TreeOptions;
  /** A standing permutation, from which the columns of each node are drawn. */
  private readonly order: Uint32Array;
  /** Where the histogram of a drawn column begins. */
  private readonly slotOf: Uint32Array;
  private readonly g: Float64Array;
  private readonly h: Float64Array;
  private readonly counts: Uint32Array;

  constructor(features: BinnedFeatures, sums: RowSums, rows: Uint32Array, options: TreeOptions) {
    this.features = features;
    this.sums = sums;
    this.rows = rows;
    this.options = options;
    this.order = Uint32Array.from({ length: features.columns }, (_, column) => column);
    this.slotOf = new Uint32Array(features.columns).fill(notDrawn);
    const size = Math.min(options.columnsPerSplit, features.columns) * mostBins;
    this.g = new Float64Array(size);
    this.h = new Float64Array(size);
    this.counts = new Uint32Array(size);
  }

  /** The split with the highest gain, or null where none gains anything. */
  best(from: number, to: number, total: Sums): BestSplit | null {
    const { columnsPerSplit, leafRows } = this.options;
    if (to - from < 2 * leafRows) return null;
    const { columns } = this.features;
    let best: BestSplit | null = null;
    let varied = false;
    for (let drawn = 0; drawn < columns && !varied; drawn += columnsPerSplit) {
      const end = Math.min(columns, drawn + columnsPerSplit);
      this.draw(drawn, end);
      this.count(from, to);
      for (let i = drawn; i < end; i++) {
        const column = this.order[i];
        if (this.addZeros(column, to - from, total)) {
          varied = true;
          const found = this.bestOf(column, to - from, total);
          if (found && found.gain > (best?.gain ?? smallestGain)) best = found;
        }
        this.slotOf[column] = notDrawn;
      }
    }
    return best;
  }

  /** Puts columns that are not drawn yet at `[first, end)` of the order, each with an empty histogram. */
  private draw(first: number, end: number): void {
    const { order, options } = this;
    for (let i = first; i < end; i++) {
      if (end - first < order.length) {
        const other = i + options.random.int(order.length - i);
        [order[i], order[other]] = [order[other], order[i]];
      }
      this.slotOf[order[i]] = (i - first) * mostBins;
    }
    const size = (end - first) * mostBins;
    this.g.fill(0, 0, size);
    this.h.fill(0, 0, size);
    this.counts.fill(0, 0, size);
  }

  /** Histograms of the drawn columns over the node's rows, without their zeros. */
  private count(from: number, to: number): void {
    const { rows, slotOf, g, h, counts } = this;
    const { starts, indices, bins } = this.features;
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const [pull, weight] = [this.sums.g[row], this.sums.h[row]];
      const end = starts[row + 1];
      for (let j = starts[row]; j < end; j++) {
        const slot = slotOf[indices[j]];
        if (slot === notDrawn) continue;
        const at = slot + bins[j];
        g[at] += pull;
        h[at] += weight;
        counts[at]++;
      }
    }
  }

  /** Completes a histogram with the rows that are in the bin of zero; false where all rows are in one bin. */
  private addZeros(column: number, rows: number, total: Sums): boolean {
    const { g, h, counts } = this;
    const slot = this.slotOf[column];
    const zero = slot + this.features.zeroBins[column];
    let [restG, restH, restRows, fullest] = [total.g, total.h, rows, 0];
    for (let at = slot; at < slot + this.features.counts[column]; at++) {
      restG -= g[at];
      restH -= h[at];
      restRows -= counts[at];
      fullest = Math.max(fullest, counts[at]);
    }
    if (restRows > 0) {
      g[zero] = restG;
      h[zero] = restH;
      counts[zero] = restRows;
    }
    return Math.max(fullest, restRows) < rows;
  }

  private bestOf(column: number, rows: number, total: Sums): BestSplit | null {
    const { leafRows, l2 } = this.options;
    const slot = this.slotOf[column];
    const before = (total.g * total.g) / (total.h + l2);
    let best: BestSplit | null = null;
    let [g, h, count] = [0, 0, 0];
    for (let bin = 0; bin + 1 < this.features.counts[column]; bin++) {
      const at = slot + bin;
      if (this.counts[at] === 0) continue;
      g += this.g[at];
      h += this.h[at];
      count += this.counts[at];
      if (count < leafRows) continue;
      if (rows - count < leafRows) break;
      const gain = (g * g) / (h + l2) + (total.g - g) ** 2 / (total.h - h + l2) - before;
      if (gain > (best?.gain ?? smallestGain)) best = { column, bin, gain };
    }
    return best;
  }
}
