/** Any dropped file to a table: the format is told by the first bytes, never by the name. */
import { RungError } from '../shared/errors.ts';
import type { SourceInfo } from '../shared/dataset.ts';
import { looksLikeZip } from '../shared/zip.ts';
import { guessDelimiter, parseDelimited } from './delimited.ts';
import { decodeText } from './encoding.ts';
import { isHeaderWord } from './headerWords.ts';
import { tableFromRecords, type ParseProblem, type Table } from './table.ts';
import { chooseSheet, readWorkbook } from './workbook.ts';

export interface ReadOptions {
  sheet?: string;
  encoding?: string;
  delimiter?: string;
  /** Whether the first row of the table holds column names; guessed when left out. */
  header?: boolean;
}

/** `fraction` is null where it cannot be told. */
export type Progress = (message: string, fraction: number | null) => void;

/** Larger files are refused before they are read into memory. */
const largestFile = 1_000_000_000;

interface Signature {
  bytes: string;
  found: string;
  hint: string;
}

const saveAgain = 'Open it in its own program and save the table as .xlsx or CSV.';
const spreadsheetHint = 'Choose an Excel workbook (.xlsx) or a text table (.csv, .tsv).';

/** Magic bytes, as Latin-1, of what people drop by mistake. */
const foreignSignatures: Signature[] = [
  { bytes: '%PDF', found: 'a PDF', hint: 'Export the table from where the PDF was made, as .xlsx or CSV.' },
  { bytes: '\x89PNG', found: 'a PNG picture', hint: spreadsheetHint },
  { bytes: '\xff\xd8\xff', found: 'a JPEG picture', hint: spreadsheetHint },
  { bytes: 'GIF8', found: 'a GIF picture', hint: spreadsheetHint },
  { bytes: '\x1f\x8b', found: 'a gzip archive', hint: 'Unpack it and drop the file that is inside.' },
  { bytes: 'Rar!', found: 'a RAR archive', hint: 'Unpack it and drop the file that is inside.' },
  { bytes: '7z\xbc\xaf', found: 'a 7-Zip archive', hint: 'Unpack it and drop the file that is inside.' },
  { bytes: 'PAR1', found: 'a Parquet file', hint: 'Convert it to CSV.' },
  { bytes: 'SQLite format 3', found: 'an SQLite database', hint: 'Export the table as CSV.' },
  { bytes: '{\\rtf', found: 'a rich text document', hint: saveAgain },
];

function unsupported(name: string, found: string, hint: string): RungError {
  return new RungError(
    'file-unsupported',
    `Reading ${name}: expected an Excel workbook or a text table, found ${found}.`,
    hint,
  );
}

function latin1(bytes: Uint8Array, length: number): string {
  return String.fromCharCode(...bytes.subarray(0, length));
}

/** Whether `text` stands anywhere in the bytes as UTF-16LE: so names of streams stand in an OLE file. */
function includesUtf16(bytes: Uint8Array, text: string): boolean {
  const needle = Uint8Array.from({ length: text.length * 2 }, (_, i) => (i % 2 === 0 ? text.charCodeAt(i / 2) : 0));
  for (let at = bytes.indexOf(needle[0]); at >= 0; at = bytes.indexOf(needle[0], at + 1)) {
    if (needle.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/** OLE compound files (MS-CFB): an old .xls, or a new workbook encrypted with a password (MS-OFFCRYPTO). */
function oleError(bytes: Uint8Array, name: string): RungError {
  if (includesUtf16(bytes, 'EncryptedPackage')) {
    return new RungError(
      'file-encrypted',
      `Reading ${name}: the workbook is protected by a password.`,
      'Open it in Excel, remove the password (File, Info, Protect Workbook, Encrypt with Password), save it and drop it again.',
    );
  }
  return unsupported(
    name,
    'an Excel 97-2003 workbook (.xls) or another old Office file',
    'Open it in Excel and save it as .xlsx or CSV.',
  );
}

/** Text that is no table: web pages saved as .xls, XML, and bytes that are no text at all. */
function textError(text: string, name: string): RungError | null {
  const head = text.slice(0, 4096);
  const start = head.trimStart().slice(0, 200).toLowerCase();
  if (/^<(!doctype html|html|table|meta|head|style)\b/.test(start)) {
    return unsupported(
      name,
      'a web page',
      'Open it in Excel and save it as .xlsx or CSV, or copy the table and paste it here.',
    );
  }
  if (start.startsWith('<?xml')) return unsupported(name, 'an XML file', saveAgain);
  let controls = 0;
  for (let i = 0; i < head.length; i++) {
    const code = head.charCodeAt(i);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 0xfffd) controls++;
  }
  return controls > 2 && controls > 0.1 * head.length
    ? unsupported(name, 'bytes that are no text', spreadsheetHint)
    : null;
}

interface TextSource {
  name: string;
  bytes: number;
  format: 'delimited' | 'pasted';
  encoding?: SourceInfo['encoding'];
  delimiter: string;
}

function tableFromText(text: string, source: TextSource, problems: ParseProblem[], header?: boolean): Table {
  const parsed = parseDelimited(text, source.delimiter);
  return tableFromRecords(
    {
      source,
      records: parsed.records,
      rowNumbers: parsed.rowNumbers,
      problems: [...problems, ...parsed.problems],
    },
    header,
  );
}

async function readWorkbookTable(bytes: Uint8Array<ArrayBuffer>, name: string, options: ReadOptions): Promise<Table> {
  const sheets = await readWorkbook(bytes, name);
  const chosen = chooseSheet(sheets, options.sheet, name);
  const source: SourceInfo = {
    name,
    bytes: bytes.length,
    format: 'xlsx',
    sheets: sheets.map((sheet) => ({ name: sheet.name, rows: sheet.rows, columns: sheet.columns })),
    sheet: chosen.name,
  };
  const rowNumbers = chosen.records.map((_, i) => i + 1);
  return tableFromRecords({ source, records: chosen.records, rowNumbers, problems: [] }, options.header);
}

/**
 * Reads a dropped file.
 * @throws RungError `file-empty`, `file-too-large`, `file-unsupported`, `file-encrypted`, `file-corrupt`, `no-rows`.
 */
export async function readFile(file: File, options: ReadOptions, onProgress: Progress): Promise<Table> {
  if (file.size === 0) {
    throw new RungError(
      'file-empty',
      `Reading ${file.name}: expected a table, but the file is empty (0 bytes).`,
      'Choose another file.',
    );
  }
  if (file.size > largestFile) {
    throw new RungError(
      'file-too-large',
      `Reading ${file.name}: files up to ${largestFile / 1e6} MB can be read, this one has ${Math.round(file.size / 1e6)} MB.`,
      'Keep only the columns with titles and labels, or split the file.',
    );
  }
  onProgress('Reading the file', null);
  const bytes = await readBytes(file);
  const start = latin1(bytes, 16);
  const foreign = foreignSignatures.find((signature) => start.startsWith(signature.bytes));
  if (foreign !== undefined) throw unsupported(file.name, foreign.found, foreign.hint);
  if (start.startsWith('\xd0\xcf\x11\xe0')) throw oleError(bytes, file.name);
  if (looksLikeZip(bytes)) {
    onProgress('Reading the workbook', null);
    return readWorkbookTable(bytes, file.name, options);
  }
  return readTextTable(bytes, file.name, options);
}

/** A text table from its bytes. @throws RungError as `readFile` */
export function readTextTable(bytes: Uint8Array, name: string, options: ReadOptions): Table {
  const { text, encoding, invalid } = decodeText(bytes, name, options.encoding);
  const wrong = textError(text, name);
  if (wrong !== null) throw wrong;
  const problems: ParseProblem[] = [];
  if (invalid > 0) {
    problems.push({
      row: 1,
      message: `${invalid} bytes of the file are not valid ${encoding}; each is shown as \ufffd`,
    });
  }
  const delimiter = options.delimiter ?? guessDelimiter(text);
  const source: TextSource = { name, bytes: bytes.length, format: 'delimited', encoding, delimiter };
  return tableFromText(text, source, problems, options.header);
}

async function readBytes(file: File): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (thrown) {
    throw new RungError(
      'file-corrupt',
      `Reading ${file.name}: the browser could not read its ${file.size} bytes.`,
      'It may have been moved, changed or locked by another program since it was dropped. Close that program and drop it again.',
      { cause: thrown },
    );
  }
}

/** Delimiter of pasted text: cells copied from a spreadsheet come with tabs; a comma counts only under a header, as titles have commas. */
function pastedDelimiter(text: string, titlesOnly: boolean): string {
  if (text.includes('\t')) return '\t';
  const guessed = guessDelimiter(text);
  if (guessed === '' || !titlesOnly) return guessed;
  const head = parseDelimited(text.slice(0, 10_000), guessed, 1).records[0] ?? [];
  return head.length > 1 && head.some(isHeaderWord) ? guessed : '';
}

/**
 * Reads pasted text. `titlesOnly`: a list with one title a line is expected, so commas are no delimiters without a header that says so.
 * @throws RungError `file-empty`, `no-rows`.
 */
export function readPasted(text: string, titlesOnly: boolean, options: ReadOptions = {}): Table {
  const name = 'Pasted text';
  if (text.trim() === '') {
    throw new RungError(
      'file-empty',
      'Reading the pasted text: expected a table or a list of titles, found only blanks.',
      'Copy the cells again and paste them here.',
    );
  }
  const wrong = textError(text, name);
  if (wrong !== null) throw wrong;
  const bytes = new TextEncoder().encode(text).length;
  const delimiter = options.delimiter ?? pastedDelimiter(text, titlesOnly);
  return tableFromText(text, { name, bytes, format: 'pasted', delimiter }, [], options.header);
}
