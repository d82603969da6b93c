import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downsample, linearScale, nearestPoint, pointAt, spread } from './lineGeometry.ts';

describe('linearScale', () => {
  it('maps ends to ends, and an empty domain to the middle', () => {
    const scale = linearScale([0, 4], [100, 20]);
    expect([0, 1, 4].map(scale)).toEqual([100, 80, 20]);
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
  });
});

describe('downsample', () => {
  it('keeps both ends, the order and a lone spike', () => {
    const points = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 6543 ? 50 : Math.sin(x / 900) }));
    const kept = downsample(points, 400);
    expect(kept).toHaveLength(400);
    expect(kept[0]).toBe(points[0]);
    expect(kept.at(-1)).toBe(points.at(-1));
    expect(kept).toContain(points[6543]);
    expect(kept.every((point, i) => i === 0 || point.x > kept[i - 1].x)).toBe(true);
  });

  it('leaves a short line alone', () => {
    const points = [{ x: 0, y: 1 }];
    expect(downsample(points, 400)).toBe(points);
  });
});

describe('spread', () => {
  it('moves a crowd apart about its middle and leaves the rest', () => {
    expect(spread([50, 50, 10], 16, 0, 200)).toEqual([42, 58, 10]);
  });

  it('pushes back from the edges', () => {
    expect(spread([0, 2, 199], 16, 8, 192)).toEqual([8, 24, 192]);
  });

  it('keeps gap, order and bounds whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 18 }), (wanted) => {
        const placed = spread(wanted, 16, 0, 300);
        const sorted = placed.toSorted((a, b) => a - b);
        for (let i = 1; i < sorted.length; i++) expect(sorted[i] - sorted[i - 1]).toBeGreaterThanOrEqual(16 - 1e-6);
        expect(sorted[0]).toBeGreaterThanOrEqual(-1e-6);
        expect(sorted.at(-1)).toBeLessThanOrEqual(300 + 1e-6);
        const pairs = wanted.flatMap((a, i) => wanted.map((b, j) => ({ before: a < b, kept: placed[i] < placed[j] })));
        expect(pairs.filter((pair) => pair.before && !pair.kept)).toEqual([]);
      }),
    );
  });
});

describe('nearestPoint', () => {
  it('finds the nearest of ascending points as a plain scan does', () => {
    expect(nearestPoint([], 3)).toBe(-1);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
        fc.integer({ min: -60, max: 60 }),
        (xs, x) => {
          const points = xs.toSorted((a, b) => a - b).map((value) => ({ x: value, y: 0 }));
          const best = Math.min(...points.map((point) => Math.abs(point.x - x)));
          expect(Math.abs(points[nearestPoint(points, x)].x - x)).toBe(best);
        },
      ),
    );
  });
});

describe('pointAt', () => {
  it('is the nearest point, or the last one', () => {
    const line = { id: 'a', name: 'a', colour: 'red', points: [1, 2, 5].map((x) => ({ x, y: 10 * x })) };
    expect(pointAt(line, 3)).toEqual({ x: 2, y: 20 });
    expect(pointAt(line, 99)).toEqual({ x: 5, y: 50 });
    expect(pointAt(line, null)).toEqual({ x: 5, y: 50 });
  });
});
