/** The reference table, where it is there: facts measured independently (see the README beside it). */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFile } from './readFile.ts';
import { DataSession } from './session.ts';
import { kFold, splitDataset } from './split.ts';

const folder = resolve(import.meta.dirname, '../../../shared/data');
const available = existsSync(resolve(folder, 'JobLevelData.xlsx'));

async function open(name: string): Promise<DataSession> {
  const session = new DataSession(null);
  session.load(await readFile(new File([readFileSync(resolve(folder, name))], name), {}, () => undefined));
  return session;
}

describe.skipIf(!available)('JobLevelData', () => {
  it.each(['JobLevelData.xlsx', 'JobLevelData.csv'])('%s: what it holds and what is wrong with it', async (name) => {
    const session = await open(name);
    const summary = session.configure({});
    expect(summary.columns).toEqual(['Title', 'Column 1', 'Column 2', 'Column 3', 'Column 4']);
    expect(summary.rowCount).toBe(2240);
    expect(summary.settings.roles).toEqual({ title: 0, labels: { kind: 'columns', columns: [1, 2, 3, 4] } });
    expect(summary.labels).toEqual([
      { name: 'Individual Contributor/Staff', rows: 1105 },
      { name: 'Director', rows: 497 },
      { name: 'Vice President', rows: 403 },
      { name: 'Manager', rows: 211 },
      { name: 'Chief Officer', rows: 166 },
      { name: 'Owner', rows: 4 },
    ]);
    const rows = Object.fromEntries(summary.findings.map((finding) => [finding.id, finding.rows]));
    expect(rows).toMatchObject({ unlabelled: 10, 'near-duplicates': 82, 'rare-labels': 4, sorted: 0 });
    expect(rows).not.toHaveProperty('exact-duplicates');
    expect(summary.findings.find(({ id }) => id === 'near-duplicates')?.detail).toContain(
      'In 14 of them only the order',
    );
    expect(summary.findings.find(({ id }) => id === 'rare-labels')?.title).toContain('Owner (4)');
    expect(summary.trainableRows).toBe(2230);
    expect(summary.blocked).toBeNull();
    expect(session.rows({ finding: 'unlabelled' }, 0, 20).rows.every(({ labels }) => labels.length === 0)).toBe(true);
  });

  it('workbook and text give the same data set', async () => {
    const [workbook, text] = [await open('JobLevelData.xlsx'), await open('JobLevelData.csv')];
    expect(workbook.dataset().fingerprint).toBe(text.dataset().fingerprint);
    expect(workbook.dataset().rowNumbers).toEqual(text.dataset().rowNumbers);
  });

  it('splits 80/10/10 with every label where it can be, near duplicates together', async () => {
    const { labels, labelNames, groups } = (await open('JobLevelData.csv')).dataset();
    const count = labelNames.length;
    const split = splitDataset(labels, count, groups, { train: 0.8, validation: 0.1, test: 0.1 }, 42);
    expect(split.train.length + split.validation.length + split.test.length).toBe(2230);
    expect(Math.abs(split.validation.length - 223)).toBeLessThanOrEqual(2);
    expect(Math.abs(split.test.length - 223)).toBeLessThanOrEqual(2);
    const perLabel = (rows: Uint32Array): number[] =>
      labelNames.map((_, label) => rows.reduce((sum, row) => sum + labels[row * count + label], 0));
    expect(perLabel(split.train).at(-1)).toBe(3);
    expect(perLabel(split.test).at(-1)).toBe(1);
    const all = perLabel(Uint32Array.from(groups.keys()));
    perLabel(split.test).forEach((rows, label) => expect(Math.abs(rows - all[label] / 10)).toBeLessThanOrEqual(2));
    const fold = kFold(labels, count, groups, 5, 0);
    const sizes = [0, 1, 2, 3, 4].map((f) => fold.filter((value) => value === f).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
    groups.forEach((group, row) => expect(fold[row]).toBe(fold[groups.indexOf(group)]));
  });
});

describe.skipIf(!available)('other tables', () => {
  it('reads a workbook of several sheets', async () => {
    const name = 'naics-2022/2022-naics-codes.xlsx';
    const file = new File([readFileSync(resolve(folder, name))], 'naics.xlsx');
    const table = await readFile(file, {}, () => undefined);
    expect(table.source.sheets).toHaveLength(6);
    expect(table.rowCount).toBeGreaterThan(1000);
  });

  it('reads titles as people typed them into forms, every line', async () => {
    const bytes = readFileSync(resolve(folder, 'messy-titles/titles.txt'));
    const table = await readFile(new File([bytes], 'titles.txt'), {}, () => undefined);
    const filled = bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => /[^\s",]/.test(line));
    expect(table.rowCount).toBe(filled.length);
    expect(table.problems.length).toBeLessThan(10);
  });
});
