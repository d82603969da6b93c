import { expect, it } from 'vitest';
import { besideEachOther, sparseFromDense, takeRows, timesVector, transpose, type SparseMatrix } from './sparse.ts';

const matrix = sparseFromDense([1, 0, 2, 0, 0, 0, 0, 3, 0], 3);

function dense({ rows, columns, starts, indices, values }: SparseMatrix): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: columns }, () => 0);
    for (let i = starts[row]; i < starts[row + 1]; i++) own[indices[i]] = values[i];
    return own;
  });
}

it('keeps only what is not zero', () => {
  expect(Array.from(matrix.values)).toEqual([1, 2, 3]);
  expect(dense(matrix)).toEqual([
    [1, 0, 2],
    [0, 0, 0],
    [0, 3, 0],
  ]);
});

it('takes rows in any order, repeated and empty ones too', () => {
  expect(dense(takeRows(matrix, [2, 0, 2, 1]))).toEqual([
    [0, 3, 0],
    [1, 0, 2],
    [0, 3, 0],
    [0, 0, 0],
  ]);
  expect(takeRows(matrix, [])).toMatchObject({ rows: 0, columns: 3 });
});

it('joins, transposes and multiplies', () => {
  const column = sparseFromDense([7, 8, 9], 1);
  expect(dense(besideEachOther([column, matrix, column]))).toEqual([
    [7, 1, 0, 2, 7],
    [8, 0, 0, 0, 8],
    [9, 0, 3, 0, 9],
  ]);
  expect(dense(transpose(matrix))).toEqual([
    [1, 0, 0],
    [0, 0, 3],
    [2, 0, 0],
  ]);
  expect(Array.from(timesVector(matrix, [1, 10, 100], 5))).toEqual([206, 5, 35]);
});

it('says what does not fit together', () => {
  expect(() => sparseFromDense([1, 2, 3], 2)).toThrow('expected rows of 2 numbers, got 3');
  expect(() => besideEachOther([matrix, takeRows(matrix, [0])])).toThrow('the same number of rows, got 3, 1');
});
