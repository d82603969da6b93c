/** One sheet as .xlsx through write-excel-file: 200,000 rows of 8 columns take about 20 seconds, as every cell becomes an object. */
import writeExcelFile, { type Cell, type SheetData } from 'write-excel-file/universal';
import { RungError } from '../shared/errors.ts';

/** A bigint is a whole number: a count, or the number of a row. */
export type SheetCell = string | number | bigint;

/** Excel refuses files with longer cells, and sheets with more rows. */
const longestCell = 32_767;
const mostSheetRows = 1_048_576;
/** The library holds the sheet as one string, of at most about 536 million letters; a cell takes 50 to 80. */
const mostSheetCells = 5_000_000;

/** What XML 1.0 forbids or discourages, and the carriage return that its parsers turn into a line feed. */
const unwritable = /[^\P{Cc}\t\n]|[\ufdd0-\ufdef\ufffd-\uffff]|\p{Cs}/gu;

function excelEscape(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}

/**
 * Text that the library writes whole. It drops what XML forbids, where Excel writes `_x0007_` (and so keeps a literal `_x0007_` apart),
 * and it looks strings up in a plain object, where "constructor" would be found before it was put in.
 */
function writable(text: string): string {
  const cut = text.length > longestCell ? `${text.slice(0, longestCell - 1)}\u2026` : text;
  if (cut in {}) return excelEscape(cut) + cut.slice(1);
  return cut.replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_').replace(unwritable, excelEscape);
}

function sheetCell(cell: SheetCell, header: boolean): Cell {
  if (typeof cell === 'bigint') return { value: Number(cell), type: Number, format: '0' };
  if (typeof cell === 'number') return { value: cell, type: Number, format: '0.000000' };
  const value = { value: writable(cell), type: String };
  return header ? { ...value, fontWeight: 'bold' } : value;
}

/** @throws RungError `file-too-large` when a sheet of that size cannot be written. */
export function checkSheetSize(rows: number, columns: number): void {
  if (rows <= mostSheetRows && rows * columns <= mostSheetCells) return;
  const most = rows > mostSheetRows ? `${mostSheetRows} rows` : `${mostSheetCells} cells`;
  throw new RungError(
    'file-too-large',
    `Writing predictions: an Excel sheet can have ${most}, this one would have ${rows} rows of ${columns} cells.`,
    'Download them as CSV instead.',
  );
}

/**
 * Writes a workbook with one sheet. The first row is the header: bold and frozen. Numbers get six decimals; text never becomes a formula.
 * @param widths width of each column in characters
 */
export async function writeWorkbook(
  sheetName: string,
  widths: readonly number[],
  rows: Iterable<readonly SheetCell[]>,
): Promise<Blob> {
  const data: SheetData = [];
  for (const row of rows) data.push(row.map((cell) => sheetCell(cell, data.length === 0)));
  const columns = widths.map((width) => ({ width }));
  return writeExcelFile(data, { sheet: sheetName, stickyRowsCount: 1, columns }).toBlob();
}
