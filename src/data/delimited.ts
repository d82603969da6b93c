/**
 * Delimited text to records through papaparse. Its one weakness here is a quote that was never meant as one: it swallows every row up to
 * the next quote. Such a cell is read again with the quote as a letter and papaparse goes on behind it, so that the other rows survive.
 */
import Papa, { type ParseError, type ParseStepResult } from 'papaparse';
import type { ParseProblem } from './table.ts';

export interface DelimitedRecords {
  records: string[][];
  /** Record number from 1: the row a spreadsheet would show. */
  rowNumbers: number[];
  problems: ParseProblem[];
}

const quote = '"';
/** A quoted cell longer than this is a lost quote, whatever follows it. */
export const longestQuotedLines = 100;
/** Telling which of them is the lost one takes a look at the row for each. */
const mostErrorsInRow = 20;
/** Each lost quote may cost a look at all that follows. After so many letters in vain, seconds, the rest is read without quotes. */
const mostLettersInVain = 300_000_000;
/** What papaparse's note of one malformed quote costs, in letters. */
const lettersPerError = 100;

const neverClosed = 'has a quote that is never closed; it is kept as a letter';
const quotesInside = 'has quotes inside a quoted cell; they are kept as letters';
const withoutQuotes = 'and all below it are read with quotes as letters, as too many quotes above it are never closed';

class RecordReader {
  readonly records: string[][] = [];
  readonly problems: ParseProblem[] = [];
  private readonly text: string;
  private readonly delimiter: string;
  private readonly isList: boolean;
  private readonly newline: '\n' | '\r';
  private readonly limit: number;
  /** Cells and notes of the record that is being read, up to a lost quote in it. */
  private carried: string[] = [];
  private notes = new Set<string>();
  private lettersInVain = 0;

  constructor(text: string, delimiter: string, limit: number) {
    // Old Mac files have carriage returns alone.
    this.newline = text.includes('\n') ? '\n' : '\r';
    // A closing quote at the very end would need its own treatment, blanks behind it too.
    this.text = text === '' || text.endsWith(this.newline) ? text : text + this.newline;
    this.isList = delimiter === '';
    this.delimiter = this.isList ? absentLetter(text) : delimiter;
    this.limit = limit;
  }

  read(): void {
    if (!this.text.includes(quote)) return this.readWithoutQuotes(0);
    let at = 0;
    while (at < this.text.length && this.records.length < this.limit) {
      if (this.lettersInVain > mostLettersInVain) {
        this.notes.add(withoutQuotes);
        return this.readWithoutQuotes(at);
      }
      at = this.readUntilLost(at);
    }
  }

  private push(cells: string[]): void {
    const record = this.carried.length > 0 ? [...this.carried, ...cells] : cells;
    const last = record.length - 1;
    if (this.newline === '\n' && record[last].endsWith('\r')) record[last] = record[last].slice(0, -1);
    this.records.push(record);
    for (const message of this.notes) this.problems.push({ row: this.records.length, message });
    this.carried = [];
    this.notes.clear();
  }

  private readWithoutQuotes(at: number): void {
    const { delimiter, newline } = this;
    const preview = Number.isFinite(this.limit) ? this.limit - this.records.length : 0;
    const { data, meta } = Papa.parse<string[]>(this.text.slice(at), { delimiter, newline, fastMode: true, preview });
    // What follows the last line end is no row.
    if (!meta.truncated) data.pop();
    for (const cells of data) this.push(cells);
  }

  /** Reads from `at`, where a record or the rest of one begins, to the end or behind the first lost quote; returns where to go on. */
  private readUntilLost(at: number): number {
    const { text, delimiter, newline } = this;
    // Papaparse drops a byte order mark wherever it is told to begin.
    const start = text.startsWith('\ufeff', at) ? at + 1 : at;
    let rowStart = start;
    let next = text.length;
    const step = ({ data, errors, meta }: ParseStepResult<string[]>, parser: Pick<Papa.Parser, 'abort'>): void => {
      if (rowStart >= text.length) return;
      const end = start + meta.cursor;
      const lost = this.lostQuote(data, errors, start, rowStart, end);
      if (lost >= 0) {
        this.lettersInVain += end - rowStart + errors.length * lettersPerError;
        next = this.readLiterally(rowStart, lost);
        parser.abort();
        return;
      }
      if (errors.length > 0) this.notes.add(quotesInside);
      this.push(data);
      rowStart = end;
      if (this.records.length >= this.limit) parser.abort();
    };
    Papa.parse<string[]>(text.slice(start), { delimiter, newline, step });
    return next;
  }

  /** Cells between the start of a row and one of its quotes. */
  private cellsBefore(rowStart: number, quoteAt: number): string[] {
    if (rowStart === quoteAt) return [];
    const { delimiter, newline } = this;
    return Papa.parse<string[]>(this.text.slice(rowStart, quoteAt), { delimiter, newline }).data[0].slice(0, -1);
  }

  /** Position of the quote in this row that was no quote, or -1. */
  private lostQuote(
    cells: string[],
    errors: readonly ParseError[],
    start: number,
    rowStart: number,
    end: number,
  ): number {
    // Text after an inner quote is tolerated within one line and one cell; across them the opening quote was the mistake.
    const tooFar = (cell: string): boolean => cell.includes(this.newline) || cell.includes(this.delimiter + quote);
    const opened = new Set(errors.map(({ index }) => start + (index ?? 1) - 1));
    if (opened.size > 0 && cells.some(tooFar)) {
      for (const quoteAt of opened) {
        if (opened.size > mostErrorsInRow || tooFar(cells[this.cellsBefore(rowStart, quoteAt).length] ?? ''))
          return quoteAt;
      }
    }
    if (this.text.indexOf(this.newline, rowStart) === end - 1) return -1;
    const swallower = cells.find((cell) => cell.includes(this.newline) && this.hasSwallowedRows(cell));
    if (swallower === undefined) return -1;
    return this.text.indexOf(quote + swallower.replaceAll(quote, '""'), rowStart);
  }

  /** Whether a cell of several lines is really the rows between two lost quotes: each inner line is a row by its delimiters. */
  private hasSwallowedRows(cell: string): boolean {
    const lines = cell.split(this.newline);
    // In a plain list a line is a title; one cell over several lines is far less likely than quotes that were never meant as such.
    if (lines.length > longestQuotedLines || this.isList) return true;
    const width = this.records[0]?.length ?? 0;
    if (lines.length < 4 || width < 2) return false;
    return lines.slice(1, -1).every((line) => line.split(this.delimiter).length === width);
  }

  /** Reads the cell that begins with a lost quote up to the next delimiter or line end; returns where to go on. */
  private readLiterally(rowStart: number, quoteAt: number): number {
    const lineEnd = this.text.indexOf(this.newline, quoteAt);
    const cells = this.text.slice(quoteAt, lineEnd).split(this.delimiter, 1);
    const before = this.cellsBefore(rowStart, quoteAt);
    this.notes.add(neverClosed);
    const next = quoteAt + cells[0].length + 1;
    if (next > lineEnd) this.push([...before, ...cells]);
    else this.carried.push(...before, ...cells);
    return next;
  }
}

/** A private-use letter that does not occur: papaparse wants a delimiter, a plain list has none. */
function absentLetter(text: string): string {
  let code = 0xe000;
  while (text.includes(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

/**
 * Splits text into records by RFC 4180, tolerantly. An empty `delimiter` means one cell a line. Rows with more cells than the first
 * are reported; none is lost.
 */
export function parseDelimited(text: string, delimiter: string, limit = Infinity): DelimitedRecords {
  const reader = new RecordReader(text, delimiter, limit);
  reader.read();
  const { records, problems } = reader;
  const result = { records, rowNumbers: records.map((_, i) => i + 1), problems };
  const width = result.records[0]?.length ?? 0;
  result.records.forEach((record, i) => {
    const extra = record.slice(width).filter((cell) => cell.trim() !== '').length;
    if (extra > 0 && width > 1) {
      result.problems.push({
        row: result.rowNumbers[i],
        message: `has ${record.length} cells where the first row has ${width}: is a delimiter inside a cell not quoted?`,
      });
    }
  });
  result.problems.sort((a, b) => a.row - b.row);
  return result;
}

export const delimiters = [',', '\t', ';', '|'] as const;

interface DelimiterScore {
  delimiter: string;
  /** Share of the rows that have the most frequent number of cells. */
  regular: number;
  /** Share of the rows that are split at all. */
  split: number;
  width: number;
}

function scoreDelimiter(sample: string, delimiter: string): DelimiterScore {
  const { records } = parseDelimited(sample, delimiter, 400);
  const rows = records.filter((record) => record.some((cell) => cell.trim() !== ''));
  const counts = new Map<number, number>();
  for (const record of rows) counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
  const [width, regularRows] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0]);
  const splitRows = rows.filter((record) => record.length > 1).length;
  const total = Math.max(1, rows.length);
  return { delimiter, regular: regularRows / total, split: splitRows / total, width };
}

/**
 * Guesses the delimiter from the first rows: the one that splits nearly every row, most regularly. Empty when none does, as in a plain
 * list of titles. Papaparse's own guess looks at ten rows and has no answer for such a list: commas in a few titles make it a table.
 */
export function guessDelimiter(text: string): string {
  const sample = text.slice(0, 200_000);
  const scores = delimiters
    .map((delimiter) => scoreDelimiter(sample, delimiter))
    .filter((score) => score.width > 1 && score.split >= 0.9);
  if (scores.length === 0) return '';
  return scores.reduce((best, score) => {
    if (Math.abs(score.regular - best.regular) > 0.02) return score.regular > best.regular ? score : best;
    return score.width > best.width ? score : best;
  }).delimiter;
}
