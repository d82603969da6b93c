import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyThresholds, confusion, macroF1, mean, microF1, perLabelF1, sigmoid } from './classification.ts';

// Four rows, three labels; label 2 occurs nowhere but is predicted once.
const actual = Uint8Array.of(1, 0, 0, /**/ 1, 1, 0, /**/ 0, 1, 0, /**/ 0, 0, 0);
const predicted = Uint8Array.of(1, 0, 0, /**/ 1, 0, 1, /**/ 1, 1, 0, /**/ 0, 0, 0);

describe('figures of a small table, worked out by hand', () => {
  const counts = confusion(actual, predicted, 3);

  it('counts', () => {
    expect([...counts.tp]).toEqual([2, 1, 0]);
    expect([...counts.fp]).toEqual([1, 0, 1]);
    expect([...counts.fn]).toEqual([0, 1, 0]);
    expect([...counts.tn]).toEqual([1, 2, 3]);
  });

  it('pools', () => {
    // tp 3, fp 2, fn 1
    expect(microF1(counts)).toBeCloseTo(6 / 9, 12);
  });

  it('gives a label without rows no F1 and leaves it out of the mean', () => {
    expect(perLabelF1(counts)).toEqual([4 / 5, 2 / 3, null]);
    expect(macroF1(counts)).toBeCloseTo((4 / 5 + 2 / 3) / 2, 12);
  });
});

it('returns 0, not NaN, for empty input and for nothing actual nor predicted', () => {
  const none = confusion(new Uint8Array(), new Uint8Array(), 2);
  expect([microF1(none), macroF1(none)]).toEqual([0, 0]);
  const zeros = new Uint8Array(4);
  expect(microF1(confusion(zeros, zeros, 2))).toBe(0);
});

it('means only what is known', () => {
  expect(mean([0.5, null, 1])).toBe(0.75);
  expect([mean([]), mean([null])]).toEqual([null, null]);
});

it('refuses lengths that do not fit', () => {
  expect(() => confusion(new Uint8Array(4), new Uint8Array(6), 2)).toThrow(/2 labels, got 4 and 6/);
  expect(() => confusion(new Uint8Array(5), new Uint8Array(5), 2)).toThrow(/got 5 and 5/);
  expect(() => applyThresholds([0.1, 0.2, 0.3], [0.5, 0.5])).toThrow(/2 labels/);
});

it('sigmoid stays finite and symmetric at the extremes', () => {
  const [low, middle, high, small] = sigmoid([-1000, 0, 1000, -20]);
  expect([low, middle, high]).toEqual([0, 0.5, 1]);
  expect(small / 2.0611536e-9).toBeCloseTo(1, 5);
});

it('a probability at its threshold holds', () => {
  expect([...applyThresholds(Float32Array.of(0.5, 0.25, 0.49999, 0.3), [0.5, 0.25])]).toEqual([1, 1, 0, 1]);
});

it('agrees with counting one decision at a time', () => {
  const table = fc.integer({ min: 1, max: 5 }).chain((labels) =>
    fc.tuple(
      fc.constant(labels),
      fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 60 }).map((cells) => {
        return cells.slice(0, cells.length - (cells.length % labels));
      }),
    ),
  );
  fc.assert(
    fc.property(table, ([labels, cells]) => {
      const a = Uint8Array.from(cells, ([x]) => Number(x));
      const p = Uint8Array.from(cells, ([, x]) => Number(x));
      const counts = confusion(a, p, labels);
      for (let c = 0; c < labels; c++) {
        const own = cells.filter((_, i) => i % labels === c);
        const tp = own.filter(([x, y]) => x && y).length;
        const wrong = own.filter(([x, y]) => x !== y).length;
        const f1 = perLabelF1(counts)[c];
        const expected = own.some(([x]) => x) ? (2 * tp) / (2 * tp + wrong) : null;
        expect(f1 === null ? null : f1.toFixed(12)).toBe(expected === null ? null : expected.toFixed(12));
        expect(counts.tp[c] + counts.fp[c] + counts.fn[c] + counts.tn[c]).toBe(own.length);
      }
      const hits = cells.filter(([x, y]) => x && y).length;
      const positives = cells.filter(([x]) => x).length + cells.filter(([, y]) => y).length;
      expect(microF1(counts)).toBeCloseTo(positives === 0 ? 0 : (2 * hits) / positives, 12);
    }),
  );
});
