/**
 * Text tables too large to hold: what they are is told from their beginning, then they are read from end to end in blocks of whole
 * records. A block is what `parseDelimited` reads, so that quotes, blanks and line ends mean what they mean in a small file.
 */
import { RungError } from '../shared/errors.ts';
import type { StreamedTable } from '../shared/streamedFile.ts';
import { looksLikeZip } from '../shared/zip.ts';
import { longestQuotedLines, parseDelimited } from './delimited.ts';
import { encodingOf } from './encoding.ts';
import { piecesOf } from './pieces.ts';
import { readFile } from './readFile.ts';
import { recogniseRoles } from './roles.ts';
import { isRepeat } from './table.ts';

/** What is looked at to tell delimiter, header and columns. */
const headBytes = 1 << 20;
/** Letters of a block, or a few more. */
const blockLetters = 1 << 20;
/** No record is this long: a file without line ends is cut here, so that it does not fill the memory. */
const longestRecord = 16 << 20;

/**
 * @throws RungError as `readFile` does for what its beginning shows, `file-unsupported` for a workbook.
 */
export async function describeTextTable(file: File): Promise<StreamedTable> {
  const head = await bytesOf(file, headBytes);
  if (looksLikeZip(head)) {
    const message = `Reading ${file.name}: expected a text table, found an Excel workbook.`;
    throw new RungError('file-unsupported', message, 'Give it a name that ends in .xlsx and drop it again.');
  }
  const encoding = await encodingOf(file, head);
  const start = new File(
    [head.subarray(0, file.size > headBytes ? lastLineEnd(head, encoding) : head.length)],
    file.name,
  );
  const table = await readFile(start, { encoding }, () => undefined);
  const { delimiter = '', header = false } = table.source;
  const firstRow = table.rowNumbers[0];
  return {
    name: file.name,
    bytes: file.size,
    encoding,
    delimiter,
    columns: table.columns,
    titleColumn: recogniseRoles(table).title ?? 0,
    firstRow,
    hasHeader: header,
  };
}

async function bytesOf(file: File, count: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(0, count).arrayBuffer());
  } catch (thrown) {
    throw unreadable(file, 0, thrown);
  }
}

function unreadable(file: File, at: number, cause: unknown): RungError {
  return new RungError(
    'file-corrupt',
    `Reading ${file.name}: the browser could not read on at byte ${at} of ${file.size}.`,
    'It may have been moved, changed or locked by another program since it was dropped. Close that program and drop it again.',
    { cause },
  );
}

/** Behind the last line end; all where there is none. */
function lastLineEnd(bytes: Uint8Array, encoding: string): number {
  const wide = encoding.startsWith('utf-16');
  const low = encoding === 'utf-16be' ? 1 : 0;
  for (let at = bytes.length - 1; at >= 0; at--) {
    if (bytes[at] !== 10) continue;
    if (!wide) return at + 1;
    if (at % 2 === low && bytes[at ^ 1] === 0) return (at | 1) + 1;
  }
  return bytes.length;
}

/** Titles of some rows. */
export interface TitleBlock {
  titles: string[];
  /** Of the file, read when the block was complete. */
  bytes: number;
}

/**
 * The cells of one column, block by block; rows without any text and repeated headers are left out, as in a small file. It reads on
 * only when asked for the next block.
 * @throws RungError `file-corrupt` when the file cannot be read on.
 */
export async function* titleBlocks(
  file: File,
  table: StreamedTable,
  column: number,
  letters = blockLetters,
): AsyncGenerator<TitleBlock> {
  let number = 0;
  let header: string[] | null = null;
  for await (const { text, bytes } of textBlocks(file, table, letters)) {
    const titles: string[] = [];
    for (const record of parseDelimited(text, table.delimiter).records) {
      number++;
      if (number < table.firstRow) {
        // The last row with text above the data is the header.
        if (table.hasHeader && record.some((cell) => cell.trim() !== '')) header = record;
        continue;
      }
      if (record.every((cell) => cell.trim() === '') || (header && isRepeat(record, header))) continue;
      titles.push(record[column] ?? '');
    }
    yield { titles, bytes };
  }
}

async function* textBlocks(
  file: File,
  { encoding, delimiter }: StreamedTable,
  letters: number,
): AsyncGenerator<{ text: string; bytes: number }> {
  const decoder = new TextDecoder(encoding);
  let [held, bytes] = ['', 0];
  try {
    for await (const piece of piecesOf(file)) {
      bytes += piece.length;
      held += decoder.decode(piece, { stream: true });
      if (held.length < letters) continue;
      const end = endOfRecords(held, delimiter);
      if (end > 0 || held.length > longestRecord) {
        const cut = end > 0 ? end : held.length;
        yield { text: held.slice(0, cut), bytes };
        held = held.slice(cut);
      }
    }
  } catch (thrown) {
    throw thrown instanceof RungError ? thrown : unreadable(file, bytes, thrown);
  }
  held += decoder.decode();
  if (held !== '') yield { text: held, bytes };
}

/**
 * Behind the last record that is whole; 0 where none is. `text` begins with a record. A line end inside a quoted cell ends no record,
 * unless the cell has more lines than any cell has: then its quote was a letter.
 */
export function endOfRecords(text: string, delimiter: string): number {
  const newline = text.includes('\n') ? '\n' : '\r';
  // In a plain list a line is a title, whatever quotes are in it.
  if (delimiter === '' || !text.includes('"')) return text.lastIndexOf(newline) + 1;
  let end = 0;
  let at = 0;
  while (at < text.length) {
    const opened = nextOpening(text, at, delimiter, newline);
    const plainEnd = opened < 0 ? text.length : opened;
    end = Math.max(end, text.lastIndexOf(newline, plainEnd - 1) + 1);
    if (opened < 0) return end;
    const closed = closingQuote(text, opened, delimiter, newline);
    if (closed === null) return end;
    at = closed + 1;
  }
  return end;
}

/** The next quote that begins a cell; -1 where there is none. */
function nextOpening(text: string, from: number, delimiter: string, newline: string): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    const before = at === 0 ? newline : text[at - 1];
    if (before === newline || before === delimiter) return at;
  }
  return -1;
}

/** Where a quoted cell ends; the opening quote itself when it was a letter; null when that cannot be told yet. */
function closingQuote(text: string, opened: number, delimiter: string, newline: string): number | null {
  let line = opened;
  for (let lines = 0; lines <= longestQuotedLines; lines++) {
    const lineEnd = text.indexOf(newline, line + 1);
    const stop = lineEnd < 0 ? text.length : lineEnd;
    for (let at = text.indexOf('"', Math.max(line, opened + 1)); at >= 0 && at < stop; at = text.indexOf('"', at + 1)) {
      const next = text[at + 1];
      if (next === '"') at++;
      else if (next === undefined || next === newline || next === '\r' || next === delimiter) return at;
    }
    if (lineEnd < 0) return null;
    line = lineEnd;
  }
  return opened;
}
