import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { exactMatch, hammingLoss, samplesAverage, weightedAverage } from './averages.ts';
import { evaluate, splitReport } from './bootstrap.ts';
import { applyThresholds, confusion, macroF1, microF1, perLabelF1 } from './classification.ts';
import { resampleCount } from './resample.ts';

/** A seeded split of `rows` in which about `error` of all decisions are wrong. */
function madeUp(rows: number, shares: number[], error: number, seed = 1) {
  const random = new Random(seed);
  const labels = shares.length;
  const actual = new Uint8Array(rows * labels).map((_, i) => (random.next() < shares[i % labels] ? 1 : 0));
  const probabilities = Float32Array.from(actual, (is) => {
    const right = random.next() >= error;
    return (is === 1) === right ? 0.5 + 0.5 * random.next() : 0.5 * random.next() * 0.99;
  });
  return { actual, probabilities, thresholds: shares.map(() => 0.5), names: shares.map((_, c) => `label ${c}`) };
}

const tenfold = (values: Uint8Array | Float32Array): number[] =>
  Array.from(values).flatMap((value) => Array<number>(10).fill(value));

describe('splitReport', () => {
  it('gives the figures of the split itself as values', () => {
    const { actual, probabilities, thresholds, names } = madeUp(300, [0.5, 0.2, 0.01], 0.1);
    const report = splitReport(actual, probabilities, thresholds, names, { seed: 7, resamples: 100 });
    const predicted = applyThresholds(probabilities, thresholds);
    const counts = confusion(actual, predicted, 3);
    expect(report.rows).toBe(300);
    expect(report.microF1.value).toBeCloseTo(microF1(counts), 12);
    expect(report.macroF1.value).toBeCloseTo(macroF1(counts), 12);
    const [first, second] = perLabelF1(counts);
    expect(report.perLabel[2].support).toBeLessThan(10);
    expect(report.macroF1Supported?.value).toBeCloseTo(((first ?? 0) + (second ?? 0)) / 2, 12);
    const exact = Array.from({ length: 300 }, (_, row) =>
      [0, 1, 2].every((c) => actual[row * 3 + c] === predicted[row * 3 + c]),
    );
    expect(report.exactMatch.value).toBeCloseTo(exact.filter(Boolean).length / 300, 12);
    expect(report.perLabel[0].support).toBe(counts.tp[0] + counts.fn[0]);
    expect(report.perLabel[0].predicted).toBe(counts.tp[0] + counts.fp[0]);
    expect(report.perLabel[0].recall?.value).toBeCloseTo(counts.tp[0] / (counts.tp[0] + counts.fn[0]), 12);
    expect(report.perLabel[0].precision?.value).toBeCloseTo(counts.tp[0] / (counts.tp[0] + counts.fp[0]), 12);
  });

  it('says nothing of a label with nine rows and something of one with ten', () => {
    const rows = 40;
    const actual = new Uint8Array(rows * 2);
    for (let row = 0; row < rows; row++) actual.set([row < 9 ? 1 : 0, row < 10 ? 1 : 0], row * 2);
    const report = splitReport(actual, Float32Array.from(actual), [0.5, 0.5], ['nine', 'ten'], { seed: 1 });
    expect(report.perLabel[0]).toMatchObject({ support: 9, precision: null, recall: null, f1: null });
    expect(report.perLabel[1].f1?.value).toBe(1);
    expect(report.macroF1Supported?.value).toBe(1);
  });

  it('makes up no mean over labels when none has enough rows', () => {
    const actual = Uint8Array.from({ length: 20 }, (_, i) => (i < 9 ? 1 : 0));
    const report = splitReport(actual, Float32Array.from(actual), [0.5], ['nine'], { seed: 1 });
    expect(report.macroF1Supported).toBeNull();
    expect(report.macroF1.value).toBe(1);
  });

  it('makes up no precision for a label that is never predicted', () => {
    const actual = Uint8Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 0));
    const [label] = splitReport(actual, new Float32Array(40), [0.5], ['never'], { seed: 1 }).perLabel;
    expect(label.precision).toBeNull();
    expect(label.recall?.value).toBe(0);
    expect(label.f1?.value).toBe(0);
  });

  it('does not call a perfect score on few rows certain', () => {
    const actual = Uint8Array.from({ length: 24 }, (_, i) => (i < 12 ? 1 : 0));
    const report = splitReport(actual, Float32Array.from(actual), [0.5], ['all right'], { seed: 1 });
    // Wilson, 12 of 12: 0.7575 to 1.
    expect(report.perLabel[0].recall).toEqual({ value: 1, low: expect.closeTo(0.7575, 4), high: 1 });
    expect(report.perLabel[0].f1?.low).toBeCloseTo((2 * 0.7575) / 1.7575, 4);
    expect(report.exactMatch.low).toBeCloseTo(0.862, 3);
  });

  it('repeats with the same seed and differs with another', () => {
    const { actual, probabilities, thresholds, names } = madeUp(150, [0.4, 0.3], 0.2);
    const run = (seed: number) => splitReport(actual, probabilities, thresholds, names, { seed, resamples: 200 });
    expect(run(3)).toEqual(run(3));
    expect(run(3).microF1.low).not.toBe(run(4).microF1.low);
  });

  it('matches resampling the rows themselves', () => {
    const { actual, probabilities, thresholds, names } = madeUp(120, [0.4, 0.3, 0.2], 0.15);
    const report = splitReport(actual, probabilities, thresholds, names, { seed: 5, resamples: 1000 });
    const predicted = applyThresholds(probabilities, thresholds);
    const random = new Random(5);
    const figures = Array.from({ length: 1000 }, () => {
      const rows = Array.from({ length: 120 }, () => random.int(120));
      const pick = (from: Uint8Array) => new Uint8Array(360).map((_, i) => from[rows[Math.floor(i / 3)] * 3 + (i % 3)]);
      return microF1(confusion(pick(actual), pick(predicted), 3));
    }).toSorted((a, b) => a - b);
    expect(report.microF1.low).toBeCloseTo(figures[24] + (figures[25] - figures[24]) * 0.975, 10);
    expect(report.microF1.high).toBeCloseTo(figures[974] + (figures[975] - figures[974]) * 0.025, 10);
  });

  it('covers a known recall about 95 times in 100', () => {
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const { actual, probabilities, thresholds, names } = madeUp(400, [0.5], 0.2, 1000 + trial);
      const [{ recall }] = splitReport(actual, probabilities, thresholds, names, {
        seed: trial,
        resamples: 300,
      }).perLabel;
      if (recall && recall.low <= 0.8 && 0.8 <= recall.high) covered++;
    }
    // 190 expected; within four standard deviations of it, and the bootstrap is known to run a little narrow.
    expect(covered).toBeGreaterThan(177);
  });

  it('orders every interval around its value, whatever comes', () => {
    const cell = fc.tuple(fc.boolean(), fc.float({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 50 }), fc.nat(), (rows, seed) => {
        const actual = Uint8Array.from(rows.flatMap((row) => row.map(([is]) => Number(is))));
        const probabilities = Float32Array.from(rows.flatMap((row) => row.map(([, p]) => p)));
        const report = splitReport(actual, probabilities, [0.5, 0.3], ['a', 'b'], { seed, resamples: 50 });
        const labels = report.perLabel.flatMap(({ precision, recall, f1 }) => [precision, recall, f1]);
        for (const figure of [report.microF1, report.macroF1, report.macroF1Supported, report.exactMatch, ...labels]) {
          if (figure === null) continue;
          expect(figure.low).toBeLessThanOrEqual(figure.value);
          expect(figure.value).toBeLessThanOrEqual(figure.high);
          expect(figure.low).toBeGreaterThanOrEqual(0);
          expect(figure.high).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('draws near duplicates together: the same title ten times is no more certain than once', () => {
    const { actual, probabilities, thresholds, names } = madeUp(60, [0.5], 0.2);
    const groups = tenfold(Uint8Array.from({ length: 60 }, (_, i) => i));
    const many = [
      Uint8Array.from(tenfold(actual)),
      Float32Array.from(tenfold(probabilities)),
      thresholds,
      names,
    ] as const;
    const once = splitReport(actual, probabilities, thresholds, names, { seed: 1 }).exactMatch;
    const together = splitReport(...many, { seed: 1, groups }).exactMatch;
    const apart = splitReport(...many, { seed: 1 }).exactMatch;
    expect(together).toEqual(once);
    expect((apart.high - apart.low) / (once.high - once.low)).toBeCloseTo(Math.sqrt(0.1), 1);
  });

  it('refuses a split without rows and thresholds that do not fit', () => {
    const none = new Uint8Array();
    expect(() => splitReport(none, new Float32Array(), [0.5], ['a'], { seed: 1 })).toThrow(/at least one row/);
    expect(() => splitReport(none, new Float32Array(), [], ['a'], { seed: 1 })).toThrow(/expected 1 thresholds/);
    const one = [Uint8Array.of(1), Float32Array.of(1), [0.5], ['a']] as const;
    expect(() => splitReport(...one, { seed: 1, groups: [0, 1] })).toThrow(
      /expected a group for each of 1 rows, got 2/,
    );
  });
});

it('evaluates averages over rows and weighted labels around their values', () => {
  const { actual, probabilities, thresholds, names } = madeUp(200, [0.5, 0.2, 0.05], 0.1);
  const predicted = applyThresholds(probabilities, thresholds);
  const {
    weightedF1,
    samplesF1,
    hammingLoss: hamming,
    report,
  } = evaluate(actual, probabilities, thresholds, names, {
    seed: 2,
    resamples: 200,
  });
  expect(weightedF1.value).toBeCloseTo(weightedAverage(confusion(actual, predicted, 3)).f1, 12);
  expect(samplesF1.value).toBeCloseTo(samplesAverage(actual, predicted, 3).f1, 12);
  expect(hamming.value).toBeCloseTo(hammingLoss(actual, predicted, 3), 12);
  expect(report.exactMatch.value).toBeCloseTo(exactMatch(actual, predicted, 3), 12);
  for (const { value, low, high } of [weightedF1, samplesF1, hamming]) {
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
  }
});

it('does not call a split without an error certain', () => {
  const actual = Uint8Array.from({ length: 24 }, (_, i) => i % 2);
  const { hammingLoss: hamming, samplesF1 } = evaluate(actual, Float32Array.from(actual), [0.5, 0.5], ['a', 'b'], {
    seed: 1,
  });
  // Wilson, 0 and 12 of 12.
  expect(hamming).toEqual({ value: 0, low: 0, high: expect.closeTo(0.2425, 4) });
  expect(samplesF1).toEqual({ value: 1, low: expect.closeTo(0.7575, 4), high: 1 });
});

it('draws fewer resamples on very many rows', () => {
  expect([100, 20_000, 40_000, 200_000, 5_000_000].map((rows) => resampleCount(rows, 1000))).toEqual([
    1000, 1000, 500, 200, 200,
  ]);
  expect(resampleCount(200_000, 50)).toBe(50);
});

it('has narrow intervals around the figures of 200,000 rows', () => {
  const { actual, probabilities, thresholds, names } = madeUp(200_000, [0.5, 0.22, 0.18, 0.1, 0.07, 0.01], 0.03);
  const { microF1: found } = splitReport(actual, probabilities, thresholds, names, { seed: 1 });
  expect(found.low).toBeLessThan(found.value);
  expect(found.value).toBeLessThan(found.high);
  expect(found.high - found.low).toBeLessThan(0.01);
});
