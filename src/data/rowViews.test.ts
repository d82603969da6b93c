import { expect, it, vi } from 'vitest';
import { RowViews } from './rowViews.ts';

it('looks for the rows of a query once, however many windows are asked for', () => {
  const rowsOfFinding = vi.fn<() => Uint32Array>(() => Uint32Array.from({ length: 500 }, (_, i) => 2 * i));
  const views = new RowViews({
    rowNumbers: Uint32Array.from({ length: 1000 }, (_, i) => i + 2),
    titles: null,
    labels: null,
    fileLabels: null,
    rowsOfFinding,
    sameLabels: () => true,
    isCorrected: () => false,
  });
  for (let first = 0; first < 500; first += 50) {
    const { total, rows } = views.page({ finding: 'conflicts' }, first, 50);
    expect(total).toBe(500);
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 50 }, (_, i) => 2 * (first + i) + 2));
  }
  expect(rowsOfFinding).toHaveBeenCalledTimes(1);
  views.page({ finding: 'near-duplicates' }, 0, 50);
  expect(rowsOfFinding).toHaveBeenCalledTimes(2);
});
