import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sectionAt, tallestBody } from './DataTableSections.ts';

describe('sectionAt', () => {
  it('keeps a table whole that browsers can hold', () => {
    expect(sectionAt(0, 0, 36)).toEqual({ first: 0, end: 0, index: 0, count: 1, size: 0 });
    expect(sectionAt(200_000, 416_666, 36)).toEqual({ first: 0, end: 416_666, index: 0, count: 1, size: 416_666 });
  });

  it('cuts a taller one into round numbers of rows', () => {
    expect(sectionAt(0, 416_667, 36)).toEqual({ first: 0, end: 400_000, index: 0, count: 2, size: 400_000 });
    expect(sectionAt(400_000, 1_048_575, 36)).toMatchObject({ first: 400_000, end: 800_000, index: 1, count: 3 });
    expect(sectionAt(1_048_574, 1_048_575, 36)).toMatchObject({ first: 800_000, end: 1_048_575, index: 2 });
    // A table that has become shorter meanwhile.
    expect(sectionAt(900_000, 500_000, 36)).toMatchObject({ first: 400_000, end: 500_000, index: 1, count: 2 });
  });

  it('holds the row asked for, in a body that no browser clamps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.integer({ min: 16, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (total, rowHeight, share) => {
          const row = Math.floor(share * total);
          const { first, end, index, count, size } = sectionAt(row, total, rowHeight);
          expect(first).toBeLessThanOrEqual(row);
          expect(end).toBeGreaterThan(row);
          expect((end - first) * rowHeight).toBeLessThanOrEqual(tallestBody);
          expect(first).toBe(index * size);
          expect(count).toBe(Math.ceil(total / size));
        },
      ),
    );
  });
});
