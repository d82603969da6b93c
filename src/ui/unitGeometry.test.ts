import { expect, it } from 'vitest';
import { nearestOnChart, thinned, toPixels, unitMargin } from './unitGeometry.ts';

const { left, right, top, bottom } = unitMargin;
const [width, height] = [left + right + 200, top + bottom + 100];

it('puts (0, 0) at the lower left and (1, 1) at the upper right of the plot', () => {
  expect(toPixels({ x: 0, y: 0 }, width, height)).toEqual({ left, top: top + 100 });
  expect(toPixels({ x: 1, y: 1 }, width, height)).toEqual({ left: left + 200, top });
});

it('finds the nearest point by pixels, not by shares', () => {
  const points = [
    { x: 0.5, y: 0.2 },
    { x: 0.3, y: 0.5 },
  ];
  // 40 px beside the second, 30 px above the first.
  expect(nearestOnChart(points, toPixels({ x: 0.5, y: 0.5 }, width, height), width, height)).toBe(0);
  expect(nearestOnChart([points[0], points[0]], { left: 0, top: 0 }, width, height)).toBe(0);
  expect(nearestOnChart([], { left: 0, top: 0 }, width, height)).toBe(-1);
});

it('thins points that stand on one another and keeps both ends', () => {
  const points = [0, 0.001, 0.002, 0.02, 0.021, 0.5].map((x) => ({ x, y: 1 }));
  expect(thinned(points, 0.01)).toEqual([0, 3, 5]);
  expect(thinned([...points, { x: 0.5, y: 0.9 }, { x: 0.5, y: 0.899 }], 0.01)).toEqual([0, 3, 5, 6, 7]);
  expect(thinned([], 0.01)).toEqual([]);
});
