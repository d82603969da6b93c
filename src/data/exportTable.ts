/** Predictions as files for a spreadsheet program. */
import { RungError } from '../shared/errors.ts';
import { unpackStrings, type PackedStrings } from '../shared/strings.ts';
import { csvLines, csvStart, headerCells, predictionCells } from './predictionsCsv.ts';
import { checkSheetSize, writeWorkbook, type SheetCell } from './xlsxWriter.ts';

/** Titles with what was predicted for them; `probabilities` is titles x labels, row-major. */
export interface Predictions {
  titles: PackedStrings;
  labelNames: string[];
  thresholds: number[];
  probabilities: Float32Array<ArrayBuffer>;
}

/** The header, then a row for each title. */
function* predictionRows(table: Predictions): Generator<SheetCell[]> {
  const { labelNames, thresholds, probabilities } = table;
  yield headerCells(labelNames);
  const titles = unpackStrings(table.titles);
  for (let row = 0; row < titles.length; row++) {
    yield predictionCells(titles[row], labelNames, thresholds, probabilities, row * labelNames.length);
  }
}

const rowsPerChunk = 5000;

function writeCsv(table: Predictions): Blob {
  const parts = [csvStart];
  let rows: SheetCell[][] = [];
  const flush = (): void => {
    parts.push(csvLines(rows));
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
