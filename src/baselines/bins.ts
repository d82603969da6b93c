/**
 * Features as small whole numbers: what trees count in instead of sorting values at every node. Stored by rows and sparse like what they
 * are made of: a row holds the columns whose bin is not the one of zero.
 */
import type { SparseMatrix } from './sparse.ts';

/** More distinct values of a column share bins. */
export const mostBins = 32;

export interface Binning {
  /** Columns of the matrix that are used, ascending. */
  columns: Uint32Array;
  /** Of each used column, ascending: a value is in the bin of how many edges lie below it. */
  edges: Float64Array[];
}

export interface BinnedFeatures {
  rows: number;
  columns: number;
  /** rows + 1; row `i` is `[starts[i], starts[i + 1])` of the two arrays below. */
  starts: Uint32Array;
  /** Positions among the used columns, ascending within a row. */
  indices: Uint32Array;
  bins: Uint8Array;
  /** Bins of each column. */
  counts: Uint8Array;
  /** The bin of zero of each column. */
  zeroBins: Uint8Array;
}

/** Edges midway between neighbouring values of each column; of many values, at evenly spaced ranks among the distinct ones. */
export function fitBins(features: SparseMatrix, columns: Uint32Array): Binning {
  const position = positions(columns);
  const values: number[][] = Array.from(columns, () => []);
  for (const [i, column] of features.indices.entries()) values[position.get(column) ?? -1]?.push(features.values[i]);
  const edges = values.map((stored) => {
    if (stored.length < features.rows) stored.push(0);
    const distinct = Float64Array.from(new Set(stored)).toSorted();
    const cuts = Math.min(mostBins, distinct.length) - 1;
    return Float64Array.from({ length: cuts }, (_, i) => {
      const after = Math.round(((i + 1) * distinct.length) / (cuts + 1));
      return (distinct[after - 1] + distinct[after]) / 2;
    });
  });
  return { columns, edges };
}

export function applyBins({ columns, edges }: Binning, features: SparseMatrix): BinnedFeatures {
  const position = positions(columns);
  const zeroBins = Uint8Array.from(edges, (own) => binOf(own, 0));
  const starts = new Uint32Array(features.rows + 1);
  const indices: number[] = [];
  const bins: number[] = [];
  for (let row = 0; row < features.rows; row++) {
    for (let i = features.starts[row]; i < features.starts[row + 1]; i++) {
      const column = position.get(features.indices[i]);
      if (column === undefined) continue;
      const bin = binOf(edges[column], features.values[i]);
      if (bin === zeroBins[column]) continue;
      indices.push(column);
      bins.push(bin);
    }
    starts[row + 1] = indices.length;
  }
  return {
    rows: features.rows,
    columns: columns.length,
    starts,
    indices: Uint32Array.from(indices),
    bins: Uint8Array.from(bins),
    counts: Uint8Array.from(edges, ({ length }) => length + 1),
    zeroBins,
  };
}

/** Bin of one value. */
export function binAt({ starts, indices, bins, zeroBins }: BinnedFeatures, row: number, column: number): number {
  let [low, high] = [starts[row], starts[row + 1]];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indices[middle] < column) low = middle + 1;
    else high = middle;
  }
  return low < starts[row + 1] && indices[low] === column ? bins[low] : zeroBins[column];
}

function positions(columns: Uint32Array): Map<number, number> {
  return new Map(Array.from(columns, (column, i) => [column, i]));
}

function binOf(edges: Float64Array, value: number): number {
  let bin = 0;
  while (bin < edges.length && value > edges[bin]) bin++;
  return bin;
}
