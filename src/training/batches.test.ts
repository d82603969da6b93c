import { array, assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochBatches, predictionBatches, stepsPerEpoch } from './batches.ts';

const order = (seed: number, epoch: number): number[] =>
  epochBatches(100, 100, seed, epoch).flatMap((batch) => Array.from(batch));

describe('batches of an epoch', () => {
  it('hold every title once, the last one smaller', () => {
    assert(
      property(integer({ min: 1, max: 500 }), integer({ min: 1, max: 64 }), nat(), (count, size, seed) => {
        const batches = epochBatches(count, size, seed, 1);
        expect(batches.length).toBe(stepsPerEpoch(count, size));
        expect(batches.slice(0, -1).every((batch) => batch.length === size)).toBe(true);
        expect(batches.flatMap((batch) => Array.from(batch)).toSorted((a, b) => a - b)).toEqual(
          Array.from(Array(count).keys()),
        );
      }),
    );
  });

  it('repeat with the seed, and differ from epoch to epoch and seed to seed', () => {
    expect(order(1, 1)).toEqual(order(1, 1));
    expect(order(1, 1)).not.toEqual(order(1, 2));
    expect(order(1, 1)).not.toEqual(order(2, 1));
    expect(order(1, 1)).not.toEqual(Array.from(Array(100).keys()));
  });
});

describe('batches of a prediction', () => {
  it('hold every title once, longest first, none over the limit unless it is alone', () => {
    assert(
      property(
        array(integer({ min: 1, max: 40 }), { maxLength: 200 }),
        integer({ min: 1, max: 60 }),
        (lengths, most) => {
          const starts = new Uint32Array(lengths.length + 1);
          for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i] + length;
          const batches = predictionBatches(starts, most);
          const found = batches.flatMap((batch) => Array.from(batch));
          expect(found.toSorted((a, b) => a - b)).toEqual(Array.from(lengths.keys()));
          expect(found.map((i) => lengths[i])).toEqual(lengths.toSorted((a, b) => b - a));
          for (const batch of batches) {
            const tokens = batch.reduce((sum, i) => sum + lengths[i], 0);
            expect(batch.length === 1 || tokens <= most).toBe(true);
          }
        },
      ),
    );
  });
});
