import { describe, expect, it } from 'vitest';
import { recogniseRoles } from './roles.ts';
import { tableFromRecords, type Table } from './table.ts';

function table(records: string[][]): Table {
  const rowNumbers = records.map((_, i) => i + 1);
  return tableFromRecords({ source: { name: 'x', bytes: 1, format: 'delimited' }, records, rowNumbers, problems: [] });
}

const titles = Array.from({ length: 60 }, (_, i) => `Senior Engineer of Team ${i}`);
const levels = ['Staff', 'Manager', 'Director'];

/** A header and one row for each title, the cells made by functions of the row. */
function made(header: string[], ...cells: ((row: number) => string)[]): Table {
  return table([header, ...titles.map((_, row) => cells.map((cell) => cell(row)))]);
}

const title = (row: number): string => titles[row];
const level = (row: number): string => levels[row % 3];

describe('recogniseRoles', () => {
  it('sees several label columns, those nearly empty too', () => {
    const roles = recogniseRoles(
      made(
        ['Title', 'Column 1', 'Column 2', 'Column 3'],
        title,
        level,
        (row) => (row % 7 === 0 ? level(row + 1) : ''),
        (row) => (row === 5 ? 'Staff' : ''),
      ),
    );
    expect(roles).toEqual({ title: 0, labels: { kind: 'columns', columns: [1, 2, 3] } });
  });

  it('sees one column with one label a cell', () => {
    expect(recogniseRoles(made(['Job Title', 'Level'], title, level))).toEqual({
      title: 0,
      labels: { kind: 'separated', column: 1, separator: '' },
    });
  });

  it.each([
    [';', 'Staff;Manager'],
    ['|', 'Staff | Manager'],
    [',', 'Staff, Manager'],
  ])('sees labels joined by %j', (separator, joined) => {
    const roles = recogniseRoles(made(['Labels', 'Position'], (row) => (row % 4 === 0 ? joined : level(row)), title));
    expect(roles).toEqual({ title: 1, labels: { kind: 'separated', column: 0, separator } });
  });

  it('does not split a label that has a slash or a comma in its name', () => {
    const names = ['Individual Contributor/Staff', 'Director, Senior', 'Owner'];
    const roles = recogniseRoles(made(['Title', 'Level'], title, (row) => names[row % 3]));
    expect(roles.labels).toEqual({ kind: 'separated', column: 1, separator: '' });
  });

  it('sees 0/1 columns, one that is always 0 too, and passes by an id and a company', () => {
    const roles = recogniseRoles(
      made(
        ['id', 'Title', 'Company', 'Staff', 'Manager', 'Owner'],
        (row) => String(1000 + row),
        title,
        (row) => `Company ${row % 40}`,
        (row) => (row % 2 === 0 ? '1' : '0'),
        (row) => (row % 3 === 0 ? 'x' : ''),
        () => '0',
      ),
    );
    expect(roles).toEqual({ title: 1, labels: { kind: 'indicators', columns: [3, 4, 5] } });
  });

  it('goes by content where headers say nothing, and by headers where content is alike', () => {
    expect(recogniseRoles(made(['a', 'b'], level, title))).toEqual({
      title: 1,
      labels: { kind: 'separated', column: 0, separator: '' },
    });
    const roles = recogniseRoles(
      made(['Description', 'Job Title', 'Country', 'Seniority'], title, title, (row) => ['DE', 'FR'][row % 2], level),
    );
    expect(roles).toEqual({ title: 1, labels: { kind: 'separated', column: 3, separator: '' } });
  });

  it('works without a header row', () => {
    const roles = recogniseRoles(table(titles.map((_, row) => [title(row), level(row)])));
    expect(roles).toEqual({ title: 0, labels: { kind: 'separated', column: 1, separator: '' } });
  });

  it('does not take free text for labels', () => {
    expect(
      recogniseRoles(made(['Title', 'Notes'], title, (row) => `Notes on person ${row} and more`)).labels,
    ).toBeNull();
    expect(recogniseRoles(made(['Title'], title)).labels).toBeNull();
  });

  it('finds no title where there are only numbers', () => {
    expect(
      recogniseRoles(
        made(
          ['a', 'b'],
          (row) => String(row),
          (row) => String(row % 2),
        ),
      ).title,
    ).toBeNull();
  });
});
