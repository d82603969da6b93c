/** Predictions as files for a spreadsheet program. */
import Papa from 'papaparse';
import { RungError } from '../shared/errors.ts';
import { unpackStrings, type PackedStrings } from '../shared/strings.ts';
import { checkSheetSize, writeWorkbook, type SheetCell } from './xlsxWriter.ts';

/** Titles with what was predicted for them; `probabilities` is titles x labels, row-major. */
export interface Predictions {
  titles: PackedStrings;
  labelNames: string[];
  thresholds: number[];
  probabilities: Float32Array<ArrayBuffer>;
}

/** What a spreadsheet program takes for a formula (OWASP, CSV injection), full-width forms included. */
const formulaStart = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** A cell as plain text: an apostrophe in front of what would run as a formula. */
export function escapeFormula(cell: string): string {
  return formulaStart.test(cell) ? `'${cell}` : cell;
}

/** A float32 probability has about seven significant digits. */
const decimals = 6;

/** Title, labels at or above their thresholds, then the probability of each label; the header first. */
function* predictionRows(table: Predictions): Generator<SheetCell[]> {
  const { labelNames, thresholds, probabilities } = table;
  yield ['Title', 'Labels', ...labelNames.map(escapeFormula)];
  const titles = unpackStrings(table.titles);
  for (let row = 0; row < titles.length; row++) {
    const start = row * labelNames.length;
    const carried = labelNames.filter((_, label) => probabilities[start + label] >= thresholds[label]);
    const numbers = labelNames.map((_, label) => Number(probabilities[start + label].toFixed(decimals)));
    yield [escapeFormula(titles[row]), escapeFormula(carried.join('; ')), ...numbers];
  }
}

const rowsPerChunk = 5000;

function writeCsv(table: Predictions): Blob {
  // Excel takes a file without the mark for Windows-1252.
  const parts: string[] = ['\ufeff'];
  let rows: SheetCell[][] = [];
  const flush = (): void => {
    if (rows.length === 0) return;
    const fixed = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toFixed(decimals) : cell)));
    parts.push(`${Papa.unparse(fixed, { newline: '\r\n' })}\r\n`);
    rows = [];
  };
  for (const row of predictionRows(table)) {
    rows.push(row);
    if (rows.length === rowsPerChunk) flush();
  }
  flush();
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

function checkTable(table: Predictions, format: string): void {
  const rows = table.titles.offsets.length - 1;
  const expected = rows * table.labelNames.length;
  if (table.probabilities.length !== expected || table.thresholds.length !== table.labelNames.length) {
    throw new RungError(
      'internal',
      `Writing predictions: expected ${expected} probabilities and ${table.labelNames.length} thresholds, got ${table.probabilities.length} and ${table.thresholds.length}.`,
    );
  }
  if (format === 'xlsx') checkSheetSize(rows + 1, table.labelNames.length + 2);
}

/**
 * Writes predictions as CSV (UTF-8 with mark, CRLF) or XLSX. Cells that would run as formulas are escaped in both; XLSX cuts titles at
 * Excel's 32,767 characters.
 * @throws RungError `file-too-large` for more rows or cells than a sheet holds.
 */
export async function writePredictions(table: Predictions, format: 'csv' | 'xlsx'): Promise<Blob> {
  checkTable(table, format);
  if (format === 'csv') return writeCsv(table);
  return writeWorkbook('Predictions', [60, 30, ...table.labelNames.map(() => 14)], predictionRows(table));
}
