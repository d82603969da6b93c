import { expect, it } from 'vitest';
import { logOdds } from './classifier.ts';

it('has the log-odds of a probability, and holds what is certain', () => {
  expect(logOdds(0.5)).toBe(0);
  expect(logOdds(0.9)).toBeCloseTo(Math.log(9), 12);
  expect([logOdds(0), logOdds(1)]).toEqual([-30, 30]);
});

it('takes a mean that rounding put beyond 0 or 1 for certain', () => {
  // The mean of a hundred ones, each a leaf's share.
  expect(logOdds(1 + 2 ** -52)).toBe(30);
  expect(logOdds(-(2 ** -52))).toBe(-30);
});
