import { describe, expect, it } from 'vitest';
import type { TestRow } from '../../shared/training.ts';
import { filterOutcomes, labelMatrix, noFilter, outcomesOf, wrongOutcomes } from './outcomes.ts';

const thresholds = [0.5, 0.4, 0.6];
const row = (number: number, title: string, actual: number[], probabilities: number[]): TestRow => ({
  row: number,
  title,
  actual: actual.map(Boolean),
  probabilities,
});
const rows = [
  row(2, 'Director of Sales', [1, 0, 0], [0.9, 0.1, 0.1]), // right
  row(3, 'Sales Manager', [0, 1, 0], [0.7, 0.39, 0.1]), // manager missed, director wrong
  row(4, 'CTO / Director', [1, 0, 1], [0.5, 0, 0.1]), // threshold reached exactly; chief missed
  row(5, 'Ninja', [0, 0, 0], [0.1, 0.8, 0.1]), // no label, manager wrong
  row(6, 'Manager', [0, 1, 0], [0.1, 0.35, 0.1]), // nothing given
];
const outcomes = outcomesOf(rows, thresholds);

describe('outcomesOf', () => {
  it('sorts labels into found, missed and wrong at the thresholds', () => {
    expect(outcomes.map(({ missed, wrong }) => [missed, wrong])).toEqual([
      [[], []],
      [[1], [0]],
      [[2], []],
      [[], [1]],
      [[1], []],
    ]);
    expect(outcomes[2].predicted).toEqual([true, false, false]);
  });

  it('puts the most surprising mistake first', () => {
    expect(wrongOutcomes(outcomes).map((outcome) => outcome.test.row)).toEqual([4, 5, 3, 6]);
  });
});

describe('labelMatrix', () => {
  it('counts found on the diagonal, mistakes beside it, and titles without labels apart', () => {
    expect(labelMatrix(outcomes, 3)).toEqual([
      { actual: 0, support: 2, predicted: [2, 0, 0], missed: 0, nothing: 0 },
      { actual: 1, support: 2, predicted: [1, 0, 0], missed: 2, nothing: 1 },
      { actual: 2, support: 1, predicted: [0, 0, 0], missed: 1, nothing: 0 },
      { actual: 'none', support: 1, predicted: [0, 1, 0], missed: null, nothing: 0 },
    ]);
  });

  it('has no row for titles without labels when there are none, and works on no rows', () => {
    expect(labelMatrix([], 2).map((r) => r.actual)).toEqual([0, 1]);
  });
});

describe('filterOutcomes', () => {
  const wrong = wrongOutcomes(outcomes);
  const rowsOf = (filter: object): number[] =>
    filterOutcomes(wrong, { ...noFilter, ...filter }).map((outcome) => outcome.test.row);

  it.each([
    [{}, [4, 5, 3, 6]],
    [{ search: ' MANAGER ' }, [3, 6]],
    [{ kind: 'missed' }, [4, 3, 6]],
    [{ kind: 'wrong' }, [5, 3]],
    [{ label: 1 }, [5, 3, 6]],
    [{ kind: 'wrong', label: 1 }, [5]],
    [{ pair: { actual: 1, predicted: 0 } }, [3]],
    [{ pair: { actual: 1, predicted: 'none' } }, [6]],
    [{ pair: { actual: 'none', predicted: 1 } }, [5]],
    [{ pair: { actual: 0, predicted: 0 } }, []],
    [{ sets: { actual: [1], predicted: [0] } }, [3]],
    [{ sets: { actual: [0, 2], predicted: [0] } }, [4]],
    [{ sets: { actual: [1], predicted: [] } }, [6]],
    [{ sets: { actual: [0], predicted: [0] } }, []],
  ])('%j', (filter, expected) => expect(rowsOf(filter)).toEqual(expected));
});
