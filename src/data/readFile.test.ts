import { zipSync, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { listZip } from '../shared/zip.ts';
import { readFile, readPasted, type ReadOptions } from './readFile.ts';
import type { Table } from './table.ts';
import { writeWorkbook, type SheetCell } from './xlsxWriter.ts';

const quiet = (): void => undefined;
const read = (content: BlobPart, options: ReadOptions = {}, name = 'rows.bin'): Promise<Table> =>
  readFile(new File([content], name), options, quiet);

async function failure(promise: Promise<unknown>): Promise<RungError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof RungError) return error;
  throw new Error(`expected a RungError, got ${String(error)}`);
}

function columnOf(table: Table, name: string): string[] | undefined {
  return table.cells[table.columns.indexOf(name)];
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook by hand: the XML inside `sheetData` of each sheet. */
function workbookParts(sheets: Record<string, string>, shared: string[] = []): Record<string, Uint8Array> {
  const names = Object.keys(sheets);
  const parts: Record<string, Uint8Array> = {
    'xl/workbook.xml': strToU8(
      `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${names
        .map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
        .join('')}</sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names
        .map(
          (_, i) =>
            `<Relationship Id="rId${i + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
        )
        .join('')}</Relationships>`,
    ),
    'xl/sharedStrings.xml': strToU8(
      `<sst xmlns="${main}">${shared.map((text) => `<si><t xml:space="preserve">${text}</t></si>`).join('')}</sst>`,
    ),
  };
  names.forEach((name, i) => {
    parts[`xl/worksheets/sheet${i + 1}.xml`] = strToU8(
      `<worksheet xmlns="${main}"><sheetData>${sheets[name]}</sheetData></worksheet>`,
    );
  });
  return parts;
}

const cell = (address: string, text: string): string => `<c r="${address}" t="inlineStr"><is><t>${text}</t></is></c>`;
const rowOf = (number: number, title: string): string =>
  `<row r="${number}">${cell(`A${number}`, title)}${cell(`B${number}`, 'x')}</row>`;

describe('workbooks', () => {
  it('reads what the writer writes: long cells, blanks at the ends, entities, numbers, control characters', async () => {
    const rows: SheetCell[][] = [
      ['Title', 'Level', 'Score'],
      ['  R&D <Lead> "x" ', 'Staff', 0.25],
      ['Line\nbreak\u0007 _x0041_ 😀', 'Boss', 1],
      ['a'.repeat(40_000), 'Staff', 0],
    ];
    const table = await read(await writeWorkbook('One & two', [10, 10, 10], rows));
    expect(table.source).toMatchObject({
      format: 'xlsx',
      sheet: 'One & two',
      sheets: [{ name: 'One & two', rows: 4, columns: 3 }],
    });
    expect(table.cells[0].slice(0, 2)).toEqual(['  R&D <Lead> "x" ', 'Line\nbreak\u0007 _x0041_ 😀']);
    expect(table.cells[0][2]).toHaveLength(32_767);
    expect(table.cells[2]).toEqual(['0.25', '1', '0']);
    expect([...table.rowNumbers]).toEqual([2, 3, 4]);
  });

  it('takes the first sheet with two columns, another on request, and refuses one that is not there', async () => {
    const zip = zipSync(
      workbookParts(
        {
          Notes: `<row r="1">${cell('A1', 'Read me')}</row><row r="2">${cell('A2', 'please')}</row>`,
          Jobs: `<row r="1">${cell('A1', 'Title')}${cell('B1', 'Level')}</row><row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4" t="b"><v>1</v></c></row>`,
        },
        ['unused', 'Clerk'],
      ),
    );
    const table = await read(zip);
    expect(table.source.sheet).toBe('Jobs');
    expect(columnOf(table, 'Title')).toEqual(['Clerk']);
    expect(columnOf(table, 'Level')).toEqual(['TRUE']);
    expect([...table.rowNumbers]).toEqual([4]);
    expect((await read(zip, { sheet: 'Notes' })).cells).toEqual([['Read me', 'please']]);
    const error = await failure(read(zip, { sheet: 'None' }));
    expect(error.code).toBe('not-found');
    expect(error.message).toContain('only "Notes", "Jobs"');
  });

  it('refuses a sheet that one stray cell makes gigantic', async () => {
    const far = `<row r="1">${cell('A1', 'Title')}</row><row r="1048576">${cell('XFD1048576', 'x')}</row>`;
    const error = await failure(read(zipSync(workbookParts({ Far: far }))));
    expect(error.code).toBe('file-too-large');
    expect(error.message).toContain('spans 1048576 rows by 16384 columns');
  });

  it('refuses broken XML, an empty workbook, and a header alone', async () => {
    expect((await failure(read(zipSync(workbookParts({ One: '<row r="1"><c r="A1"></row>' }))))).code).toBe(
      'file-corrupt',
    );
    expect((await failure(read(zipSync(workbookParts({ One: '' }))))).code).toBe('no-rows');
    const header = `<row r="1">${cell('A1', 'Title')}${cell('B1', 'Level')}</row>`;
    const error = await failure(read(zipSync(workbookParts({ One: header }))));
    expect(error.code).toBe('no-rows');
    expect(error.message).toContain('a header and nothing below it');
  });
});

describe('zip bombs and damaged zips', () => {
  const blank = new Uint8Array(2_000_000);

  it('refuses what the directory says is too large, before unpacking', async () => {
    const zip = zipSync({ ...workbookParts({ One: '' }), 'xl/worksheets/big.xml': blank });
    const view = new DataView(zip.buffer);
    for (let at = 0; at + 4 < zip.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50 && view.getUint32(at + 24, true) === blank.length)
        view.setUint32(at + 24, 1_200_000_000, true);
    }
    const error = await failure(read(zip));
    expect(error.code).toBe('file-too-large');
    expect(error.message).toContain('1200 MB');
  });

  it('stops unpacking where the directory lies', async () => {
    const zip = zipSync({ ...workbookParts({ One: '' }), 'xl/worksheets/big.xml': blank });
    const view = new DataView(zip.buffer);
    for (let at = 0; at + 4 < zip.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50 && view.getUint32(at + 24, true) === blank.length)
        view.setUint32(at + 24, 10, true);
    }
    const error = await failure(read(zip));
    expect([error.code, error.message]).toEqual([
      'file-corrupt',
      expect.stringContaining('xl/worksheets/big.xml unpacks to more or fewer than the 10 bytes'),
    ]);
  });

  it('names the byte where a zip is damaged', async () => {
    const zip = zipSync(workbookParts({ One: `<row r="1">${cell('A1', 'x'.repeat(500))}</row>` }));
    const cut = await failure(read(zip.slice(0, zip.length - 40)));
    expect(cut.code).toBe('file-corrupt');
    expect(cut.message).toMatch(/at byte \d+/);
    const scrambled = zip.slice();
    const entry = (await listZip(zip, 'x', 100)).find(({ path }) => path.startsWith('xl/worksheets'));
    scrambled.fill(0xff, (entry?.offset ?? 0) + 60, (entry?.offset ?? 0) + 90);
    expect((await failure(read(scrambled))).code).toBe('file-corrupt');
  });
});

describe('what is no table', () => {
  const ole = Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1);
  const encryptedName = strToU8([...'EncryptedPackage'.split(''), ''].join('\0'));

  it.each<[string, BlobPart, string, string]>([
    ['an empty file', '', 'file-empty', '0 bytes'],
    ['a PDF renamed .xlsx', '%PDF-1.7\n...', 'file-unsupported', 'found a PDF'],
    ['an old .xls', ole, 'file-unsupported', '97-2003'],
    [
      'a workbook with a password',
      new Uint8Array([...ole, ...new Uint8Array(600), ...encryptedName]),
      'file-encrypted',
      'password',
    ],
    ['a zip without a workbook', zipSync({ 'a.txt': strToU8('x') }), 'file-unsupported', 'a zip without a workbook'],
    ['an empty zip', zipSync({}), 'file-unsupported', 'a zip without a workbook'],
    ['a zip of weights', zipSync({ 'model.safetensors': strToU8('x') }), 'file-unsupported', 'model weights'],
    ['a Word document', zipSync({ 'word/document.xml': strToU8('x') }), 'file-unsupported', 'Word'],
    ['a binary workbook', zipSync({ 'xl/workbook.bin': strToU8('x') }), 'file-unsupported', '.xlsb'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), 'file-unsupported', 'PNG'],
    ['random bytes', Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256), 'file-unsupported', 'no text'],
    ['a web page saved as .xls', '<html><table><tr><td>Title</td></tr></table></html>', 'file-unsupported', 'web page'],
    ['a header alone', 'Title,Level\n', 'no-rows', 'nothing below it'],
    ['blank lines', '\n\n  \n', 'no-rows', 'only blank cells'],
  ])('%s', async (_, content, code, words) => {
    const error = await failure(read(content, {}, 'jobs.xlsx'));
    expect(error.code).toBe(code);
    expect(error.message).toContain('jobs.xlsx');
    expect(error.message).toContain(words);
    expect(error.hint).toMatch(/\.$/);
  });
});

describe('text files', () => {
  it('tells what it read and how', async () => {
    const table = await read('\ufeffTitle;Level\nChef, Köche;Staff\n', {}, 'a.csv');
    expect(table.source).toEqual({
      name: 'a.csv',
      bytes: 34,
      format: 'delimited',
      encoding: 'utf-8',
      delimiter: ';',
      header: true,
    });
    expect(table.cells[0]).toEqual(['Chef, Köche']);
  });

  it('keeps titles of 100,000 characters, null bytes and columns of any name', async () => {
    const long = 'x'.repeat(100_000);
    const table = await read(`__proto__,Title,\nStaff,${long},1\nBoss,Cle\0rk,2\n`);
    expect(table.columns).toEqual(['__proto__', 'Title', 'Column 3']);
    expect(columnOf(table, 'Title')).toEqual([long, 'Cle\0rk']);
  });

  it('obeys a chosen delimiter and encoding', async () => {
    const bytes = Uint8Array.from('Title|A;B\nCaf\u00e9|1;2\n', (letter) => letter.charCodeAt(0));
    const table = await read(bytes, { delimiter: '|', encoding: 'windows-1252' });
    expect(table.cells).toEqual([['Café'], ['1;2']]);
  });

  it('obeys the choice of a header, in text and in workbooks, and tells what was assumed', async () => {
    const text = 'Chef,Staff\nClerk,Boss\n';
    const guessed = await read(text);
    expect([guessed.source.header, guessed.columns]).toEqual([true, ['Chef', 'Staff']]);
    const without = await read(text, { header: false });
    expect([without.source.header, without.cells[0], [...without.rowNumbers]]).toEqual([
      false,
      ['Chef', 'Clerk'],
      [1, 2],
    ]);
    expect(without.problems).toEqual([]);
    const numbered = 'Chef,1\nClerk,2\n';
    expect((await read(numbered)).source.header).toBe(false);
    expect((await read(numbered, { header: true })).cells).toEqual([['Clerk'], ['2']]);
    const zip = zipSync(workbookParts({ One: rowOf(1, 'Title') + rowOf(2, 'Clerk') }));
    expect((await read(zip)).source.header).toBe(false);
    expect((await read(zip, { header: true })).cells[0]).toEqual(['Clerk']);
    expect((await read(zip, { header: false })).cells[0]).toEqual(['Title', 'Clerk']);
  });

  it('names rows whose quotes do not balance, and keeps the rest', async () => {
    const table = await read('Title,Level\n"Clerk,Staff\nBoss,Owner\n');
    expect(table.cells).toEqual([
      ['"Clerk', 'Boss'],
      ['Staff', 'Owner'],
    ]);
    expect(table.problems).toEqual([{ row: 2, message: expect.stringContaining('quote') }]);
  });
});

describe('pasted text', () => {
  it('reads cells copied from a spreadsheet', () => {
    const table = readPasted('Title\tLevel\nVP, Sales\tBoss\n', false);
    expect(table.cells).toEqual([['VP, Sales'], ['Boss']]);
    expect(table.source).toMatchObject({ format: 'pasted', delimiter: '\t' });
  });

  it('reads a list of titles with commas as one a line, and a table under a header', () => {
    expect(readPasted('VP, Sales\nVP, Marketing\n', true).cells).toEqual([['VP, Sales', 'VP, Marketing']]);
    expect(readPasted('Title,City\nClerk,Ulm\n', true).cells).toEqual([['Clerk'], ['Ulm']]);
  });

  it('refuses blanks', () => {
    expect(() => readPasted(' \n\t', true)).toThrow(/found only blanks/);
  });
});
