import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { confusion, microF1 } from './classification.ts';
import { constantMicroF1 } from './constant.ts';

it('answers the most frequent label when one dominates', () => {
  // Label 0 on three of four rows, label 1 on one: 2*3 / (4 + 4).
  expect(constantMicroF1(Uint8Array.of(1, 0, 1, 0, 1, 0, 0, 1), 2)).toBe(0.75);
});

it('answers several labels when they come together', () => {
  // Both labels on two of three rows: {0, 1} gives 2*4 / (6 + 4).
  expect(constantMicroF1(Uint8Array.of(1, 1, 1, 1, 0, 0), 2)).toBe(0.8);
});

it('is 0 without rows or labels to find', () => {
  expect(constantMicroF1(new Uint8Array(), 3)).toBe(0);
  expect(constantMicroF1(new Uint8Array(6), 3)).toBe(0);
});

it('is what the best of all label sets reaches', () => {
  const labels = 4;
  fc.assert(
    fc.property(fc.array(fc.nat(15), { minLength: 1, maxLength: 25 }), (sets) => {
      const actual = Uint8Array.from(sets.flatMap((set) => [0, 1, 2, 3].map((c) => (set >> c) & 1)));
      let best = 0;
      for (let answer = 0; answer < 16; answer++) {
        const constant = Uint8Array.from(actual, (_, i) => (answer >> (i % labels)) & 1);
        best = Math.max(best, microF1(confusion(actual, constant, labels)));
      }
      expect(constantMicroF1(actual, labels)).toBeCloseTo(best, 12);
    }),
  );
});
