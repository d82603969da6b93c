/**
 * The leading directions of a matrix by randomised subspace iteration (Halko, Martinsson & Tropp 2011, "Finding Structure with
 * Randomness", SIAM Review 53(2), algorithm 4.4): of a sparse one as it is (latent semantic analysis), of a dense one as well.
 */
import { Random } from '../shared/random.ts';
import { transpose, type SparseMatrix } from './sparse.ts';

/** A matrix as what it does to others; `width` columns are multiplied at once, row-major. */
export interface LinearMap {
  rows: number;
  columns: number;
  /** [columns, width] -> [rows, width] */
  times(right: Float64Array, width: number): Float64Array;
  /** [rows, width] -> [columns, width] */
  transposedTimes(right: Float64Array, width: number): Float64Array;
}

export function sparseMap(matrix: SparseMatrix): LinearMap {
  const turned = transpose(matrix);
  return {
    rows: matrix.rows,
    columns: matrix.columns,
    times: (right, width) => product(matrix, right, width),
    transposedTimes: (right, width) => product(turned, right, width),
  };
}

function product({ rows, starts, indices, values }: SparseMatrix, right: Float64Array, width: number): Float64Array {
  const result = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const to = row * width;
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      const from = indices[at] * width;
      for (let i = 0; i < width; i++) result[to + i] += values[at] * right[from + i];
    }
  }
  return result;
}

/** @param matrix rows x columns, row-major */
export function denseMap(matrix: Float32Array, columns: number): LinearMap {
  const rows = matrix.length / columns;
  return {
    rows,
    columns,
    times(right, width) {
      const result = new Float64Array(rows * width);
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < columns; c++) {
          const value = matrix[row * columns + c];
          for (let i = 0; i < width; i++) result[row * width + i] += value * right[c * width + i];
        }
      }
      return result;
    },
    transposedTimes(right, width) {
      const result = new Float64Array(columns * width);
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < columns; c++) {
          const value = matrix[row * columns + c];
          for (let i = 0; i < width; i++) result[c * width + i] += value * right[row * width + i];
        }
      }
      return result;
    },
  };
}

const oversampling = 6;
const iterations = 4;

/**
 * The rows of the matrix in its `count` leading right directions, the largest first: [rows, kept] with `kept` at most `count`.
 * @param progress told the share that is done
 */
export function reduceRows(
  matrix: LinearMap,
  count: number,
  seed: number,
  progress: (done: number) => void = () => undefined,
): { reduced: Float32Array<ArrayBuffer>; kept: number } {
  const width = Math.min(count + oversampling, matrix.rows, matrix.columns);
  const random = new Random(seed);
  let directions: Float64Array = Float64Array.from({ length: matrix.columns * width }, () => random.normal());
  for (let i = 0; i < iterations; i++) {
    const images = matrix.times(directions, width);
    orthonormalise(images, width);
    directions = matrix.transposedTimes(images, width);
    orthonormalise(directions, width);
    progress((i + 1) / (iterations + 1));
  }
  const images = matrix.times(directions, width);
  // Inside the subspace, the directions of largest spread first.
  const { vectors } = eigenOfSymmetric(gram(images, width), width);
  const kept = Math.min(count, width);
  const reduced = new Float32Array(matrix.rows * kept);
  for (let row = 0; row < matrix.rows; row++) {
    for (let k = 0; k < kept; k++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += images[row * width + i] * vectors[i * width + k];
      reduced[row * kept + k] = sum;
    }
  }
  progress(1);
  return { reduced, kept };
}

/** Columns of [rows, width] made orthonormal in place (modified Gram-Schmidt, twice); a column that is nothing new becomes 0. */
function orthonormalise(matrix: Float64Array, width: number): void {
  for (let k = 0; k < width; k++) {
    const before = norm(matrix, width, k);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < k; j++) {
        let dot = 0;
        for (let at = 0; at < matrix.length; at += width) dot += matrix[at + j] * matrix[at + k];
        for (let at = 0; at < matrix.length; at += width) matrix[at + k] -= dot * matrix[at + j];
      }
    }
    const length = norm(matrix, width, k);
    const scale = length > 1e-10 * before && length > 0 ? 1 / length : 0;
    for (let at = k; at < matrix.length; at += width) matrix[at] *= scale;
  }
}

function norm(matrix: Float64Array, width: number, column: number): number {
  let squares = 0;
  for (let at = column; at < matrix.length; at += width) squares += matrix[at] * matrix[at];
  return Math.sqrt(squares);
}

/** [width, width] */
function gram(matrix: Float64Array, width: number): Float64Array {
  const result = new Float64Array(width * width);
  for (let at = 0; at < matrix.length; at += width) {
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) result[i * width + j] += matrix[at + i] * matrix[at + j];
  }
  return result;
}

const mostSweeps = 60;

/** Eigenvalues, largest first, and their vectors as columns of [size, size], by cyclic Jacobi rotations (Golub & Van Loan, 8.5). */
export function eigenOfSymmetric(matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += a[p * size + q] ** 2;
    let diagonal = 0;
    for (let p = 0; p < size; p++) diagonal += a[p * size + p] ** 2;
    if (off <= 1e-24 * diagonal) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).toSorted((i, j) => a[j * size + j] - a[i * size + i]);
  const vectors = new Float64Array(size * size);
  for (const [to, from] of order.entries()) for (let i = 0; i < size; i++) vectors[i * size + to] = v[i * size + from];
  return { values: Float64Array.from(order, (i) => a[i * size + i]), vectors };
}

/** One rotation that makes the entry at p, q zero. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q];
  if (apq === 0) return;
  const theta = (a[q * size + q] - a[p * size + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const [kp, kq] = [a[k * size + p], a[k * size + q]];
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  for (let k = 0; k < size; k++) {
    const [pk, qk] = [a[p * size + k], a[q * size + k]];
    a[p * size + k] = c * pk - s * qk;
    a[q * size + k] = s * pk + c * qk;
    const [vp, vq] = [v[k * size + p], v[k * size + q]];
    v[k * size + p] = c * vp - s * vq;
    v[k * size + q] = s * vp + c * vq;
  }
}
