import { describe, expect, it } from 'vitest';
import { defaultCleaning } from '../data/cleaning.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { packStrings, unpackStrings } from '../shared/strings.ts';
import { withExtraRows } from './extraRows.ts';

const titles = ['Director of Sales', 'Sales Clerk', 'Staff Nurse', 'Head of Payroll', 'Warehouse Manager'];
const dataset: Dataset = {
  name: 'made',
  titles: packStrings(titles),
  labelNames: ['Director', 'Staff', 'Owner'],
  labels: Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0),
  rowNumbers: Uint32Array.of(2, 3, 4, 5, 6),
  groups: Uint32Array.of(0, 1, 2, 3, 4),
  cleaning: defaultCleaning,
  unlabelled: { kind: 'drop' },
  fingerprint: 'abc',
};
const split: Split = { train: Uint32Array.of(0, 1, 2), validation: Uint32Array.of(3), test: Uint32Array.of(4) };
const owner = { title: '  Proprietor &amp; Founder ', labels: ['Owner', 'Director'] };

describe('rows by hand', () => {
  it('join the training rows only, cleaned as the others are', () => {
    const result = withExtraRows(dataset, split, [owner], 'refuse');
    expect(unpackStrings(result.dataset.titles)).toEqual([...titles, 'Proprietor & Founder']);
    expect(Array.from(result.dataset.labels.subarray(15))).toEqual([1, 0, 1]);
    expect(result.split).toEqual({ ...split, train: Uint32Array.of(0, 1, 2, 5) });
    expect(Array.from(result.dataset.groups)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(Array.from(result.dataset.rowNumbers)).toEqual([2, 3, 4, 5, 6, 0]);
    expect(result.dataset.fingerprint).toBe('abc');
    expect(unpackStrings(dataset.titles)).toEqual(titles);
  });

  it('replace the labels of a training row with the same title', () => {
    const result = withExtraRows(dataset, split, [{ title: 'sales CLERK', labels: ['Owner'] }], 'refuse');
    expect(unpackStrings(result.dataset.titles)).toEqual(titles);
    expect(Array.from(result.dataset.labels.subarray(3, 6))).toEqual([0, 0, 1]);
    expect(result.split.train).toEqual(split.train);
    expect(Array.from(dataset.labels.subarray(3, 6))).toEqual([0, 1, 0]);
  });

  it.each(['Head of Payroll', 'Payroll, head of', 'WAREHOUSE manager'])(
    'are refused where %j is nearly a title that is measured on, or left out of a fold',
    (title) => {
      const near = { title, labels: ['Staff'] };
      expect(() => withExtraRows(dataset, split, [owner, near], 'refuse')).toThrow(
        expect.objectContaining({ code: 'data-mismatch', message: expect.stringContaining(title) }),
      );
      const { leftOut, split: kept } = withExtraRows(dataset, split, [owner, near], 'leave-out');
      expect(leftOut).toEqual([near]);
      expect(Array.from(kept.train)).toEqual([0, 1, 2, 5]);
    },
  );

  it('are refused without a title or with a label that is not in the data', () => {
    expect(() => withExtraRows(dataset, split, [owner, { title: ' ', labels: [] }], 'refuse')).toThrow('row 2 has no');
    expect(() => withExtraRows(dataset, split, [{ title: 'Boss', labels: ['Chef'] }], 'refuse')).toThrow(
      /“Chef”; the data has Director, Staff, Owner/,
    );
  });

  it('are none for most runs: nothing is copied then', () => {
    expect(withExtraRows(dataset, split, [], 'refuse')).toEqual({ dataset, split, leftOut: [] });
  });
});
