import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { compareOnRows, mcnemar, type PairedResult } from './paired.ts';

describe("McNemar's exact test", () => {
  // Twice the lower tail of the binomial distribution, in whole numbers.
  it.each([
    [10, 2, 0.03857421875],
    [5, 5, 1],
    [0, 0, 1],
    [0, 6, 0.03125],
    [300, 240, 0.011050481082],
  ])('%i against %i', (b, c, p) => expect(mcnemar(b, c)).toBeCloseTo(p, 10));
});

/** Rows of two labels; each model is wrong about the second label of some rows. */
function made(rows: number, wrongFirst: number, wrongSecond: number) {
  const random = new Random(3);
  const actual = Uint8Array.from({ length: rows * 2 }, () => random.int(2));
  const turned = (share: number): Uint8Array<ArrayBuffer> =>
    actual.map((value, i) => (i % 2 === 1 && random.next() < share ? 1 - value : value));
  return { actual, first: turned(wrongFirst), second: turned(wrongSecond), labels: 2, seed: 1 };
}

function repeated(part: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 20 * part.length }, (_, i) => part[i % part.length]);
}

function width({ microF1 }: PairedResult): number {
  return microF1.high - microF1.low;
}

describe('two models on the same rows', () => {
  it('differ by nothing when they say the same', () => {
    const { actual, first } = made(200, 0.2, 0);
    const result = compareOnRows({ actual, first, second: first, labels: 2, seed: 1 });
    expect(result).toMatchObject({
      microF1: { value: 0, low: 0, high: 0 },
      p: 1,
      onlyFirst: 0,
      onlySecond: 0,
      mcnemar: 1,
    });
  });

  it('differ surely where one is wrong far more often, in both directions', () => {
    const input = made(300, 0.3, 0.05);
    const result = compareOnRows(input);
    expect(result.microF1.low).toBeGreaterThan(0);
    expect(result.p).toBeLessThan(0.01);
    expect(result.mcnemar).toBeLessThan(0.01);
    const turned = compareOnRows({ ...input, first: input.second, second: input.first });
    expect(turned.microF1.value).toBeCloseTo(-result.microF1.value, 12);
    expect(turned.onlyFirst).toBe(result.onlySecond);
  });

  it('are compared less surely where many rows are near duplicates of a few', () => {
    const few = made(20, 0.3, 0.15);
    const many = { ...few, actual: repeated(few.actual), first: repeated(few.first), second: repeated(few.second) };
    const groups = Array.from({ length: 400 }, (_, row) => row % 20);
    expect(width(compareOnRows({ ...many, groups }))).toBeGreaterThan(3 * width(compareOnRows(many)));
  });
});
