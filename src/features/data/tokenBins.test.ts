import { describe, expect, it } from 'vitest';
import { tokenBins } from './tokenBins.ts';

describe('tokenBins', () => {
  it('has one bar a length, from the shortest to the longest', () => {
    const { bins, titles, mean, longest } = tokenBins([0, 0, 0, 2, 0, 1]);
    expect(bins.map(({ label, count }) => [label, count])).toEqual([
      ['3', 2],
      ['4', 0],
      ['5', 1],
    ]);
    expect(titles).toBe(3);
    expect(mean).toBeCloseTo(11 / 3, 12);
    expect(longest).toBe(5);
  });

  it('gathers long titles in one bar', () => {
    const counts = Array.from({ length: 20_001 }, () => 0);
    counts[6] = 10;
    counts[64] = 2;
    counts[20_000] = 1;
    const { bins, longest } = tokenBins(counts);
    expect(bins).toHaveLength(59);
    expect(bins.at(-1)).toEqual({ label: '64 or more', tick: '64+', count: 3 });
    expect(longest).toBe(20_000);
  });

  it('has only the gathered bar when all titles are long', () => {
    const counts = Array.from({ length: 101 }, () => 0);
    counts[100] = 4;
    expect(
      tokenBins(counts)
        .bins.map((bin) => [bin.label, bin.count])
        .at(-1),
    ).toEqual(['64 or more', 4]);
    expect(tokenBins(counts).bins).toHaveLength(1);
  });

  it('is empty without titles', () => {
    expect(tokenBins([])).toEqual({ bins: [], titles: 0, mean: 0, longest: 0 });
    expect(tokenBins([0, 0])).toEqual({ bins: [], titles: 0, mean: 0, longest: 0 });
  });
});
