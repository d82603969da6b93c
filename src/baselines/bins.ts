/** Features as small whole numbers, column by column: what trees count in instead of sorting values at every node. */
import type { SparseMatrix } from './sparse.ts';

/** More distinct values of a column share bins. */
const mostBins = 32;

export interface Binning {
  /** Columns of the matrix that are used. */
  columns: Uint32Array;
  /** Of each used column, ascending: a value is in the bin of how many edges lie below it. */
  edges: Float64Array[];
}

export interface BinnedFeatures {
  rows: number;
  columns: number;
  /** columns x rows. */
  bins: Uint8Array;
  /** Bins of each column. */
  counts: Uint8Array;
}

/** Edges midway between neighbouring values of each column; of many values, at evenly spaced ranks among the distinct ones. */
export function fitBins(features: SparseMatrix, columns: Uint32Array): Binning {
  const edges = denseColumns(features, columns).map((values) => {
    const distinct = values.toSorted().filter((value, i, sorted) => i === 0 || value !== sorted[i - 1]);
    const cuts = Math.min(mostBins, distinct.length) - 1;
    return Float64Array.from({ length: cuts }, (_, i) => {
      const after = Math.round(((i + 1) * distinct.length) / (cuts + 1));
      return (distinct[after - 1] + distinct[after]) / 2;
    });
  });
  return { columns, edges };
}

export function applyBins({ columns, edges }: Binning, features: SparseMatrix): BinnedFeatures {
  const bins = new Uint8Array(columns.length * features.rows);
  for (const [c, values] of denseColumns(features, columns).entries()) {
    for (const [row, value] of values.entries()) {
      let bin = 0;
      while (bin < edges[c].length && value > edges[c][bin]) bin++;
      bins[c * features.rows + row] = bin;
    }
  }
  const counts = Uint8Array.from(edges, ({ length }) => length + 1);
  return { rows: features.rows, columns: columns.length, bins, counts };
}

function denseColumns(features: SparseMatrix, columns: Uint32Array): Float64Array[] {
  const position = new Map(Array.from(columns, (column, i) => [column, i]));
  const dense = Array.from(columns, () => new Float64Array(features.rows));
  for (let row = 0; row < features.rows; row++) {
    for (let i = features.starts[row]; i < features.starts[row + 1]; i++) {
      const at = position.get(features.indices[i]);
      if (at !== undefined) dense[at][row] = features.values[i];
    }
  }
  return dense;
}
