import { describe, expect, it } from 'vitest';
import { expectClose, largestDifference, relativeError } from './close.ts';

describe('expectClose', () => {
  it('returns the largest difference within the tolerance', () => {
    expect(expectClose([1, 2, 3], [1, 2.5, 3.25], 0.5)).toBe(0.5);
  });

  it('names the largest difference and its place', () => {
    expect(() => expectClose([1, 2, 3], [1, 2.5, 4], 0.1, 'weights')).toThrow(
      'weights: largest difference 1.00e+0 at 2 (3 instead of 4), tolerance 1.00e-1',
    );
  });

  it('never takes a NaN for close', () => {
    expect(() => expectClose([NaN], [1], 1e9)).toThrow(/Infinity/);
    expect(() => expectClose([1], [NaN], 1e9)).toThrow(/Infinity/);
  });

  it('refuses different lengths', () => {
    expect(() => largestDifference([1], [1, 2])).toThrow('2 numbers expected, 1 found');
  });
});

it('relativeError is in the Euclidean norm', () => {
  expect(relativeError([3, 0], [3, 4])).toBe(0.8);
});
