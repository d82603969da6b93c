/** Compared with scikit-learn's TfidfVectorizer: tools/makeSklearnFixtures.py. */
import { describe, expect, it } from 'vitest';
import { expectClose } from '../testing/close.ts';
import fixture from '../testing/fixtures/sklearn/tfidf.json';
import { ngrams, type NgramKind } from './ngrams.ts';
import type { SparseMatrix } from './sparse.ts';
import { fitTfidf, fitTfidfUnion, transformTfidf, transformTfidfUnion, wordsAndCharacters } from './tfidf.ts';

/** The first `count` rows, as the fixture holds them. */
function rowsOf({ starts, indices, values }: SparseMatrix, count: number): { columns: number[]; values: number[] }[] {
  return Array.from({ length: count }, (_, row) => ({
    columns: Array.from(indices.subarray(starts[row], starts[row + 1])),
    values: Array.from(values.subarray(starts[row], starts[row + 1])),
  }));
}

function compare(actual: SparseMatrix, expected: { columns: number[]; values: number[] }[]): number {
  const rows = rowsOf(actual, expected.length);
  expect(rows.map(({ columns }) => columns)).toEqual(expected.map(({ columns }) => columns));
  return expectClose(
    rows.flatMap(({ values }) => values),
    expected.flatMap(({ values }) => values),
    1e-12,
  );
}

describe.each(fixture.cases)('$analyzer $shortest to $longest', ({ analyzer, shortest, longest, ...expected }) => {
  const kind: NgramKind = { unit: analyzer === 'word' ? 'word' : 'characters', shortest, longest };
  const fitted = fitTfidf(fixture.fitTitles, kind);

  it('finds the terms', () => {
    expect([...fitted.columnOf.keys()]).toEqual(expected.terms);
  });

  it('weighs the rows it was fitted on', () => {
    expect(compare(transformTfidf(fitted, fixture.fitTitles), expected.fitted)).toBeLessThanOrEqual(1e-12);
  });

  it('weighs new rows, of unknown and of no words too', () => {
    const matrix = transformTfidf(fitted, fixture.newTitles);
    expect(matrix.rows).toBe(expected.new.length);
    expect(compare(matrix, expected.new)).toBeLessThanOrEqual(1e-12);
  });
});

it('counts a word that is shorter than the run once', () => {
  expect(ngrams('a bc', { unit: 'characters', shortest: 3, longest: 5 })).toEqual([' a ', ' bc', 'bc ', ' bc ']);
});

it('puts both kinds side by side', () => {
  const parts = fitTfidfUnion(fixture.fitTitles, wordsAndCharacters);
  const union = transformTfidfUnion(parts, fixture.newTitles);
  const words = transformTfidf(parts[0], fixture.newTitles);
  expect(union.columns).toBe(parts[0].idf.length + parts[1].idf.length);
  expect(union.indices[words.starts[1]]).toBeGreaterThanOrEqual(words.columns);
  const squares = union.values.subarray(0, union.starts[1]).reduce((sum, value) => sum + value * value, 0);
  expect(squares).toBeCloseTo(2, 12);
});

it('refuses titles without a single term', () => {
  expect(() => fitTfidf(['?', '1'], { unit: 'word', shortest: 1, longest: 1 })).toThrow('found none');
});
