import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { sparseFromDense } from './sparse.ts';
import { denseMap, eigenOfSymmetric, reduceRows, sparseMap } from './truncatedSvd.ts';

/** [rows, columns] of a given rank, its singular values falling by half. */
function ofRank(rows: number, columns: number, rank: number): Float32Array {
  const random = new Random(3);
  const made = new Float64Array(rows * columns);
  for (let k = 0; k < rank; k++) {
    const left = Array.from({ length: rows }, () => random.normal());
    const right = Array.from({ length: columns }, () => random.normal());
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) made[r * columns + c] += (left[r] * right[c]) / 2 ** k;
  }
  return Float32Array.from(made);
}

/** Inner products of all rows. */
function products(matrix: ArrayLike<number>, width: number): number[] {
  const rows = matrix.length / width;
  const result: number[] = [];
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < rows; b++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += matrix[a * width + i] * matrix[b * width + i];
      result.push(sum);
    }
  }
  return result;
}

describe('reduceRows', () => {
  it.each([
    [30, 12, 4, 4],
    [7, 40, 3, 5],
    [1, 6, 1, 3],
    [9, 1, 1, 2],
  ])('%i x %i of rank %i in %i directions: inner products of rows stay', (rows, columns, rank, count) => {
    const matrix = ofRank(rows, columns, rank);
    for (const map of [denseMap(matrix, columns), sparseMap(sparseFromDense(matrix, columns))]) {
      const { reduced, kept } = reduceRows(map, count, 1);
      expect(kept).toBe(Math.min(count, rows, columns));
      const [wanted, got] = [products(matrix, columns), products(reduced, kept)];
      const largest = Math.max(...wanted.map(Math.abs));
      for (const [i, value] of wanted.entries()) expect(Math.abs(got[i] - value)).toBeLessThan(1e-4 * largest);
    }
  });

  it('puts the direction of the largest spread first', () => {
    const { reduced, kept } = reduceRows(denseMap(ofRank(50, 20, 6), 20), 3, 1);
    const spread = [0, 1, 2].map((k) => {
      let squares = 0;
      for (let at = k; at < reduced.length; at += kept) squares += reduced[at] ** 2;
      return squares;
    });
    expect(spread).toEqual(spread.toSorted((a, b) => b - a));
  });
});

it('eigenOfSymmetric: values as known, vectors that give the matrix back', () => {
  const matrix = Float64Array.of(2, 1, 0, 1, 2, 1, 0, 1, 2);
  const { values, vectors } = eigenOfSymmetric(matrix, 3);
  const root = Math.SQRT2;
  for (const [i, value] of [2 + root, 2, 2 - root].entries()) expect(values[i]).toBeCloseTo(value, 10);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += values[k] * vectors[r * 3 + k] * vectors[c * 3 + k];
      expect(sum).toBeCloseTo(matrix[r * 3 + c], 10);
    }
  }
});
