/** The user's table with the corrected labels in it: label cells of changed rows are written anew, every other cell is as it was read. */
import Papa from 'papaparse';
import type { LabelLayout } from '../shared/dataset.ts';
import { isMissing, labelKey } from '../shared/labelNames.ts';
import { collapseSpaces } from '../shared/strings.ts';
import { indicatorValue, layoutColumns } from './labels.ts';
import type { Table } from './table.ts';
import { checkSheetSize, writeWorkbook } from './xlsxWriter.ts';

/** Row positions -> the labels they carry from now on. */
export type ChangedRows = ReadonlyMap<number, readonly string[]>;

/** The cells of the columns that hold labels, by column; those of unchanged rows are the file's own. */
export function correctedCells(table: Table, layout: LabelLayout, changed: ChangedRows): Map<number, string[]> {
  const columns = layoutColumns(layout);
  const cells = new Map(columns.map((column) => [column, [...table.cells[column]]]));
  const write = (column: number, row: number, text: string): void => {
    const own = cells.get(column);
    if (own) own[row] = text;
  };
  if (layout.kind === 'indicators') {
    const words = new Map(columns.map((column) => [column, indicatorWords(table.cells[column])]));
    for (const [row, labels] of changed) {
      for (const column of columns) {
        const holds = labels.includes(table.columns[column]);
        const before = indicatorValue(table.cells[column][row]) === 1;
        if (holds !== before) write(column, row, words.get(column)?.[holds ? 'yes' : 'no'] ?? '');
      }
    }
    return cells;
  }
  for (const [row, labels] of changed) {
    if (layout.kind === 'separated') write(layout.column, row, labels.join(joiner(layout.separator)));
    else writeSeveral(table, layout.columns, row, labels, write);
  }
  return cells;
}

const same = (a: string, b: string): boolean => labelKey(a) === labelKey(b);

/** A label that stays keeps its column, new ones fill the free columns from the left. */
function writeSeveral(
  table: Table,
  columns: readonly number[],
  row: number,
  labels: readonly string[],
  write: (column: number, row: number, text: string) => void,
): void {
  const here = columns.map((column) => ({ column, label: collapseSpaces(table.cells[column][row]) }));
  const left = labels.filter((label) => !here.some((cell) => same(cell.label, label)));
  for (const { column, label } of here) {
    if (labels.some((other) => same(other, label))) continue;
    const next = left.shift();
    if (next !== undefined) write(column, row, next);
    else if (!isMissing(label)) write(column, row, '');
  }
}

/** What stands between labels in a cell: "a; b" reads better than "a;b", and both are read the same. */
function joiner(separator: string): string {
  return /^[,;]$/.test(separator) ? `${separator} ` : separator;
}

function mostFrequent(of: Map<string, number>, fallback: string): string {
  return [...of].reduce<[string, number]>((best, entry) => (entry[1] > best[1] ? entry : best), [fallback, 0])[0];
}

/** How a column of 0 and 1 writes them: its own most frequent words. */
function indicatorWords(cells: readonly string[]): { yes: string; no: string } {
  const counts = { yes: new Map<string, number>(), no: new Map<string, number>() };
  for (const cell of cells) {
    const of = indicatorValue(cell) === 1 ? counts.yes : counts.no;
    of.set(cell, (of.get(cell) ?? 0) + 1);
  }
  return { yes: mostFrequent(counts.yes, '1'), no: mostFrequent(counts.no, '0') };
}

function* tableRows(table: Table, cells: ReadonlyMap<number, string[]>): Generator<string[]> {
  if (table.source.header !== false) yield table.columns;
  for (let row = 0; row < table.rowCount; row++) {
    yield table.columns.map((_, column) => (cells.get(column) ?? table.cells[column])[row]);
  }
}

const rowsPerChunk = 5000;

/**
 * The table as CSV (UTF-8 with mark, CRLF) or XLSX. Cells are the user's own and are written as they are; in XLSX text never runs.
 * @throws RungError `file-too-large` for more rows or cells than a sheet holds
 */
export async function writeCorrectedTable(
  table: Table,
  layout: LabelLayout,
  changed: ChangedRows,
  format: 'csv' | 'xlsx',
): Promise<Blob> {
  const cells = correctedCells(table, layout, changed);
  if (format === 'xlsx') {
    checkSheetSize(table.rowCount + 1, table.columns.length);
    const widths = table.columns.map((name) => Math.min(60, Math.max(14, name.length + 2)));
    return writeWorkbook('Corrected', widths, tableRows(table, cells));
  }
  // Excel takes a file without the mark for Windows-1252.
  const parts: string[] = ['\ufeff'];
  let rows: string[][] = [];
  const flush = (): void => {
    if (rows.length > 0) parts.push(`${Papa.unparse(rows, { newline: '\r\n' })}\r\n`);
    rows = [];
  };
  for (const row of tableRows(table, cells)) if (rows.push(row) === rowsPerChunk) flush();
  flush();
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}
