/** Sparse matrices, rows x columns, in compressed rows (CSR): what text becomes for the classical models. Zeros are not stored. */
import { RungError } from '../shared/errors.ts';

export interface SparseMatrix {
  rows: number;
  columns: number;
  /** rows + 1; row `i` is `[starts[i], starts[i + 1])` of the two arrays below. */
  starts: Uint32Array;
  /** Column of each value, ascending within a row. */
  indices: Uint32Array;
  values: Float64Array;
}

/** A matrix from rows of (column, value) pairs, which may be in any order. */
export function sparseFromRows(entries: readonly ReadonlyMap<number, number>[], columns: number): SparseMatrix {
  const starts = new Uint32Array(entries.length + 1);
  for (const [row, { size }] of entries.entries()) starts[row + 1] = starts[row] + size;
  const indices = new Uint32Array(starts[entries.length]);
  const values = new Float64Array(indices.length);
  for (const [row, entry] of entries.entries()) {
    const own = indices.subarray(starts[row], starts[row + 1]);
    own.set([...entry.keys()]);
    own.sort();
    for (const [i, column] of own.entries()) values[starts[row] + i] = entry.get(column) ?? 0;
  }
  return { rows: entries.length, columns, starts, indices, values };
}

/** The non-zero values of a row-major array. @throws RungError `internal` when its length is no multiple of `columns`. */
export function sparseFromDense(dense: ArrayLike<number>, columns: number): SparseMatrix {
  if (dense.length % columns !== 0) {
    throw new RungError(
      'internal',
      `Reading a matrix: expected rows of ${columns} numbers, got ${dense.length} in all.`,
    );
  }
  const entries = Array.from({ length: dense.length / columns }, (_, row) => {
    const entry = new Map<number, number>();
    for (let c = 0; c < columns; c++) {
      const value = dense[row * columns + c];
      if (value !== 0) entry.set(c, value);
    }
    return entry;
  });
  return sparseFromRows(entries, columns);
}

/** The rows at `rows`, in that order; values are copied. */
export function takeRows(matrix: SparseMatrix, rows: ArrayLike<number>): SparseMatrix {
  const starts = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) starts[i + 1] = starts[i] + matrix.starts[rows[i] + 1] - matrix.starts[rows[i]];
  const indices = new Uint32Array(starts[rows.length]);
  const values = new Float64Array(indices.length);
  for (let i = 0; i < rows.length; i++) {
    const [from, to] = [matrix.starts[rows[i]], matrix.starts[rows[i] + 1]];
    indices.set(matrix.indices.subarray(from, to), starts[i]);
    values.set(matrix.values.subarray(from, to), starts[i]);
  }
  return { rows: rows.length, columns: matrix.columns, starts, indices, values };
}

/** Matrices of equal height side by side: `[a | b | ...]`. */
export function besideEachOther(matrices: readonly SparseMatrix[]): SparseMatrix {
  const rows = matrices[0].rows;
  if (matrices.some((matrix) => matrix.rows !== rows)) {
    const heights = matrices.map((matrix) => matrix.rows).join(', ');
    throw new RungError('internal', `Joining matrices: expected the same number of rows, got ${heights}.`);
  }
  const stored = matrices.reduce((sum, { values }) => sum + values.length, 0);
  const starts = new Uint32Array(rows + 1);
  const indices = new Uint32Array(stored);
  const values = new Float64Array(stored);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    let before = 0;
    for (const matrix of matrices) {
      for (let i = matrix.starts[row]; i < matrix.starts[row + 1]; i++) {
        indices[at] = before + matrix.indices[i];
        values[at++] = matrix.values[i];
      }
      before += matrix.columns;
    }
    starts[row + 1] = at;
  }
  return { rows, columns: matrices.reduce((sum, { columns }) => sum + columns, 0), starts, indices, values };
}

/** Columns x rows. */
export function transpose(matrix: SparseMatrix): SparseMatrix {
  const starts = new Uint32Array(matrix.columns + 1);
  for (const column of matrix.indices) starts[column + 1]++;
  for (let column = 0; column < matrix.columns; column++) starts[column + 1] += starts[column];
  const next = starts.slice(0, -1);
  const indices = new Uint32Array(matrix.indices.length);
  const values = new Float64Array(matrix.values.length);
  for (let row = 0; row < matrix.rows; row++) {
    for (let i = matrix.starts[row]; i < matrix.starts[row + 1]; i++) {
      const at = next[matrix.indices[i]]++;
      indices[at] = row;
      values[at] = matrix.values[i];
    }
  }
  return { rows: matrix.columns, columns: matrix.rows, starts, indices, values };
}

/** `matrix weights + offset`, one number a row. */
export function timesVector(matrix: SparseMatrix, weights: ArrayLike<number>, offset = 0): Float64Array {
  const product = new Float64Array(matrix.rows);
  for (let row = 0; row < matrix.rows; row++) {
    let sum = offset;
    for (let i = matrix.starts[row]; i < matrix.starts[row + 1]; i++)
      sum += matrix.values[i] * weights[matrix.indices[i]];
    product[row] = sum;
  }
  return product;
}
