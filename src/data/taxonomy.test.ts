import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackStrings } from '../shared/strings.ts';
import { readTaxonomy } from './taxonomy.ts';

const shared = new URL('../../../shared/data/', import.meta.url).pathname;
const silent = (): void => undefined;
const read = (...paths: string[]) =>
  readTaxonomy(
    paths.map((path) => new File([readFileSync(shared + path)], basename(path))),
    null,
    silent,
  );
const text = (name: string, content: string): File => new File([content], name);

const entries = text(
  'jobs.csv',
  'Code,Title,Description\n1.1,Baker,Bakes bread and rolls for shops and for bakeries of all kinds and sizes\n1.2,Welder,"Joins parts of metal by heat, and checks that the seams hold what they should"\n1.2,Smith,Forges iron\n,Nameless,Has no code\n1.9,,No title here',
);

/** A task of an entry with its date, as a line of a table. */
const sentence = (i: number) =>
  `1.${i}\tWeigh out the flour, the water and the salt for loaf ${i} of the day's orders\t10/2020`;

describe('a taxonomy of any kind', () => {
  it('is read by its columns, with rows that lack something named', async () => {
    const { taxonomy, chosen, notes, undescribed } = await readTaxonomy([entries], null, silent);
    expect(chosen).toEqual({ code: 0, title: 1, description: 2, alternates: null });
    expect(unpackStrings(taxonomy.codes)).toEqual(['1.1', '1.2', '1.2', 'row 5']);
    expect(unpackStrings(taxonomy.titles)).toEqual(['Baker', 'Welder', 'Smith', 'Nameless']);
    expect(undescribed).toBe(0);
    expect(notes).toEqual([
      '1 row of jobs.csv without a title, left out.',
      '1 row of jobs.csv with a code that stands above already.',
    ]);
  });

  it('takes titles of other files by code, whatever the order of the files', async () => {
    const others = text('more.tsv', 'Code\tOther title\n1.1\tBread maker\n1.2\tWelding technician\n7\tUnknown');
    const said = text('said.tsv', 'Code\tReported title\n1.1\tPastry chef\n1.1\tBaker II');
    const stray = text('stray.csv', 'a,b\nx,y\nz,w');
    const tasks = text('tasks.tsv', `Code\tTask\tDate\n${sentence(1)}\n${sentence(2)}`);
    const { taxonomy, notes } = await readTaxonomy([said, others, stray, tasks, entries], null, silent);
    expect(unpackStrings(taxonomy.alternates.titles)).toEqual(['Bread maker', 'Welding technician']);
    expect([...taxonomy.alternates.entries]).toEqual([0, 1]);
    expect(unpackStrings(taxonomy.reported.titles)).toEqual(['Pastry chef', 'Baker II']);
    expect(notes).toContain('1 row of more.tsv with a code that jobs.csv lacks.');
    expect(notes).toContain('stray.csv is not used: it has no titles beside codes of jobs.csv.');
    expect(notes).toContain('tasks.tsv is not used: it has no titles beside codes of jobs.csv.');
  });

  it('takes other columns when they are chosen, and refuses those that are not there', async () => {
    const columns = { code: null, title: 2, description: null, alternates: 1 };
    const { taxonomy } = await readTaxonomy([entries], columns, silent);
    expect(unpackStrings(taxonomy.titles)[2]).toBe('Forges iron');
    expect(unpackStrings(taxonomy.codes)[0]).toBe('row 2');
    expect(unpackStrings(taxonomy.alternates.titles)).toEqual(['Baker', 'Welder', 'Smith', 'Nameless']);
    await expect(readTaxonomy([entries], { ...columns, title: 9 }, silent)).rejects.toMatchObject({
      code: 'no-title-column',
      message: expect.stringContaining('no column 10'),
    });
    await expect(readTaxonomy([], null, silent)).rejects.toMatchObject({ code: 'no-rows' });
  });

  it('has the same fingerprint for the same entries only', async () => {
    const [one, again] = [await readTaxonomy([entries], null, silent), await readTaxonomy([entries], null, silent)];
    const other = await readTaxonomy([text('jobs.csv', 'Code,Title\n1,Baker\n2,Welder')], null, silent);
    expect(again.taxonomy.fingerprint).toBe(one.taxonomy.fingerprint);
    expect(other.taxonomy.fingerprint).not.toBe(one.taxonomy.fingerprint);
  });
});

describe.skipIf(!existsSync(shared))('published taxonomies (../shared/data)', () => {
  it('O*NET, three files', async () => {
    const { taxonomy, chosen, notes } = await read(
      'onet/Alternate Titles.txt',
      'onet/Occupation Data.txt',
      'onet/Sample of Reported Titles.txt',
    );
    expect(chosen).toEqual({ code: 0, title: 1, description: 2, alternates: null });
    expect(taxonomy.name).toBe('Occupation Data.txt');
    expect(unpackStrings(taxonomy.codes)).toHaveLength(1016);
    expect(taxonomy.alternates.entries).toHaveLength(52_754);
    expect(unpackStrings(taxonomy.alternates.titles)[0]).toBe('Aeronautics Commission Director');
    expect(taxonomy.reported.entries).toHaveLength(7541);
    expect(notes).toEqual([]);
  });

  it('ESCO, with its alternative labels', async () => {
    const { taxonomy, columns, chosen } = await read('esco/occupations_en.csv');
    const named = (at: number | null) => (at === null ? null : columns[at]);
    expect([chosen.code, chosen.title, chosen.description, chosen.alternates].map(named)).toEqual([
      'conceptUri',
      'preferredLabel',
      'description',
      'altLabels',
    ]);
    expect(unpackStrings(taxonomy.titles)).toHaveLength(2942);
    expect(taxonomy.alternates.entries.length).toBeGreaterThan(20_000);
  });

  it('NAICS, from its workbook', async () => {
    const { taxonomy, undescribed } = await read('naics-2022/2022-naics-codes.xlsx');
    expect(unpackStrings(taxonomy.codes).slice(0, 3)).toEqual(['11', '111', '1111']);
    expect(unpackStrings(taxonomy.titles)).toHaveLength(2125);
    expect(undescribed).toBeLessThan(100);
  });
});
