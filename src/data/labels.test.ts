import { describe, expect, it } from 'vitest';
import type { LabelLayout } from '../shared/dataset.ts';
import { countLabels, countTogether, labelIds, readLabels, withLabelForUnlabelled, type RowLabels } from './labels.ts';
import { tableFromRecords } from './table.ts';

function labelsOf(header: string[], rows: string[][], layout: LabelLayout): RowLabels {
  const records = [['Title', ...header], ...rows.map((row, i) => [`Title ${i}`, ...row])];
  const source = { name: 'x', bytes: 1, format: 'delimited' as const };
  return readLabels(
    tableFromRecords({ source, records, rowNumbers: records.map((_, i) => i + 1), problems: [] }),
    layout,
  );
}

const named = (labels: RowLabels): string[][] =>
  Array.from({ length: labels.starts.length - 1 }, (_, row) =>
    Array.from(labelIds(labels, row), (id) => labels.names[id]),
  );

describe('readLabels', () => {
  it('reads several columns, each label once a row, blanks and words for nothing left out', () => {
    const labels = labelsOf(
      ['Column 1', 'Column 2', 'Column 3'],
      [
        ['Manager', ' Staff ', ''],
        ['Staff', 'Staff', 'n/a'],
        ['', '-', 'NaN'],
        ['Individual   Contributor/Staff', '', ''],
      ],
      { kind: 'columns', columns: [1, 2, 3] },
    );
    expect(named(labels)).toEqual([['Staff', 'Manager'], ['Staff'], [], ['Individual Contributor/Staff']]);
    expect(labels.names[0]).toBe('Staff');
    expect(labels.respelled).toEqual([]);
  });

  it('splits one column at its separator', () => {
    const labels = labelsOf(['Level'], [['A; B'], ['B;'], [';'], ['C']], {
      kind: 'separated',
      column: 1,
      separator: ';',
    });
    expect(named(labels)).toEqual([['B', 'A'], ['B'], [], ['C']]);
  });

  it('reads 0/1 columns by their headers, those without a row too', () => {
    const rows = [
      ['1', 'x', '0'],
      ['0', 'YES', ''],
      ['false', '', '0'],
    ];
    const labels = labelsOf(['Staff', '__proto__', 'Owner'], rows, { kind: 'indicators', columns: [1, 2, 3] });
    expect(named(labels)).toEqual([['__proto__', 'Staff'], ['__proto__'], []]);
    expect(countLabels(labels)).toEqual([
      { name: '__proto__', rows: 2 },
      { name: 'Staff', rows: 1 },
      { name: 'Owner', rows: 0 },
    ]);
  });

  it('joins spellings that differ in case, keeps the most frequent one, and says so', () => {
    const labels = labelsOf(['Level'], [['manager'], ['Manager'], ['Manager'], ['MANAGER'], ['Staff']], {
      kind: 'separated',
      column: 1,
      separator: '',
    });
    expect(labels.names).toEqual(['Manager', 'Staff']);
    expect(labels.respelled).toEqual([
      { row: 0, from: 'manager', to: 'Manager' },
      { row: 3, from: 'MANAGER', to: 'Manager' },
    ]);
  });
});

describe('counts and policies', () => {
  const layout: LabelLayout = { kind: 'separated', column: 1, separator: ';' };
  const labels = labelsOf(['Level'], [['A;B'], ['A'], [''], ['A;B;C']], layout);

  it('counts labels together', () => {
    expect(labels.names).toEqual(['A', 'B', 'C']);
    expect(countTogether(labels)).toEqual([3, 2, 1, 2, 2, 1, 1, 1, 1]);
  });

  it('gives rows without a label one of their own, or one that is there already', () => {
    expect(named(withLabelForUnlabelled(labels, ' Not  Required '))[2]).toEqual(['Not Required']);
    const joined = withLabelForUnlabelled(labels, 'b');
    expect(joined.names).toEqual(['A', 'B', 'C']);
    expect(named(joined)[2]).toEqual(['B']);
  });
});
