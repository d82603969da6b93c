import { expect, it } from 'vitest';
import { compare } from './compare.ts';

/** 60 rows of two labels; `wrong` of them answered with the first label turned over. */
function evaluation(wrong: number, seeds: readonly number[] = [42], folds = 5) {
  const answered = Array.from({ length: 60 }, (_, row) => {
    const actual = [row % 2, Number(row % 3 === 0)];
    const given = row < wrong ? [1 - actual[0], actual[1]] : [...actual];
    return { row, group: row, actual, given };
  });
  return { recipe: 'any', folds, bySeed: seeds.map((seed) => ({ seed, answered })) };
}

it('tells the better one by the seeds that both have', () => {
  const { microF1, p, seeds, mcnemarOfFirst } = compare(evaluation(20), evaluation(0, [42, 43]));
  expect(seeds).toEqual([42]);
  // 10 of 30 first labels missed and 10 false ones, of 50 in all.
  expect(microF1.value).toBeCloseTo(1 - 80 / 100, 10);
  expect(microF1.low).toBeGreaterThan(0.1);
  expect(p).toBeLessThan(0.001);
  expect(mcnemarOfFirst).toBeCloseTo(2 / 2 ** 20, 10);
});

it('does not take three seeds of the same answers for three times the evidence', () => {
  const one = compare(evaluation(4), evaluation(2));
  const three = compare(evaluation(4, [1, 2, 3]), evaluation(2, [1, 2, 3]));
  expect(three.microF1.value).toBeCloseTo(one.microF1.value, 10);
  expect(three.microF1.high - three.microF1.low).toBeCloseTo(one.microF1.high - one.microF1.low, 2);
});

it('refuses other folds, other seeds and other rows', () => {
  expect(() => compare(evaluation(1), evaluation(1, [42], 10))).toThrow('5 folds');
  expect(() => compare(evaluation(1), evaluation(1, [7]))).toThrow('no seed in common');
  const other = evaluation(1);
  other.bySeed[0].answered[3] = { ...other.bySeed[0].answered[3], actual: [0, 0] };
  expect(() => compare(evaluation(1), other)).toThrow('other rows');
});
