import { describe, expect, it } from 'vitest';
import { plotLayout, ticksFromZero, ticksInside } from './linePlotLayout.ts';

describe('ticksInside', () => {
  it.each([
    [[0, 1], 6, true, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0, 8], 9, false, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    [[0, 3], 9, false, [0, 1, 2, 3]],
    [[0, 30], 9, false, [0, 5, 10, 15, 20, 25, 30]],
    [[0, 1], 9, false, [0, 1]],
    [[0, 7e-4], 6, true, [0, 2e-4, 4e-4, 6e-4]],
    [[0, 3e-4], 6, true, [0, 1e-4, 2e-4, 3e-4]],
    [[2, 2], 4, true, [2]],
  ] as [[number, number], number, boolean, number[]][])('%j with about %d', (domain, count, decimals, ticks) => {
    expect(ticksInside(domain, count, decimals)).toEqual(ticks);
  });
});

describe('ticksFromZero', () => {
  it.each([
    [[], [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0], [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [
      [0.71, 0.2],
      [0, 0.2, 0.4, 0.6, 0.8],
    ],
    [[0.3], [0, 0.1, 0.2, 0.3]],
    [[12], [0, 2.5, 5, 7.5, 10, 12.5]],
    [[0.001], [0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]],
  ])('%j gives %j', (values, ticks) => expect(ticksFromZero(values)).toEqual(ticks));
});

describe('plotLayout', () => {
  const input = {
    width: 600,
    height: 240,
    xDomain: [0, 8] as const,
    xStep: 1,
    formatY: (y: number) => y.toFixed(3),
    formatTickY: String,
  };
  const line = { id: 'a', name: 'validation', colour: 'red', points: [{ x: 1, y: 0.5 }] };

  it('keeps room for figures and names, and for the figures alone when narrow', () => {
    const wide = plotLayout(input, [line]);
    expect(wide).toMatchObject({ left: 35, right: 32 + 16 * 7, withNames: true, yDomain: [0, 0.5] });
    const slim = plotLayout({ ...input, width: 340 }, [line]);
    expect(slim).toMatchObject({ right: 32 + 5 * 7, withNames: false });
  });

  it('gives long names at most a good third', () => {
    expect(plotLayout(input, [{ ...line, name: 'x'.repeat(200) }]).right).toBe(216);
  });

  it('keeps a domain that is given', () => {
    expect(plotLayout({ ...input, yDomain: [0, 7e-4] }, []).yDomain).toEqual([0, 7e-4]);
  });
});
