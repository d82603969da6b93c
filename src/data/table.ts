/**
 * What every reader produces and everything after it works on. Cells stand column by column in plain arrays, never in objects keyed
 * by header, so that a column named `__proto__`, no name, or the same name twice is a column like any other.
 */
import { RungError } from '../shared/errors.ts';
import type { SourceInfo } from '../shared/dataset.ts';
import { isHeaderWord } from './headerWords.ts';
import { collapseSpaces } from '../shared/strings.ts';

/** Something in the file that could not be read as written. */
export interface ParseProblem {
  /** Row number as a spreadsheet shows it. */
  row: number;
  message: string;
}

/** A file as records: `records[i]` stands in row `rowNumbers[i]`; records may differ in length. */
export interface RawTable {
  source: SourceInfo;
  records: string[][];
  rowNumbers: number[];
  problems: ParseProblem[];
}

interface NumberedRecord {
  row: number;
  record: string[];
}

/** A table with its header apart. */
export interface Table {
  source: SourceInfo;
  /** Unique, never empty. */
  columns: string[];
  /** `cells[column][row]`; an absent cell is ''. */
  cells: string[][];
  rowCount: number;
  /** Row number of each data row as a spreadsheet shows it. */
  rowNumbers: Uint32Array<ArrayBuffer>;
  problems: ParseProblem[];
}

/** Header cells as unique names: "Title", "Title (2)", "Column 3" for an empty one. */
export function uniqueHeaders(cells: readonly string[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell, index) => {
    const name = collapseSpaces(cell).slice(0, 200) || `Column ${index + 1}`;
    let unique = name;
    for (let copy = 2; taken.has(unique); copy++) unique = `${name} (${copy})`;
    taken.add(unique);
    return unique;
  });
}

const numberCell = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)%?$/;
const searchDepth = 10;

function filledCells(record: readonly string[]): number {
  let filled = 0;
  for (const cell of record) if (cell.trim() !== '') filled++;
  return filled;
}

/** Whether most rows from `start` on have more than one cell filled: a stray note beside a list does not make a table. */
function isWide(records: readonly string[][], start: number): boolean {
  const next = records.slice(start, start + 20);
  return next.filter((record) => filledCells(record) > 1).length > next.length / 2;
}

/** Index of the first record that can be a header or data: lines of a caption above a wider table are stepped over. */
function firstTableRecord(records: readonly string[][]): number {
  const limit = Math.min(searchDepth, records.length);
  for (let i = 0; i < limit; i++) {
    if (records[i].some(isHeaderWord)) return i;
    if (filledCells(records[i]) > 1 && isWide(records, i)) return i;
  }
  return 0;
}

function sameRecord(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((cell, column) => cell === b[column]);
}

/**
 * Whether a cell of `head` comes back below it in the same column, in a row that is not the whole header over again. A word that names
 * columns must do so three times: "Position" may well stand once among the titles.
 */
function comesBackBelow(head: readonly string[], below: readonly string[][]): boolean {
  return head.some((cell, column) => {
    const value = cell.trim();
    if (value === '') return false;
    let left = isHeaderWord(cell) ? 3 : 1;
    return below.some((record) => record[column]?.trim() === value && !sameRecord(record, head) && --left === 0);
  });
}

/**
 * Whether `first` holds data rather than column names: one of its cells comes back below, as labels do, it has a number in it, or the
 * table is a plain list. A word that names columns ("Title", "Level") outweighs the number and the list.
 */
function isDataRecord(records: readonly string[][], first: number): boolean {
  const head = records[first];
  const below = records.slice(first + 1);
  if (comesBackBelow(head, below)) return true;
  if (head.some(isHeaderWord)) return false;
  const isList = filledCells(head) === 1 && !isWide(records, first + 1);
  return isList || head.some((cell) => numberCell.test(cell.trim()));
}

/** Rows that are text but no data: captions above the header, and the header over again in files that were joined. */
function leftOut(
  rows: readonly NumberedRecord[],
  header: NumberedRecord | null,
  first: number,
  guessed: boolean,
): ParseProblem[] {
  const captions = rows.slice(0, first).map(({ row, record }) => {
    return { row, message: `stands above the table and is left out: "${record.join(' ').trim().slice(0, 80)}"` };
  });
  if (header === null) {
    if (!guessed) return captions;
    return [
      ...captions,
      { row: rows[first].row, message: 'is read as data, as no row of column names stands above it' },
    ];
  }
  const repeats = rows.slice(first + 1).filter(({ record }) => isRepeat(record, header.record));
  return [...captions, ...repeats.map(({ row }) => ({ row, message: 'repeats the header and is left out' }))];
}

/** Whether a row says the header again, as in tables that were pasted together. */
export function isRepeat(record: readonly string[], header: readonly string[]): boolean {
  return filledCells(header) > 1 && sameRecord(record, header);
}

/**
 * Finds the header, drops rows without any text and turns the records into columns. Rows longer than the header get columns of their
 * own, so no cell is lost.
 * @param hasHeader whether the first row of the table holds column names; guessed when left out
 * @throws RungError `no-rows` when nothing stands below the header.
 */
export function tableFromRecords(raw: RawTable, hasHeader?: boolean): Table {
  const rows: NumberedRecord[] = [];
  raw.records.forEach((record, i) => {
    if (record.some((cell) => cell.trim() !== '')) rows.push({ row: raw.rowNumbers[i], record });
  });
  if (rows.length === 0) throw noRows(raw.source.name, 'only blank cells');

  const records = rows.map(({ record }) => record);
  const first = firstTableRecord(records);
  const header = (hasHeader ?? !isDataRecord(records, first)) ? rows[first] : null;
  const data =
    header === null
      ? rows.slice(first)
      : rows.slice(first + 1).filter(({ record }) => !isRepeat(record, header.record));
  if (data.length === 0) throw noRows(raw.source.name, 'a header and nothing below it');

  // Spreading a hundred thousand rows into Math.max would overflow the stack.
  let width = header === null ? 0 : lastFilled(header.record) + 1;
  for (const { record } of data) width = Math.max(width, lastFilled(record) + 1);
  const columnNumbers = Array.from({ length: width }, (_, column) => column);
  return {
    source: { ...raw.source, header: header !== null },
    columns: uniqueHeaders(columnNumbers.map((column) => header?.record[column] ?? '')),
    cells: columnNumbers.map((column) => data.map(({ record }) => record[column] ?? '')),
    rowCount: data.length,
    rowNumbers: Uint32Array.from(data, ({ row }) => row),
    problems: [...leftOut(rows, header, first, hasHeader === undefined), ...raw.problems],
  };
}

function lastFilled(record: readonly string[]): number {
  let last = record.length - 1;
  while (last >= 0 && record[last].trim() === '') last--;
  return last;
}

function noRows(name: string, found: string): RungError {
  return new RungError(
    'no-rows',
    `Reading ${name}: expected a header and rows below it, found ${found}.`,
    'Choose a file, or a sheet of the workbook, that has job titles below a header row.',
  );
}
