import { describe, expect, it } from 'vitest';
import { tableFromRecords, uniqueHeaders, type Table } from './table.ts';

function table(records: string[][]): Table {
  const rowNumbers = records.map((_, i) => i + 1);
  return tableFromRecords({
    source: { name: 'x.csv', bytes: 1, format: 'delimited' },
    records,
    rowNumbers,
    problems: [],
  });
}

describe('uniqueHeaders', () => {
  it('names empty columns, numbers repeats, and takes any word', () => {
    expect(uniqueHeaders(['Title', 'Title', '', '__proto__', 'constructor', 'Title (2)', ' a \n b '])).toEqual([
      'Title',
      'Title (2)',
      'Column 3',
      '__proto__',
      'constructor',
      'Title (2) (2)',
      'a b',
    ]);
  });
});

describe('tableFromRecords', () => {
  it('keeps columns named __proto__, empty, or twice the same apart', () => {
    const read = table([
      ['__proto__', '', 'Title', 'Title'],
      ['a', 'b', 'c', 'd'],
      ['e', 'f', 'g', 'h'],
    ]);
    expect(read.columns).toEqual(['__proto__', 'Column 2', 'Title', 'Title (2)']);
    expect(read.cells).toEqual([
      ['a', 'e'],
      ['b', 'f'],
      ['c', 'g'],
      ['d', 'h'],
    ]);
  });

  it('drops blank rows and keeps the numbers of the others', () => {
    const read = table([['Title', 'Level'], [' ', ''], ['Clerk', 'Staff'], [], ['Boss', 'Owner']]);
    expect([...read.rowNumbers]).toEqual([3, 5]);
    expect(read.rowCount).toBe(2);
  });

  it('gives cells beyond the header a column of their own', () => {
    const read = table([['Title', 'Level'], ['Clerk', 'Staff', 'extra'], ['Boss']]);
    expect(read.columns).toEqual(['Title', 'Level', 'Column 3']);
    expect(read.cells[2]).toEqual(['extra', '']);
    expect(read.cells[1]).toEqual(['Staff', '']);
  });

  it('reads the first row as data when its label comes back below', () => {
    const read = table([
      ['Senior Clerk', 'Staff'],
      ['Boss', 'Owner'],
      ['Junior Clerk', 'Staff'],
    ]);
    expect(read.columns).toEqual(['Column 1', 'Column 2']);
    expect([...read.rowNumbers]).toEqual([1, 2, 3]);
    expect(read.problems).toEqual([{ row: 1, message: expect.stringContaining('is read as data') }]);
  });

  it('reads a lone column as data unless its first cell is a word for titles', () => {
    expect(table([['Clerk'], ['Boss']]).rowCount).toBe(2);
    expect(table([['Job Title'], ['Clerk'], ['Boss']]).rowCount).toBe(2);
  });

  it('does not take titles above a stray note for a caption', () => {
    const read = table([
      ['Clerk', ''],
      ['Boss', ''],
      ['Chef', 'call back'],
      ['Cook', ''],
      ['Guard', ''],
    ]);
    expect(read.cells[0]).toEqual(['Clerk', 'Boss', 'Chef', 'Cook', 'Guard']);
  });

  it('reads a list with an empty second column as a list', () => {
    expect(
      table([
        ['Clerk', ''],
        ['Boss', ''],
        ['Chef', ''],
      ]).cells,
    ).toEqual([['Clerk', 'Boss', 'Chef']]);
  });

  it('keeps a header whose word stands once among the titles, or whose row comes again', () => {
    const read = table([
      ['Position', 'Level'],
      ['Clerk', 'Staff'],
      ['Position', 'Staff'],
    ]);
    expect(read.columns).toEqual(['Position', 'Level']);
  });

  it('reads a first row with numbers as data', () => {
    expect(
      table([
        ['Clerk', '0', '1'],
        ['Boss', '1', '0'],
      ]).rowCount,
    ).toBe(2);
  });

  it('steps over a caption, and leaves out a header that comes again', () => {
    const read = table([
      ['Export of May'],
      [''],
      ['Title', 'Level'],
      ['Clerk', 'Staff'],
      ['Title', 'Level'],
      ['Boss', 'Owner'],
    ]);
    expect(read.columns).toEqual(['Title', 'Level']);
    expect(read.cells[0]).toEqual(['Clerk', 'Boss']);
    expect([...read.rowNumbers]).toEqual([4, 6]);
    expect(read.problems.map(({ row }) => row)).toEqual([1, 5]);
  });

  it('refuses a table without rows, saying what it found', () => {
    expect(() => table([['Title', 'Level']])).toThrow(/a header and nothing below it/);
    expect(() => table([['', ''], []])).toThrow(/only blank cells/);
    expect(() => table([])).toThrow(/only blank cells/);
  });
});
