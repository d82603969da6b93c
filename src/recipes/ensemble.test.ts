import { expect, it } from 'vitest';
import { epochsOfAll, memberCount, rowsOfOneModel } from '../shared/epochs.ts';
import { learntRows, memberSeed, memberSides, tooLargeTogether } from './ensemble.ts';

/** Rows 0 to 119 of one label or the other; two of each group. */
const dataset = {
  labelNames: ['A', 'B'],
  labels: Uint8Array.from({ length: 240 }, (_, i) => ((i >> 1) % 4 === 0 ? 1 - (i % 2) : i % 2)),
  groups: Uint32Array.from({ length: 120 }, (_, row) => row >> 1),
  rowNumbers: Uint32Array.from({ length: 120 }, (_, row) => row + 2),
};
const all = Uint32Array.from({ length: 90 }, (_, i) => i + 30);
const split = { train: all.filter((_, i) => i % 9 !== 4), validation: all.filter((_, i) => i % 9 === 4) };

it('leaves one fold to each model: every row is learnt by all but one, groups stay together', () => {
  const sides = memberSides(dataset, split, { ensembleFolds: 3, seed: 5 });
  expect(sides.length).toBe(3);
  for (const row of all) {
    const held = sides.map((side) => side.held.includes(row));
    expect(held.filter(Boolean).length).toBe(1);
    expect(sides.map((side) => side.learnt.includes(row))).toEqual(held.map((is) => !is));
    // Its near duplicate, where that is among the rows, too.
    const twin = all.includes(row ^ 1) ? row ^ 1 : row;
    expect(sides.map((side) => side.held.includes(twin))).toEqual(held);
  }
  for (const { learnt } of sides) {
    expect(learnt.length).toBeGreaterThanOrEqual(56);
    expect(Array.from(learnt)).toEqual(Array.from(learnt).toSorted((a, b) => a - b));
  }
  expect(learntRows(split, { ensembleFolds: 3 })).toEqual(all);
  expect(memberSides(dataset, split, { ensembleFolds: 3, seed: 5 })).toEqual(sides);
  expect(memberSides(dataset, split, { ensembleFolds: 3, seed: 6 })).not.toEqual(sides);
});

it('has rows by hand learnt by every model, and validates none on them', () => {
  const rowNumbers = dataset.rowNumbers.map((number, row) => (row === 31 || row === 50 ? 0 : number));
  const sides = memberSides({ ...dataset, rowNumbers }, split, { ensembleFolds: 3, seed: 5 });
  for (const { learnt, held } of sides) {
    expect([31, 50].every((row) => learnt.includes(row) && !held.includes(row))).toBe(true);
    expect(Array.from(learnt)).toEqual(Array.from(learnt).toSorted((a, b) => a - b));
  }
  expect(sides.reduce((sum, { held }) => sum + held.length, 0)).toBe(all.length - 2);
});

it('is one model of the training side unless there are folds and rows enough', () => {
  const { train, validation } = split;
  const one = [{ learnt: train, held: validation }];
  expect(memberSides(dataset, split, { ensembleFolds: 0, seed: 5 })).toEqual(one);
  expect(learntRows(split, { ensembleFolds: 0 })).toBe(train);
  const few = { train: train.slice(0, 49), validation };
  expect(memberSides(dataset, few, { ensembleFolds: 3, seed: 5 })).toEqual([{ learnt: few.train, held: validation }]);
  expect(memberCount({ ensembleFolds: 3 }, 60)).toBe(3);
  expect(epochsOfAll({ ensembleFolds: 3, epochs: 6 }, { trainRows: 50, validationRows: 10 })).toBe(18);
  expect(epochsOfAll({ ensembleFolds: 3, epochs: 6 }, { trainRows: 50, validationRows: 9 })).toBe(6);
  expect(rowsOfOneModel({ ensembleFolds: 3 }, { trainRows: 80, validationRows: 10 })).toBe(60);
  expect(rowsOfOneModel({ ensembleFolds: 0 }, { trainRows: 80, validationRows: 10 })).toBe(80);
});

it('gives each model a seed of its own, the first the run’s', () => {
  expect([0, 1, 2].map((member) => memberSeed({ seed: 42 }, member))).toEqual([42, 43, 44]);
});

it('says why one model is trained where several could not be kept', () => {
  // As much as 300 million numbers, without taking their room.
  const weights = new Map([['large', { data: { byteLength: 1.2e9 } as Float32Array<ArrayBuffer>, shape: [300e6] }]]);
  expect(tooLargeTogether(weights, 1)).toBeNull();
  expect(tooLargeTogether(weights, 2)).toBe(
    'One model is trained: 2 that are averaged would take 2.4 GB, 1.2 GB each, and at most 2 GB can be kept.',
  );
  expect(tooLargeTogether(new Map([['small', { data: new Float32Array(100), shape: [100] }]]), 3)).toBeNull();
});
