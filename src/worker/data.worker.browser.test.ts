import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { packStrings, unpackStrings } from '../shared/strings.ts';
import { connectData } from './client.ts';

const failures: RungError[] = [];
const data = connectData(new URL('/', location.href).href, (error) => failures.push(error));
const quiet = (): void => undefined;

async function failure(promise: Promise<unknown>): Promise<RungError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof RungError) return error;
  throw new Error(`expected a RungError, got ${String(error)}`);
}

const levels = ['Staff', 'Manager', 'Director'];
const csv = (rows: number): string =>
  `Title,Level\n${Array.from({ length: rows }, (_, i) => `Engineer ${i} of unit ${i % 97},${levels[(i * 7) % 3]}`).join('\n')}\n`;

describe('the data worker', () => {
  it('asks for a file first', async () => {
    expect((await failure(data.rows({}, 0, 1))).code).toBe('not-found');
  });

  it('reads Windows-1252, counts tokens with the shipped tokenizer, gives rows and a data set', async () => {
    const text = `${csv(30)}Gérant – €uro,Manager\n`;
    const special = new Map([
      ['–', 0x96],
      ['€', 0x80],
    ]);
    const bytes = Uint8Array.from(text.split(''), (letter) => special.get(letter) ?? letter.charCodeAt(0));
    const summary = await data.open(new File([bytes], 'old.csv'), {}, quiet);
    expect(summary.source).toMatchObject({ encoding: 'windows-1252', delimiter: ',' });
    expect(summary.tokenLengths.reduce((sum, count) => sum + count, 0)).toBe(31);
    expect(summary.tokenLengths.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    const page = await data.rows({ search: 'gérant' }, 0, 5);
    expect(page).toEqual({ total: 1, rows: [{ row: 32, title: 'Gérant – €uro', labels: ['Manager'], notes: [] }] });
    const dataset = await data.dataset({});
    expect(unpackStrings(dataset.titles).at(-1)).toBe('Gérant - €uro');
    expect(dataset.labels).toHaveLength(93);
  });

  it('keeps the open table when the next file cannot be read, and says why', async () => {
    const error = await failure(data.open(new File(['%PDF-1.4'], 'jobs.xlsx'), {}, quiet));
    expect(error.code).toBe('file-unsupported');
    expect(error.message).toContain('jobs.xlsx');
    expect(error.hint).not.toBe('');
    expect((await data.rows({}, 0, 1)).total).toBe(31);
  });

  it('keeps the later of two tables opened at once', async () => {
    const [slow, fast] = [new File([csv(30_000)], 'slow.csv'), new File([csv(25)], 'fast.csv')];
    const [first, second] = await Promise.allSettled([data.open(slow, {}, quiet), data.open(fast, {}, quiet)]);
    expect(second.status).toBe('fulfilled');
    expect((await data.rows({}, 0, 1)).total).toBe(25);
    expect(first.status === 'fulfilled' || first.reason instanceof RungError).toBe(true);
  });

  it('reads 200,000 rows with progress at most ten times a second, then answers windows', async () => {
    const times: number[] = [];
    const messages = new Set<string>();
    const started = performance.now();
    const summary = await data.open(new File([csv(200_000)], 'large.csv'), {}, (message) => {
      messages.add(message);
      times.push(performance.now());
    });
    expect(summary.rowCount).toBe(200_000);
    expect(messages.size).toBeGreaterThan(1);
    expect(times.length).toBeLessThanOrEqual((performance.now() - started) / 100 + 1);
    for (let i = 0; i < 20; i++) expect((await data.rows({ label: 'Staff' }, i * 1000, 50)).rows).toHaveLength(50);
  });

  it('writes predictions and reads its own workbook back', async () => {
    const blob = await data.writePredictions(
      {
        titles: packStrings(['=cmd', 'Clerk']),
        labelNames: ['A', 'B'],
        thresholds: [0.5, 0.5],
        probabilities: Float32Array.of(0.9, 0.1, 0.2, 0.7),
      },
      'xlsx',
    );
    const list = await data.readTitles(new File([blob], 'predictions.xlsx'), null);
    expect(list.columns).toEqual(['Title', 'Labels', 'A', 'B']);
    expect(unpackStrings(list.titles)).toEqual(["'=cmd", 'Clerk']);
    expect(await data.readTitles('Clerk\nBoss', null)).toMatchObject({ rows: 2, titleColumn: 0 });
  });

  it('writes a workbook large enough to be packed in a worker of its own', async () => {
    const titles = Array.from({ length: 20_000 }, (_, i) => `Engineer ${i} of ${(i * 7919) % 1009}`);
    const blob = await data.writePredictions(
      {
        titles: packStrings(titles),
        labelNames: ['A'],
        thresholds: [0.5],
        probabilities: Float32Array.from(titles, (_, i) => (i % 89) / 89),
      },
      'xlsx',
    );
    const list = await data.readTitles(new File([blob], 'predictions.xlsx'), null);
    expect(unpackStrings(list.titles)).toEqual(titles);
  });

  it('takes the first row for data where it is told to', async () => {
    const file = new File(['Chef,Staff\nClerk,Boss\n'], 'two.csv');
    expect((await data.open(file, {}, quiet)).source.header).toBe(true);
    const summary = await data.open(file, { header: false }, quiet);
    expect([summary.source.header, summary.rowCount, summary.columns]).toEqual([false, 2, ['Column 1', 'Column 2']]);
  });

  it('opens pasted cells and changes settings', async () => {
    const text = csv(20).replaceAll(',', '\t');
    expect((await data.openText(text, { header: false }, quiet)).rowCount).toBe(21);
    const summary = await data.openText(text, {}, quiet);
    expect([summary.source.format, summary.source.header]).toEqual(['pasted', true]);
    const cleaning = { ...summary.settings.cleaning, lowercase: true };
    expect((await data.configure({ cleaning })).cleaned.count).toBe(20);
    expect(failures).toEqual([]);
  });
});
