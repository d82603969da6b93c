import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enoughRows, figuresAt, labelRows, nearestStop, shortBetween, stopsOf, thresholdText } from './labelCurves.ts';

const split = {
  actual: Uint8Array.of(1, 0, 0, 0, 1, 1, 1, 0),
  probabilities: Float32Array.of(0.9, 0.5, 0.75, 0.5, 0.5, 0.5, 0.25, 0.5),
};
const rows = labelRows(split, 2, 0);

it('takes one label out of many', () => {
  expect([...rows.actual]).toEqual([1, 0, 1, 1]);
  expect([...rows.probabilities]).toEqual([Math.fround(0.9), 0.75, 0.5, 0.25]);
  expect([rows.rows, rows.positives, enoughRows(rows)]).toEqual([4, 3, false]);
});

describe('figuresAt', () => {
  it('counts at or over the threshold', () => {
    expect(figuresAt(rows, 0.5)).toEqual({ tp: 2, fp: 1, fn: 1, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
  });

  it('makes up no precision without a label given, and no recall without one carried', () => {
    expect(figuresAt(rows, 1)).toMatchObject({ precision: null, recall: 0, f1: 0 });
    const none = labelRows({ ...split, actual: new Uint8Array(8) }, 2, 0);
    expect(figuresAt(none, 0.5)).toMatchObject({ precision: 0, recall: null, f1: null });
    expect(stopsOf(none)).toEqual([]);
  });
});

describe('stopsOf', () => {
  it('goes from everything to nothing, by short thresholds', () => {
    expect(stopsOf(rows)).toEqual([
      { x: 1, y: 0.75, threshold: 0 },
      { x: 2 / 3, y: 2 / 3, threshold: 0.38 },
      { x: 1 / 3, y: 0.5, threshold: 0.63 },
      { x: 1 / 3, y: 1, threshold: 0.82 },
      { x: 0, y: 1, threshold: 0.95 },
    ]);
  });

  it('leads where it says, whatever the rows', () => {
    const row = fc.tuple(fc.boolean(), fc.float({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (pairs) => {
        const own = labelRows(
          {
            actual: Uint8Array.from(pairs, ([is]) => Number(is)),
            probabilities: Float32Array.from(pairs, ([, p]) => p),
          },
          1,
          0,
        );
        for (const { x, y, threshold } of stopsOf(own)) {
          const { precision, recall } = figuresAt(own, threshold);
          expect([recall, precision ?? 1]).toEqual([x, y]);
          expect(threshold).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('is thinned where many rows differ by nothing that can be seen', () => {
    const many = {
      actual: Uint8Array.from({ length: 20_000 }, (_, i) => i % 2),
      probabilities: Float32Array.from({ length: 20_000 }, (_, i) => i / 20_001),
    };
    expect(stopsOf(labelRows(many, 1, 0)).length).toBeLessThan(400);
  });
});

it('finds the nearest stop', () => {
  const stops = stopsOf(rows);
  expect([0, 0.3, 0.6, 0.99].map((threshold) => nearestStop(stops, threshold))).toEqual([0, 1, 2, 4]);
});

it('writes thresholds as short as they can be', () => {
  expect(shortBetween(0.4736, 0.4741)).toBe(0.474);
  expect(shortBetween(0.2, 0.8)).toBe(0.5);
  expect([0, 0.4738, 0.9996, 1, 0.0004].map(thresholdText)).toEqual(['0.00', '0.47', '0.9996', '1.00', '0.0004']);
});
