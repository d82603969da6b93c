import * as fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { packStrings } from '../shared/strings.ts';
import { writePredictions, type Predictions } from './exportTable.ts';
import { escapeFormula } from './predictionsCsv.ts';
import { readFile } from './readFile.ts';
import { checkSheetSize } from './xlsxWriter.ts';

function predictions(titles: string[], labelNames: string[], probabilities: number[], threshold = 0.5): Predictions {
  return {
    titles: packStrings(titles),
    labelNames,
    thresholds: labelNames.map(() => threshold),
    probabilities: Float32Array.from(probabilities),
  };
}

const nasty = ['=1+1', '+49 boss', '-chief', '@home', '\tTabbed', '\rReturn', 'Plain "quoted", title', 'Müller 😀'];
const table = predictions(
  nasty,
  ['=Staff', 'Boss'],
  nasty.flatMap((_, i) => [0.123456, i % 2 === 0 ? 0.75 : 0.25]),
);

async function csvRows(content: Blob): Promise<string[][]> {
  return Papa.parse<string[]>((await content.text()).replace('\ufeff', '').trimEnd(), { newline: '\r\n' }).data;
}

describe('writePredictions', () => {
  it('CSV: header, labels at their thresholds, six decimals, formulas escaped, UTF-8 with mark', async () => {
    const blob = await writePredictions(table, 'csv');
    const bytes = new Uint8Array(await blob.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const rows = await csvRows(blob);
    expect(rows[0]).toEqual(['Title', 'Labels', "'=Staff", 'Boss']);
    expect(rows[1]).toEqual(["'=1+1", 'Boss', '0.123456', '0.750000']);
    expect(rows[2]).toEqual(["'+49 boss", '', '0.123456', '0.250000']);
    expect(rows.slice(3).map(([title]) => title)).toEqual([
      "'-chief",
      "'@home",
      "'\tTabbed",
      "'\rReturn",
      nasty[6],
      nasty[7],
    ]);
  });

  it('XLSX: reads back as the same table', async () => {
    const file = new File([await writePredictions(table, 'xlsx')], 'p.xlsx');
    const read = await readFile(file, {}, () => undefined);
    expect(read.columns).toEqual(['Title', 'Labels', "'=Staff", 'Boss']);
    expect(read.cells[0]).toEqual([
      "'=1+1",
      "'+49 boss",
      "'-chief",
      "'@home",
      "'\tTabbed",
      "'\rReturn",
      nasty[6],
      nasty[7],
    ]);
    expect(read.cells[1][0]).toBe('Boss');
    expect(read.cells[2][0]).toBe('0.123456');
    expect(read.cells[3].slice(0, 2)).toEqual(['0.75', '0.25']);
  });

  it('joins several labels, each at its own threshold', async () => {
    const two = { ...predictions(['a'], ['A', 'B', 'C'], [0.5, 0.3, 0.2]), thresholds: [0.5, 0.25, 0.25] };
    expect((await csvRows(await writePredictions(two, 'csv')))[1].slice(0, 2)).toEqual(['a', 'A; B']);
  });

  it('never leaves a cell that runs as a formula, and changes no other', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5 }), (cell) => {
        const escaped = escapeFormula(cell);
        expect('=+-@\t\r'.includes(escaped.charAt(0) || ' ')).toBe(false);
        expect(escaped === cell || escaped === `'${cell}`).toBe(true);
      }),
    );
  });

  it('refuses numbers that do not fit the titles', async () => {
    await expect(writePredictions(predictions(['a', 'b'], ['A'], [1]), 'csv')).rejects.toThrow(
      /expected 2 probabilities/,
    );
  });

  it('refuses a sheet with too many rows or cells, with CSV as the way out', () => {
    expect(() => checkSheetSize(1_048_576, 3)).not.toThrow();
    expect(() => checkSheetSize(1_048_577, 3)).toThrow(/can have 1048576 rows/);
    expect(() => checkSheetSize(1_000_000, 6)).toThrow(/can have 5000000 cells/);
  });

  it('XLSX: keeps titles that are names of every object, control characters and what looks like an escape', async () => {
    const titles = ['constructor', '__proto__', 'valueOf', 'a\u0007b\u007f\ufffd', '_x0041_', ' a  b '];
    const written = await writePredictions(
      predictions(
        titles,
        ['toString'],
        titles.map(() => 0.9),
      ),
      'xlsx',
    );
    const read = await readFile(new File([written], 'p.xlsx'), {}, () => undefined);
    expect(read.columns).toEqual(['Title', 'Labels', 'toString']);
    expect(read.cells[0]).toEqual(titles);
    expect(read.cells[1]).toEqual(titles.map(() => 'toString'));
  });

  it('writes a header for no rows', async () => {
    expect(await csvRows(await writePredictions(predictions([], ['A'], []), 'csv'))).toEqual([
      ['Title', 'Labels', 'A'],
    ]);
  });

  it.each([
    ['csv', 200_000],
    ['xlsx', 50_000],
  ] as const)('writes as %s %i rows', async (format, count) => {
    const titles = Array.from({ length: count }, (_, i) => `Senior Engineer ${i}`);
    const many = predictions(
      titles,
      ['A', 'B', 'C', 'D', 'E', 'F'],
      Array.from({ length: count * 6 }, (_, i) => (i % 97) / 97),
    );
    const blob = await writePredictions(many, format);
    expect(blob.size).toBeGreaterThan(1_000_000);
  });
});
