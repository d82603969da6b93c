import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import {
  boundsOf,
  colourLabels,
  insideOf,
  neighbourhoods,
  PointGrid,
  predictedFlags,
  wholeView,
  zoomed,
} from './mapData.ts';

const random = new Random(4);
const scattered = Float32Array.from({ length: 600 }, () => 10 * random.next() - 3);

describe('PointGrid', () => {
  const grid = new PointGrid(scattered);
  const distance = (point: number, x: number, y: number): number =>
    Math.hypot(scattered[2 * point] - x, scattered[2 * point + 1] - y);

  it('finds what a look at every point finds', () => {
    const points = Array.from({ length: 300 }, (_, i) => i);
    for (const [x, y, reach] of [
      [0, 0, 1],
      [6.9, 6.9, 2],
      [-3, 2, 0.3],
      [20, 20, 1],
    ]) {
      const inside = points.filter((point) => distance(point, x, y) <= reach);
      expect(grid.within(x, y, reach).toSorted((a, b) => a - b)).toEqual(inside);
      const best = inside.toSorted((a, b) => distance(a, x, y) - distance(b, x, y))[0] ?? null;
      expect(grid.at(x, y, reach)).toBe(best);
    }
    const [x, y] = [scattered[20], scattered[21]];
    const nearest = points.filter((point) => point !== 10).toSorted((a, b) => distance(a, x, y) - distance(b, x, y));
    expect(grid.nearest(10, 7)).toEqual(nearest.slice(0, 7));
  });

  it('takes one point, points in one place and points on a line', () => {
    expect(new PointGrid(Float32Array.of(1, 2)).nearest(0, 3)).toEqual([]);
    expect(new PointGrid(Float32Array.of(1, 2, 1, 2, 1, 2)).nearest(1, 3)).toEqual([0, 2]);
    expect(new PointGrid(Float32Array.of(0, 5, 1, 5, 2, 5, 9, 5)).nearest(0, 2)).toEqual([1, 2]);
  });
});

it('insideOf: even-odd, open ends closed', () => {
  const positions = Float32Array.of(1, 1, 3, 1, 1.5, 2.5, -1, 0);
  expect(insideOf(positions, [0, 0, 2, 0, 2, 2, 0, 2])).toEqual([0]);
  expect(insideOf(positions, [0, 0, 4, 0, 0, 5])).toEqual([0, 1, 2]);
  expect(insideOf(positions, [])).toEqual([]);
});

it('colourLabels: the rarest label of each point', () => {
  expect(Array.from(colourLabels(Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 0), 2))).toEqual([0, 1, -1, 0]);
  expect(colourLabels(new Uint8Array(), 0)).toHaveLength(0);
});

it('neighbourhoods: labels apart keep together, mixed ones say with which', () => {
  // Two groups far apart; the second is labels 1 and 2 by turns.
  const positions = Float32Array.from({ length: 80 }, (_, i) => (i < 40 ? 0 : 50) + (i % 7) * 0.1);
  const flags = Uint8Array.from(
    Array.from({ length: 40 }, (_, i) => (i < 20 ? [1, 0, 0] : i % 2 ? [0, 1, 0] : [0, 0, 1])).flat(),
  );
  const [first, second, third] = neighbourhoods(positions, flags, 3);
  expect(first).toEqual({ points: 20, together: 1, mostlyBeside: null });
  expect(second.together).toBeLessThan(0.8);
  expect([second.mostlyBeside, third.mostlyBeside]).toEqual([2, 1]);
});

it('views: everything fits, and zooming keeps the place under the pointer', () => {
  const bounds = boundsOf(Float32Array.of(-2, 1, 6, 3));
  expect(bounds).toEqual({ left: -2, top: 1, width: 8, height: 2 });
  const view = wholeView(bounds, 448, 248);
  expect(view.scale).toBe(50);
  expect([view.x + view.scale * -2, view.x + view.scale * 6]).toEqual([24, 424]);
  const closer = zoomed(view, 2, 100, 50);
  expect((100 - closer.x) / closer.scale).toBeCloseTo((100 - view.x) / view.scale, 9);
  expect((50 - closer.y) / closer.scale).toBeCloseTo((50 - view.y) / view.scale, 9);
});

it('gives each title what reaches the thresholds, in the places of the table’s labels', () => {
  const table = ['Staff', 'Chief', 'Owner'];
  const answers = {
    labelNames: ['Chief', 'Other', 'Staff'],
    probabilities: Float32Array.of(0.9, 0.9, 0.1, 0.4, 0, 0.5),
  };
  expect([...predictedFlags(table, answers, [0.5, 0.5, 0.5])]).toEqual([0, 1, 0, 1, 0, 0]);
  expect([...predictedFlags(table, answers, [0.25, 0.5, 0.75])]).toEqual([0, 1, 0, 0, 1, 0]);
});
