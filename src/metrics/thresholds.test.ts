import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimumSupport } from '../shared/training.ts';
import { f1Score } from './classification.ts';
import { chooseThresholds, costThreshold, decisionsAt, shrinkage } from './thresholds.ts';

/** What the threshold was before it was shrunk. */
function unshrunk(threshold: number, positives: number): number {
  return Number((0.5 + (threshold - 0.5) / (positives / (positives + shrinkage))).toFixed(9));
}

function f1At(actual: Uint8Array, probabilities: Float32Array, threshold: number): number {
  let [tp, fp, fn] = [0, 0, 0];
  actual.forEach((is, i) => {
    const holds = probabilities[i] >= threshold;
    if (is && holds) tp++;
    else if (holds) fp++;
    else if (is) fn++;
  });
  return f1Score(tp, fp, fn);
}

it('cuts midway between the last positive and the first negative, shrunk', () => {
  const actual = Uint8Array.from({ length: 30 }, (_, i) => (i < 10 ? 1 : 0));
  const probabilities = Float32Array.from({ length: 30 }, (_, i) => (i < 10 ? 0.25 : 0.125));
  expect(chooseThresholds(actual, probabilities, 1)[0]).toBeCloseTo(0.5 + (0.1875 - 0.5) / 2, 12);
});

it('prefers 0.5 where it is as good as any', () => {
  const actual = Uint8Array.from({ length: 30 }, (_, i) => (i < 10 ? 1 : 0));
  const probabilities = Float32Array.from(actual, (is) => (is ? 0.95 : 0.1));
  expect(chooseThresholds(actual, probabilities, 1)).toEqual([0.5]);
});

it('keeps 0.5 below ten positives, label by label', () => {
  const rows = 40;
  const actual = new Uint8Array(rows * 2);
  const probabilities = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    actual.set([row < 9 ? 1 : 0, row < 20 ? 1 : 0], row * 2);
    probabilities.set([row < 9 ? 0.2 : 0.1, row < 20 ? 0.2 : 0.1], row * 2);
  }
  const [few, many] = chooseThresholds(actual, probabilities, 2);
  expect(few).toBe(0.5);
  expect(many).toBeCloseTo(0.5 + ((0.15 - 0.5) * 2) / 3, 6);
});

it('answers for every label without rows', () => {
  expect(chooseThresholds(new Uint8Array(), new Float32Array(), 3)).toEqual([0.5, 0.5, 0.5]);
});

it('finds the best F1 that any threshold reaches, whatever the order of the rows', () => {
  const row = fc.record({ actual: fc.boolean(), step: fc.nat(12) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 12, maxLength: 60 }), (rows) => {
      const positives = rows.filter((r) => r.actual).length;
      fc.pre(positives >= minimumSupport);
      const actual = Uint8Array.from(rows, (r) => Number(r.actual));
      const probabilities = Float32Array.from(rows, (r) => r.step / 12);
      const [chosen] = chooseThresholds(actual, probabilities, 1);
      const everyCut = Array.from({ length: 14 }, (_, i) => f1At(actual, probabilities, (i - 0.5) / 12));
      expect(f1At(actual, probabilities, unshrunk(chosen, positives))).toBeCloseTo(Math.max(...everyCut), 12);
      const reversed = chooseThresholds(actual.toReversed(), probabilities.toReversed(), 1);
      expect(reversed).toEqual([chosen]);
    }),
  );
});

describe('costThreshold', () => {
  const row = fc.record({ actual: fc.boolean(), step: fc.nat(12) });

  it('finds the lowest cost that any threshold reaches, predicting nothing included', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 12, maxLength: 60 }),
        fc.constantFrom(0.2, 1, 3, 50),
        (rows, falseCost) => {
          const positives = rows.filter((r) => r.actual).length;
          fc.pre(positives >= minimumSupport);
          const actual = Uint8Array.from(rows, (r) => Number(r.actual));
          const probabilities = Float32Array.from(rows, (r) => r.step / 13);
          const prior = falseCost / (1 + falseCost);
          const chosen = costThreshold(actual, probabilities, 1, 0, falseCost);
          const share = positives / (positives + shrinkage);
          const best = Number((prior + (chosen - prior) / share).toFixed(9));
          const cost = (threshold: number): number => {
            const { fp, fn } = decisionsAt(actual, probabilities, threshold);
            return falseCost * fp + fn;
          };
          const everyCut = Array.from({ length: 14 }, (_, i) => cost((i - 0.5) / 13));
          expect(cost(best)).toBeCloseTo(Math.min(...everyCut), 9);
        },
      ),
    );
  });

  it('rises with the cost of a false one', () => {
    const actual = Uint8Array.from({ length: 200 }, (_, i) => Number((i * 7919) % 200 < i));
    const probabilities = Float32Array.from({ length: 200 }, (_, i) => i / 200);
    const [cheap, even, dear] = [1 / 3, 1, 3].map((cost) => costThreshold(actual, probabilities, 1, 0, cost));
    expect(cheap).toBeLessThan(even);
    expect(even).toBeLessThan(dear);
  });

  it('is that of calibrated probabilities where too few rows carry the label', () => {
    const actual = Uint8Array.from({ length: 40 }, (_, i) => Number(i < 9));
    expect(costThreshold(actual, Float32Array.from(actual), 1, 0, 3)).toBe(0.75);
  });
});

it('counts what a threshold decides, one that is reached exactly included', () => {
  expect(decisionsAt([1, 1, 0, 0, 1], [0.9, 0.5, 0.5, 0.1, 0.2], 0.5)).toEqual({ tp: 2, fp: 1, fn: 1 });
});

it('chooses on 200,000 rows', () => {
  const actual = new Uint8Array(1_200_000).map((_, i) => ((i * 2654435761) % 7 === 0 ? 1 : 0));
  const probabilities = new Float32Array(1_200_000).map((_, i) => ((i * 40503) % 65536) / 65536);
  expect(chooseThresholds(actual, probabilities, 6)).toHaveLength(6);
});
