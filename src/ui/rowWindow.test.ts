import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxBodyHeight, rowWindow } from './rowWindow.ts';

describe('rowWindow', () => {
  it('draws the rows in view and the overscan around them', () => {
    const geometry = { total: 2240, rowHeight: 36, viewHeight: 360 };
    expect(rowWindow(geometry, 0, 8)).toEqual({ first: 0, end: 18, bodyHeight: 80_640, ratio: 1, top: 0 });
    expect(rowWindow(geometry, 3600, 8)).toEqual({ first: 92, end: 118, bodyHeight: 80_640, ratio: 1, top: 3312 });
  });

  it('draws nothing of an empty table and all of a short one', () => {
    expect(rowWindow({ total: 0, rowHeight: 36, viewHeight: 360 }, 0)).toMatchObject({
      first: 0,
      end: 0,
      bodyHeight: 0,
    });
    expect(rowWindow({ total: 3, rowHeight: 36, viewHeight: 360 }, 500)).toMatchObject({ first: 0, end: 3, top: 0 });
  });

  it('compresses a table that is taller than browsers allow, and still reaches its last row', () => {
    const geometry = { total: 1_048_575, rowHeight: 36, viewHeight: 600 };
    const end = rowWindow(geometry, maxBodyHeight - 600);
    expect(end.bodyHeight).toBe(maxBodyHeight);
    expect(end.ratio).toBeCloseTo(3.1458, 3);
    expect(end.end).toBe(1_048_575);
  });

  it('covers the view at every scroll position', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000_000 }),
        fc.integer({ min: 20, max: 80 }),
        fc.integer({ min: 1, max: 1200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, rowHeight, viewHeight, share) => {
          const body = Math.min(total * rowHeight, maxBodyHeight);
          const scrollTop = share * Math.max(0, body - viewHeight);
          const { first, end, top } = rowWindow({ total, rowHeight, viewHeight }, scrollTop, 0);
          expect(top).toBeLessThanOrEqual(scrollTop + 1e-3);
          expect(top + (end - first) * rowHeight).toBeGreaterThanOrEqual(Math.min(scrollTop + viewHeight, body) - 1e-3);
          expect(end - first).toBeLessThanOrEqual(Math.ceil(viewHeight / rowHeight) + 1);
        },
      ),
    );
  });
});
