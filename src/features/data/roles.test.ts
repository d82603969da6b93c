import { describe, expect, it } from 'vitest';
import type { ColumnRoles } from '../../shared/dataset.ts';
import {
  describeLabels,
  describeTitle,
  describeUnlabelled,
  joinNames,
  withKind,
  withLabels,
  withTitle,
} from './roles.ts';

const columns = ['Title', 'Column 1', 'Column 2', '__proto__'];
const roles: ColumnRoles = { title: 0, labels: { kind: 'columns', columns: [1, 2] } };

describe('roles in words', () => {
  it('says where titles and labels are', () => {
    expect(describeTitle(roles, columns)).toBe('Titles are in Title.');
    expect(describeLabels(roles.labels, columns)).toBe(
      'Labels are in Column 1 and Column 2, at most one in each cell.',
    );
    expect(describeLabels({ kind: 'separated', column: 3, separator: ';' }, columns)).toBe(
      'Labels are in __proto__, several in a cell with semicolons between them.',
    );
    expect(describeLabels({ kind: 'separated', column: 1, separator: ' + ' }, columns)).toContain('“ + ” between them');
    expect(describeLabels({ kind: 'separated', column: 1, separator: '' }, columns)).toBe(
      'Labels are in Column 1, one in each cell.',
    );
    expect(describeLabels({ kind: 'indicators', columns: [1, 2] }, columns)).toContain('are labels of their own');
  });

  it('says what is missing', () => {
    expect(describeTitle({ title: null, labels: null }, columns)).toBe('No title column is recognised yet.');
    expect(describeLabels(null, columns)).toBe('No label column is recognised yet.');
    expect(describeLabels({ kind: 'columns', columns: [] }, columns)).toBe('No label column is chosen yet.');
  });

  it('says what happens to rows without a label', () => {
    expect(describeUnlabelled({ kind: 'label', name: 'Not Required' })).toBe(
      'Rows without a label get the label “Not Required”.',
    );
  });

  it('counts names that are too many to list', () => {
    expect(joinNames(['A'])).toBe('A');
    expect(joinNames(['A', 'B', 'C', 'D'], 3)).toBe('A, B and 2 more');
    expect(joinNames(['A', 'B', 'C'], 3)).toBe('A, B and C');
  });
});

describe('changing roles', () => {
  it('keeps the columns when the layout changes', () => {
    expect(withKind('indicators', roles, 4)).toEqual({ kind: 'indicators', columns: [1, 2] });
    expect(withKind('separated', roles, 4)).toEqual({ kind: 'separated', column: 1, separator: '' });
    const separated: ColumnRoles = { title: 0, labels: { kind: 'separated', column: 2, separator: ';' } };
    expect(withKind('columns', separated, 4)).toEqual({ kind: 'columns', columns: [2] });
  });

  it('starts from every other column when none is chosen', () => {
    expect(withKind('columns', { title: 1, labels: null }, 4)).toEqual({ kind: 'columns', columns: [0, 2, 3] });
    expect(withKind('separated', { title: 0, labels: null }, 1)).toBeNull();
  });

  it('never gives one column two roles', () => {
    expect(withTitle(roles, 2)).toEqual({ title: 2, labels: { kind: 'columns', columns: [1] } });
    expect(withTitle({ title: 0, labels: { kind: 'separated', column: 1, separator: ',' } }, 1)).toEqual({
      title: 1,
      labels: null,
    });
    expect(withLabels(roles, { kind: 'columns', columns: [0, 1] }).title).toBeNull();
    expect(withLabels(roles, { kind: 'separated', column: 1, separator: '' }).title).toBe(0);
  });
});
