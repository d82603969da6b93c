import * as fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { guessDelimiter, parseDelimited } from './delimited.ts';

const rowsOf = (text: string, delimiter = ','): string[][] => parseDelimited(text, delimiter).records;
const problemRows = (text: string): number[] => parseDelimited(text, ',').problems.map(({ row }) => row);

const countOfA = (value: string): number => value.split('a').length - 1;
const letters = (value: string): string => value.replace(/[^ab]/g, '');

describe('parseDelimited', () => {
  it('reads quotes, doubled quotes, delimiters and line ends inside cells', () => {
    const text = 'Title,Label\r\n"Director, Sales",Director\r\n"The ""Boss""",Owner\r\n"Two\r\nlines",Staff\r\n';
    expect(rowsOf(text)).toEqual([
      ['Title', 'Label'],
      ['Director, Sales', 'Director'],
      ['The "Boss"', 'Owner'],
      ['Two\r\nlines', 'Staff'],
    ]);
    expect(problemRows(text)).toEqual([]);
  });

  it('reads back what any writer quotes by the rules', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'B', '"', ',', '\n', ' ', ';', 'é'), maxLength: 8 });
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(table, (rows) => {
        const written = [['one', 'two', 'three'], ...rows];
        const text = Papa.unparse(written, { quotes: true, newline: '\r\n' });
        expect(rowsOf(text)).toEqual(written);
      }),
      { numRuns: 500 },
    );
  });

  it('loses no letter whatever the quotes do', () => {
    const anyText = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\n', ' '), maxLength: 60 });
    fc.assert(
      fc.property(anyText, (text) => {
        expect(letters(rowsOf(text).flat().join(''))).toBe(letters(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps every row after a quote that is never closed, and names the row', () => {
    const lines = Array.from({ length: 500 }, (_, i) => `Engineer ${i},Staff`);
    lines[41] = '"Engineer 41,Staff';
    const { records, problems } = parseDelimited(lines.join('\n'), ',');
    expect(records).toHaveLength(500);
    expect(records[41]).toEqual(['"Engineer 41', 'Staff']);
    expect(records[499]).toEqual(['Engineer 499', 'Staff']);
    expect(problems).toEqual([{ row: 42, message: expect.stringContaining('never closed') }]);
  });

  it('keeps the rows between a lost quote and the next good one', () => {
    const text = 'Title,Label\n"Lost,A\nMiddle,B\n"Good, quoted",C\nLast,D\n';
    expect(rowsOf(text)).toEqual([
      ['Title', 'Label'],
      ['"Lost', 'A'],
      ['Middle', 'B'],
      ['Good, quoted', 'C'],
      ['Last', 'D'],
    ]);
    expect(problemRows(text)).toEqual([2]);
  });

  it('takes many rows between two lost quotes for rows, not for one cell', () => {
    const lines = ['Title,Label', 'A,"x', ...Array.from({ length: 10 }, (_, i) => `T${i},y`), 'Z",z'];
    const { records, problems } = parseDelimited(lines.join('\n'), ',');
    expect(records).toHaveLength(13);
    expect(records[5]).toEqual(['T3', 'y']);
    expect(problems[0].row).toBe(2);
  });

  it.each([
    ['"Head" of sales,Manager', ['"Head" of sales', 'Manager']],
    ['"Head" of sales,"Manager"', ['"Head" of sales', 'Manager']],
    ['"Head, "Chief" officer",Manager', ['Head, "Chief" officer', 'Manager']],
    ['5" pipe fitter,Staff', ['5" pipe fitter', 'Staff']],
  ])('reads %s as a person would', (line, expected) => {
    expect(rowsOf(`Title,Label\n${line}\nNext,Staff`)).toEqual([['Title', 'Label'], expected, ['Next', 'Staff']]);
  });

  it('never joins the lines of a plain list', () => {
    expect(rowsOf('Clerk\n"Boss\nChef"\n"Quoted"\n', '')).toEqual([['Clerk'], ['"Boss'], ['Chef"'], ['Quoted']]);
  });

  it('reports a row with more cells than the first, and keeps the cells', () => {
    const { records, problems } = parseDelimited('Title,Label\nDirector, Sales,Director\n', ',');
    expect(records[1]).toEqual(['Director', ' Sales', 'Director']);
    expect(problems).toEqual([{ row: 2, message: expect.stringContaining('3 cells where the first row has 2') }]);
  });

  it('reads carriage returns alone, no final line end, and blank lines as rows', () => {
    expect(rowsOf('a,b\rc,d')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(parseDelimited('a\n\nb', '').rowNumbers).toEqual([1, 2, 3]);
  });

  it('takes 200,000 rows with a lost quote in every tenth, and says where quotes are given up', () => {
    const text = Array.from({ length: 200_000 }, (_, i) => `${i % 10 === 0 ? '"' : ''}Engineer ${i},Staff`).join('\n');
    const { records, problems } = parseDelimited(text, ',');
    expect(records).toHaveLength(200_000);
    expect(records[199_990]).toEqual(['"Engineer 199990', 'Staff']);
    expect(problems.length).toBeGreaterThan(20);
    expect(problems.slice(0, 2).map(({ row }) => row)).toEqual([1, 11]);
    expect(problems.at(-1)?.message).toContain('all below it are read with quotes as letters');
  });

  it('reads every row of a short file with hundreds of lost quotes', () => {
    const text = Array.from({ length: 2000 }, (_, i) => (i % 5 === 0 ? `"Engineer ${i},Staff` : `"Clerk, ${i}",Boss`));
    const { records, problems } = parseDelimited(text.join('\n'), ',');
    expect(records).toHaveLength(2000);
    expect(records[1995]).toEqual(['"Engineer 1995', 'Staff']);
    expect(records[1999]).toEqual(['Clerk, 1999', 'Boss']);
    expect(problems).toHaveLength(400);
  });

  it.each<[string, string]>([
    ['quotes alone', '"'.repeat(2_000_000)],
    ['one quote a line', '"a\n'.repeat(500_000)],
    ['quotes inside on one line', '"a"b,'.repeat(200_000)],
    ['cells with quotes inside on one line', '"a"b"c",'.repeat(100_000)],
    ['cells with quotes inside, then a lost one', `${'"a"b"c",'.repeat(100_000)}"x`],
    ['closed cells between lost ones', '"a","b"x,"c\n'.repeat(100_000)],
    ['doubled quotes', '""a""'.repeat(400_000)],
  ])('comes through %s, for which time by the square would run out, and loses no letter', (_, text) => {
    const read = parseDelimited(text, ',');
    expect(countOfA(read.records.map((record) => record.join('')).join(''))).toBe(countOfA(text));
  });
});

describe('guessDelimiter', () => {
  it.each([
    ['Title,Level\nDirector; Sales,Director\nClerk,Staff', ','],
    ['Title\tLevel\nDirector, Sales\tDirector\nClerk\tStaff', '\t'],
    ['Title;Level\nDirector, Sales;Director\nClerk;Staff', ';'],
    ['Title|Level\nDirector, Sales|Director\nClerk|Staff', '|'],
    ['Title,L1,L2\nClerk,Staff,\nBoss,Owner,Chief', ','],
    ['Director, Sales\nClerk\nEngineer\nBoss', ''],
    ['Title\nClerk', ''],
    ['', ''],
  ])('guesses %j as %j', (text, expected) => {
    expect(guessDelimiter(text)).toBe(expected);
  });
});
