/**
 * Delimited text to records. Written for this project rather than taken from papaparse because of unbalanced quotes: there a stray
 * quote swallows every row up to the next one, here the row is read again with the quote as a letter, the others survive and the row
 * is named. Rows without a quote, nearly all, are split natively.
 */
import type { ParseProblem } from './table.ts';

export interface DelimitedRecords {
  records: string[][];
  /** Record number from 1: the row a spreadsheet would show. */
  rowNumbers: number[];
  problems: ParseProblem[];
}

const quote = '"';
/** A quoted cell longer than this is a lost quote, whatever follows it. */
const longestQuotedLines = 100;

interface Line {
  /** Position after its last character, the line end left out. */
  end: number;
  /** Where the next line starts. */
  next: number;
}

interface Cell {
  value: string;
  /** Position after the cell, on a delimiter or a line end. */
  end: number;
  problem: string | null;
}

class RecordReader {
  private readonly text: string;
  private readonly delimiter: string;
  private readonly newline: string;
  /** Cells of the header; 0 until it is read. */
  private width = 0;

  constructor(text: string, delimiter: string) {
    this.text = text;
    this.delimiter = delimiter;
    // Old Mac files have carriage returns alone.
    this.newline = text.includes('\n') ? '\n' : '\r';
  }

  private lineAt(at: number): Line {
    const found = this.text.indexOf(this.newline, at);
    if (found < 0) return { end: this.text.length, next: this.text.length };
    const carriage = this.newline === '\n' && found > at && this.text[found - 1] === '\r';
    return { end: carriage ? found - 1 : found, next: found + 1 };
  }

  private isCellEnd(at: number): boolean {
    if (at >= this.text.length) return true;
    const next = this.text[at];
    return next === this.delimiter || next === this.newline || (next === '\r' && this.text[at + 1] === '\n');
  }

  /** After a closing quote some writers leave blanks; returns where the cell ends, or -1 when other text follows. */
  private closedAt(at: number): number {
    let end = at;
    while (this.text[end] === ' ') end++;
    return this.isCellEnd(end) ? end : -1;
  }

  /** The cell as plain letters, up to the next delimiter or line end. */
  private literalCell(at: number, lineEnd: number): number {
    const found = this.delimiter === '' ? -1 : this.text.slice(at, lineEnd).indexOf(this.delimiter);
    return found < 0 ? lineEnd : at + found;
  }

  /** Whether a closed cell of several lines is really the rows between two lost quotes: each inner line is a row by its delimiters. */
  private hasSwallowedRows(open: number, close: number): boolean {
    const inner = this.text.slice(open + 1, close).split(this.newline);
    // In a plain list a line is a title; one cell over several lines is far less likely than quotes that were never meant as such.
    if (inner.length > longestQuotedLines || this.delimiter === '') return true;
    if (inner.length < 4 || this.width < 2) return false;
    return inner.slice(1, -1).every((line) => line.split(this.delimiter).length === this.width);
  }

  /** A cell that opens with a quote at `open`. `lineEnd` ends the physical line. */
  private quotedCell(open: number, lineEnd: number): Cell {
    let stray = false;
    let at = open + 1;
    for (;;) {
      const close = this.text.indexOf(quote, at);
      // Text after an inner quote is tolerated on its own line only; across lines the opening quote was the mistake.
      if (close < 0 || (stray && close > lineEnd)) return this.lostQuote(open, lineEnd);
      if (this.text[close + 1] === quote) {
        at = close + 2;
        continue;
      }
      const end = this.closedAt(close + 1);
      if (end >= 0) {
        if (close > lineEnd && this.hasSwallowedRows(open, close)) return this.lostQuote(open, lineEnd);
        const value = this.text.slice(open + 1, close).replaceAll('""', quote);
        return { value, end, problem: stray ? 'has quotes inside a quoted cell; they are kept as letters' : null };
      }
      if (close > lineEnd || this.text[close - 1] === this.delimiter) return this.lostQuote(open, lineEnd);
      stray = true;
      at = close + 1;
    }
  }

  private lostQuote(open: number, lineEnd: number): Cell {
    const end = this.literalCell(open, lineEnd);
    return {
      value: this.text.slice(open, end),
      end,
      problem: 'has a quote that is never closed; it is kept as a letter',
    };
  }

  /** Reads the record at `at`; returns where the next one starts. */
  private record(at: number, cells: string[], notes: string[]): number {
    let position = at;
    let line = this.lineAt(at);
    for (;;) {
      let cellStart = position;
      while (this.text[cellStart] === ' ') cellStart++;
      if (this.text[cellStart] === quote) {
        const cell = this.quotedCell(cellStart, line.end);
        cells.push(cell.value);
        if (cell.problem !== null) notes.push(cell.problem);
        position = cell.end;
        if (position > line.end) line = this.lineAt(position);
      } else {
        const end = this.literalCell(position, line.end);
        cells.push(this.text.slice(position, end));
        position = end;
      }
      if (position >= line.end) return line.next;
      position++;
    }
  }

  read(limit: number): DelimitedRecords {
    const result: DelimitedRecords = { records: [], rowNumbers: [], problems: [] };
    let nextQuote = this.text.indexOf(quote);
    let at = 0;
    while (at < this.text.length && result.records.length < limit) {
      const row = result.records.length + 1;
      const line = this.lineAt(at);
      if (nextQuote >= 0 && nextQuote < at) nextQuote = this.text.indexOf(quote, at);
      let cells: string[] = [];
      if (nextQuote < 0 || nextQuote >= line.end) {
        const content = this.text.slice(at, line.end);
        cells = this.delimiter === '' ? [content] : content.split(this.delimiter);
        at = line.next;
      } else {
        const notes: string[] = [];
        at = this.record(at, cells, notes);
        for (const message of new Set(notes)) result.problems.push({ row, message });
      }
      if (this.width === 0) this.width = cells.length;
      result.records.push(cells);
      result.rowNumbers.push(row);
    }
    return result;
  }
}

/**
 * Splits text into records by RFC 4180, tolerantly. An empty `delimiter` means one cell a line. Rows with more cells than the first
 * are reported; none is lost.
 */
export function parseDelimited(text: string, delimiter: string, limit = Infinity): DelimitedRecords {
  const result = new RecordReader(text, delimiter).read(limit);
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
 * list of titles.
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
