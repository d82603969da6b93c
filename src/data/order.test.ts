import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { alphabeticalShare, runsDeviation } from './order.ts';

describe('runsDeviation', () => {
  it('is a standard normal number for shuffled rows', () => {
    const random = new Random(3);
    const values = Array.from({ length: 500 }, (_, i) => (i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2));
    const deviations = Array.from({ length: 2000 }, () => runsDeviation(random.shuffle(values)));
    const mean = deviations.reduce((sum, z) => sum + z, 0) / deviations.length;
    const variance = deviations.reduce((sum, z) => sum + (z - mean) ** 2, 0) / deviations.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - 1)).toBeLessThan(0.12);
  });

  it('is far below zero for blocks, and nothing for one value', () => {
    expect(runsDeviation(Array.from({ length: 300 }, (_, i) => Math.floor(i / 100)))).toBeLessThan(-15);
    expect(runsDeviation(new Uint8Array(100))).toBe(0);
    expect(runsDeviation([])).toBe(0);
  });
});

describe('alphabeticalShare', () => {
  it('counts neighbours in order', () => {
    expect(alphabeticalShare(['a', 'B', 'c', 'a'])).toBeCloseTo(2 / 3, 10);
    expect(alphabeticalShare(['a'])).toBe(0);
  });
});
