/** Excel workbooks (.xlsx) to records, sheet by sheet. */
import { zipSync } from 'fflate';
import readWorkbookSheets from 'read-excel-file/universal';
import { RungError } from '../shared/errors.ts';
import type { SheetInfo } from '../shared/dataset.ts';
import { listZip, type ZipEntry } from '../shared/zip.ts';

export interface WorkbookSheet extends SheetInfo {
  records: string[][];
}

/** A zip without zip64 holds no more; Excel writes a few dozen. */
const mostParts = 65_535;
/** What one workbook may unpack to. */
const largestUnpacked = 1_000_000_000;
/** A sheet as XML must fit into one string of the browser. */
const largestPart = 500_000_000;
/** Cells of the rectangle that a sheet spans; one stray cell in the last corner of Excel's grid would be 17 billion. */
const largestGrid = 40_000_000;

/** What a zip is that has no workbook in it. */
function describeOtherZip(entries: readonly ZipEntry[]): { found: string; hint: string } {
  const names = new Set(entries.map(({ path }) => path));
  if (names.has('xl/workbook.bin')) {
    return { found: 'a binary workbook (.xlsb)', hint: 'Open it in Excel and save it as .xlsx or CSV.' };
  }
  if (names.has('word/document.xml')) {
    return { found: 'a Word document', hint: 'Copy the table into a spreadsheet, or paste it into the page.' };
  }
  if (names.has('content.xml') && names.has('mimetype')) {
    return { found: 'an OpenDocument file', hint: 'Open it in its own program and save it as .xlsx or CSV.' };
  }
  if ([...names].some((name) => name.endsWith('.safetensors'))) {
    return { found: 'a zip with model weights', hint: 'Drop it on the Predict page to use the model in it.' };
  }
  return { found: 'a zip without a workbook', hint: 'Unzip it and drop the spreadsheet that is inside.' };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return typeof value === 'number' ? String(value) : '';
}

/** The widest column and the lowest row, both from 1, that a cell of the sheet claims in `r="AB12"`. */
function lastAddress(text: string): { column: number; row: number } {
  let column = 0;
  let row = 0;
  for (const match of text.matchAll(/<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"/g)) {
    let number = 0;
    for (const letter of match[1]) number = number * 26 + letter.charCodeAt(0) - 64;
    column = Math.max(column, number);
    row = Math.max(row, Number(match[2]));
  }
  return { column, row };
}

function checkPart(part: string, content: Uint8Array<ArrayBuffer>, name: string): void {
  if (content.length > largestPart) {
    throw new RungError(
      'file-too-large',
      `Reading ${name}: parts of a workbook may have ${largestPart / 1e6} MB, "${part}" has ${Math.round(content.length / 1e6)} MB.`,
      'Keep only the columns with titles and labels, or save the sheet as CSV.',
    );
  }
  if (!part.startsWith('xl/worksheets/') || !part.endsWith('.xml')) return;
  const { column, row } = lastAddress(new TextDecoder().decode(content));
  if (column * row > largestGrid) {
    throw new RungError(
      'file-too-large',
      `Reading ${name}: a sheet may span ${largestGrid / 1e6} million cells, "${part}" spans ${row} rows by ${column} columns.`,
      'Delete the empty rows and columns far outside the table (select them, then Delete), save, and drop the file again.',
    );
  }
}

const wantedPart = (part: string): boolean =>
  /^xl\/(?!theme|drawings|charts|media|comments|pivot).*\.(xml|xml\.rels)$/.test(part);

/** What is read of the workbook; sizes are those of the directory, to which unpacking holds every entry. */
function wantedEntries(entries: readonly ZipEntry[], name: string): ZipEntry[] {
  const wanted = entries.filter(({ path }) => wantedPart(path));
  const claimed = wanted.reduce((sum, { size }) => sum + size, 0);
  if (claimed <= largestUnpacked) return wanted;
  throw new RungError(
    'file-too-large',
    `Unpacking ${name}: expected ${largestUnpacked / 1e9} GB at the most, but it unpacks to ${Math.round(claimed / 1e6)} MB.`,
    'Keep only the sheet and the columns with titles and labels, or save them as CSV.',
  );
}

/**
 * Reads every sheet. Entries are unpacked here, natively and with a cap, and handed on as an uncompressed zip: read-excel-file would
 * unpack large ones in further workers, in JavaScript, and without any cap.
 * @throws RungError `file-unsupported` for another kind of zip, `file-too-large`, `file-corrupt`.
 */
export async function readWorkbook(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<WorkbookSheet[]> {
  const entries = await listZip(bytes, name, mostParts);
  if (!entries.some(({ path }) => path === 'xl/workbook.xml')) {
    const { found, hint } = describeOtherZip(entries);
    throw new RungError('file-unsupported', `Reading ${name}: expected a spreadsheet, found ${found}.`, hint);
  }
  const plain: Record<string, Uint8Array> = {};
  for (const entry of wantedEntries(entries, name)) {
    const content = await entry.read();
    checkPart(entry.path, content, name);
    plain[entry.path] = content;
  }
  const sheets = await readSheets(zipSync(plain, { level: 0 }), name);
  return sheets.map(({ sheet, data }) => {
    // A chart sheet has no data at all.
    const records = (data ?? []).map((row) => row.map(cellText));
    const columns = records.reduce((widest, record) => Math.max(widest, record.length), 0);
    return { name: sheet, rows: records.length, columns, records };
  });
}

interface LibrarySheet {
  sheet: string;
  data?: readonly (readonly unknown[])[];
}

async function readSheets(zip: Uint8Array<ArrayBuffer>, name: string): Promise<LibrarySheet[]> {
  try {
    return await readWorkbookSheets(zip.buffer, { trim: false });
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new RungError(
      'file-corrupt',
      `Reading ${name}: the workbook's XML is not as expected (${message}).`,
      'Open it in its own program, save it again as .xlsx or CSV, and drop the new copy.',
      { cause: thrown },
    );
  }
}

/**
 * The sheet by name, or the first with two columns and two rows or more, or the first with anything.
 * @throws RungError `not-found` for a name that is not there, `no-rows` when every sheet is empty.
 */
export function chooseSheet(sheets: readonly WorkbookSheet[], wanted: string | undefined, name: string): WorkbookSheet {
  if (wanted !== undefined) {
    const found = sheets.find((sheet) => sheet.name === wanted);
    if (found !== undefined) return found;
    const names = sheets.map((sheet) => `"${sheet.name}"`).join(', ');
    throw new RungError(
      'not-found',
      `Reading ${name}: it has no sheet "${wanted}", only ${names}.`,
      'Choose one of its sheets.',
    );
  }
  const chosen =
    sheets.find((sheet) => sheet.columns >= 2 && sheet.rows >= 2) ?? sheets.find((sheet) => sheet.rows > 0) ?? null;
  if (chosen !== null) return chosen;
  throw new RungError(
    'no-rows',
    `Reading ${name}: expected a sheet with rows, but all ${sheets.length} of its sheets are empty.`,
    'Choose a file that has job titles below a header row.',
  );
}
