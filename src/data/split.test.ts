import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { kFold, splitDataset } from './split.ts';

const shares = { train: 0.8, validation: 0.1, test: 0.1 };

interface Rows {
  labels: Uint8Array;
  groups: Uint32Array;
}

/** Rows with labels drawn by `rates`; every `pairEvery`-th row joins the group of the one before. */
function makeRows(count: number, rates: readonly number[], seed: number, pairEvery = 0): Rows {
  const random = new Random(seed);
  const labels = new Uint8Array(count * rates.length);
  const groups = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    rates.forEach((rate, label) => (labels[row * rates.length + label] = random.next() < rate ? 1 : 0));
    groups[row] = pairEvery > 0 && row % pairEvery === 1 ? row - 1 : row;
  }
  return { labels, groups };
}

function rowsWith(labels: Uint8Array, labelCount: number, rows: Uint32Array, label: number): number {
  return rows.reduce((sum, row) => sum + labels[row * labelCount + label], 0);
}

describe('splitDataset', () => {
  it('puts every row on exactly one side and keeps groups whole', () => {
    const rows = fc.record({
      labels: fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 120 }),
      groupCount: fc.integer({ min: 1, max: 60 }),
      seed: fc.nat(),
      test: fc.constantFrom(0, 0.1, 0.3),
      validation: fc.constantFrom(0, 0.1, 0.2),
    });
    fc.assert(
      fc.property(rows, ({ labels, groupCount, seed, test, validation }) => {
        const random = new Random(seed);
        const groups = Uint32Array.from(labels, () => random.int(groupCount));
        const flat = Uint8Array.from(labels.flat(), Number);
        const split = splitDataset(flat, 3, groups, { train: 1 - test - validation, validation, test }, seed);
        const all = [...split.train, ...split.validation, ...split.test];
        expect(all.toSorted((a, b) => a - b)).toEqual(labels.map((_, row) => row));
        const sideOf = new Map<number, string>();
        for (const [name, side] of Object.entries(split)) {
          for (const row of side) {
            expect(sideOf.get(groups[row]) ?? name).toBe(name);
            sideOf.set(groups[row], name);
          }
        }
        expect(test === 0 && split.test.length > 0).toBe(false);
        expect(validation === 0 && split.validation.length > 0).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('meets the shares of rows and of every label within five rows of 1,000, whatever the seed', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { labels, groups } = makeRows(1000, [0.5, 0.2, 0.05], seed, 10);
        const split = splitDataset(labels, 3, groups, shares, seed);
        expect(Math.abs(split.test.length - 100)).toBeLessThanOrEqual(5);
        expect(Math.abs(split.validation.length - 100)).toBeLessThanOrEqual(5);
        for (let label = 0; label < 3; label++) {
          const all = rowsWith(labels, 3, Uint32Array.from(groups.keys()), label);
          expect(Math.abs(rowsWith(labels, 3, split.test, label) - all / 10)).toBeLessThanOrEqual(5);
          expect(Math.abs(rowsWith(labels, 3, split.validation, label) - all / 10)).toBeLessThanOrEqual(5);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is the same for the same seed and another for another', () => {
    const { labels, groups } = makeRows(500, [0.5, 0.3], 1);
    const first = splitDataset(labels, 2, groups, shares, 42);
    expect(splitDataset(labels, 2, groups, shares, 42)).toEqual(first);
    expect(splitDataset(labels, 2, groups, shares, 43).test).not.toEqual(first.test);
  });

  it.each([
    [1, [1, 0, 0]],
    [2, [2, 0, 0]],
    [3, [2, 0, 1]],
    [4, [3, 0, 1]],
    [5, [3, 1, 1]],
    [10, [8, 1, 1]],
    [30, [24, 3, 3]],
  ])('gives a label with %i rows to train, validation, test as %j', (rare, expected) => {
    const { labels, groups } = makeRows(600, [0, 1], 3);
    for (let row = 0; row < rare; row++) {
      labels[row * 2] = 1;
      labels[row * 2 + 1] = row % 2;
    }
    for (const seed of [1, 2, 3, 4, 5]) {
      const split = splitDataset(labels, 2, groups, shares, seed);
      const counts = [split.train, split.validation, split.test].map((side) => rowsWith(labels, 2, side, 0));
      expect(counts).toEqual(expected);
    }
  });

  it('gives one huge group to training and keeps the sizes of the others near their shares', () => {
    const { labels, groups } = makeRows(1000, [0.4, 0.4], 9);
    groups.fill(0, 0, 400);
    const split = splitDataset(labels, 2, groups, shares, 7);
    expect(split.train.includes(0)).toBe(true);
    expect(Math.abs(split.test.length - 100)).toBeLessThanOrEqual(5);
  });

  it('refuses shares that do not add up', () => {
    const { labels, groups } = makeRows(10, [0.5], 1);
    expect(() => splitDataset(labels, 1, groups, { train: 0.8, validation: 0.3, test: 0.1 }, 1)).toThrow(/add up to 1/);
    expect(() => splitDataset(labels, 1, groups, { train: 0, validation: 0.5, test: 0.5 }, 1)).toThrow(/add up to 1/);
  });

  it('splits 200,000 rows', () => {
    const { labels, groups } = makeRows(200_000, [0.5, 0.2, 0.1, 0.05, 0.01, 0.001], 5, 20);
    const split = splitDataset(labels, 6, groups, shares, 1);
    expect(Math.abs(split.test.length - 20_000)).toBeLessThan(30);
  });
});

describe('kFold', () => {
  it('makes folds of equal size with equal shares of each label, groups whole', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 6 }), (seed, folds) => {
        const { labels, groups } = makeRows(600, [0.5, 0.1], seed, 12);
        const fold = kFold(labels, 2, groups, folds, seed);
        const byFold = Array.from({ length: folds }, (_, f) =>
          Uint32Array.from(fold.keys()).filter((row) => fold[row] === f),
        );
        for (const rows of byFold) {
          expect(Math.abs(rows.length - 600 / folds)).toBeLessThanOrEqual(5);
          const all = rowsWith(labels, 2, Uint32Array.from(fold.keys()), 1);
          expect(Math.abs(rowsWith(labels, 2, rows, 1) - all / folds)).toBeLessThanOrEqual(5);
        }
        groups.forEach((group, row) => expect(fold[row]).toBe(fold[group]));
      }),
      { numRuns: 100 },
    );
  });

  it('spreads four rows of a rare label over four of five folds', () => {
    const { labels, groups } = makeRows(500, [0, 1], 1);
    for (let row = 0; row < 4; row++) labels[row * 2] = 1;
    const fold = kFold(labels, 2, groups, 5, 11);
    expect(new Set(fold.subarray(0, 4)).size).toBe(4);
  });

  it('refuses more folds than rows', () => {
    expect(() => kFold(new Uint8Array(3), 1, Uint32Array.of(0, 1, 2), 4, 1)).toThrow(/from 2 to 3 folds/);
  });
});
