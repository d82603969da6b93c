import { describe, expect, it } from 'vitest';
import { describeTextTable, endOfRecords, titleBlocks } from './textStream.ts';
import { readTitleList } from './titleFile.ts';
import { unpackStrings } from '../shared/strings.ts';

async function streamed(file: File): Promise<{ titles: string[]; blocks: number }> {
  const table = await describeTextTable(file);
  const titles: string[] = [];
  let blocks = 0;
  let bytes = 0;
  for await (const block of titleBlocks(file, table, table.titleColumn, 5000)) {
    titles.push(...block.titles);
    blocks++;
    expect(block.bytes).toBeGreaterThanOrEqual(bytes);
    bytes = block.bytes;
  }
  expect(bytes).toBe(file.size);
  return { titles, blocks };
}

/** The same file read as small ones are. */
async function inOnePiece(file: File): Promise<string[]> {
  return unpackStrings((await readTitleList(file, null)).titles);
}

function titleOf(i: number): string {
  const titles = [
    'Chef de cuisine',
    '"Quoted"\nover two lines',
    'Head of, well, Sales',
    'Müller-Leiter',
    '',
    '5" pipe fitter',
  ];
  return `${titles[i % titles.length]}${titles[i % titles.length] === '' ? '' : ` ${i}`}`;
}

function csv(rows: number, quote: (cell: string) => string): string {
  const lines = Array.from({ length: rows }, (_, i) => `${i},${quote(titleOf(i))},"some, text"`);
  return [
    'A list of people,,',
    '',
    'Id,Job title,Note',
    ...lines.slice(0, 9),
    'Id,Job title,Note',
    ...lines.slice(9),
  ].join('\r\n');
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('titleBlocks', () => {
  it('reads the rows of a small file from a large one: quotes, line ends in cells, captions, repeated headers', async () => {
    const file = new File([csv(6000, quoted)], 'people.csv');
    const { titles, blocks } = await streamed(file);
    expect(blocks).toBeGreaterThan(1);
    expect(titles).toEqual(await inOnePiece(file));
    expect(titles).toHaveLength(6000);
  });

  it.each(['utf-16le', 'windows-1252'])('reads %s, pieces that end inside a letter too', async (encoding) => {
    const text = csv(6000, quoted);
    const bytes =
      encoding === 'utf-16le'
        ? new Uint8Array(Uint16Array.from(`\ufeff${text}`, (letter) => letter.charCodeAt(0)).buffer)
        : Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const file = new File([bytes], 'people.csv');
    const table = await describeTextTable(file);
    expect(table.encoding).toBe(encoding);
    expect((await streamed(file)).titles).toEqual(await inOnePiece(file));
  });

  it('finds Windows-1252 by a letter far behind the head', async () => {
    const text = `${'Head of Sales\n'.repeat(100_000)}Müller\n`;
    const file = new File([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], 'titles.txt');
    const { titles } = await streamed(file);
    expect(titles.at(-1)).toBe('Müller');
    expect(titles).toHaveLength(100_001);
  });

  it('reads a list whose titles hold commas and lost quotes', async () => {
    const list = Array.from({ length: 9000 }, (_, i) => (i % 50 === 0 ? `"Chief, of ${i}` : `Nurse in ward ${i}`));
    const { titles } = await streamed(new File([list.join('\n')], 'list.txt'));
    expect(titles).toEqual(list);
  });

  it('a lost quote costs no rows of the blocks behind it', async () => {
    const lines = Array.from({ length: 6000 }, (_, i) => `${i},${i === 2000 ? '"Lost' : 'Clerk'} ${i},x`);
    const { titles } = await streamed(new File([['Id,Job title,Note', ...lines].join('\n')], 'people.csv'));
    expect(titles).toHaveLength(6000);
    expect(titles[2000]).toBe('"Lost 2000');
    expect(titles.at(-1)).toBe('Clerk 5999');
  });

  it('refuses what is no table, by its beginning', async () => {
    await expect(describeTextTable(new File(['%PDF-1.7 and so on'], 'a.csv'))).rejects.toMatchObject({
      code: 'file-unsupported',
    });
    await expect(describeTextTable(new File(['PK\u0003\u0004'], 'a.csv'))).rejects.toThrow('found an Excel workbook');
    await expect(describeTextTable(new File([], 'a.csv'))).rejects.toMatchObject({ code: 'file-empty' });
  });

  it('says where a file could not be read on', async () => {
    const file = new File(['Title\n', 'Nurse\n'.repeat(10)], 'gone.csv');
    const table = await describeTextTable(file);
    class Broken extends File {
      override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
        return new ReadableStream({ start: (controller) => controller.error(new Error('gone')) });
      }
    }
    const broken = new Broken(['Title\n'], 'gone.csv');
    await expect(titleBlocks(broken, table, 0).next()).rejects.toThrow('could not read on at byte 0');
  });
});

describe('endOfRecords', () => {
  it.each([
    ['a,b\nc,d', ',', 4],
    ['a,b\n"c\nd",e\nf', ',', 12],
    ['a,b\n"c\nd', ',', 4],
    ['no line end', ',', 0],
    ['"open\nand', ',', 0],
    ['x 5" y\nz', ',', 7],
    ['"a\nb\nc', '', 5],
    ['"lost\n' + 'x\n'.repeat(101), ',', 208],
    ['a,"b ""c""\nd"\ne', ',', 14],
  ])('%j by %j: %i', (text, delimiter, end) => {
    expect(endOfRecords(text, delimiter)).toBe(end);
  });
});
