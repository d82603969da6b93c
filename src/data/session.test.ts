import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import type { FindingId } from '../shared/dataset.ts';
import { unpackStrings } from '../shared/strings.ts';
import { readPasted } from './readFile.ts';
import { DataSession } from './session.ts';

const countTokens = (titles: readonly string[]): number[] => titles.map((title) => title.split(' ').length + 2);

function opened(rows: string[][], header = ['Title', 'Level']): DataSession {
  const session = new DataSession(countTokens);
  session.load(readPasted([header, ...rows].map((row) => row.join('\t')).join('\n'), false));
  return session;
}

/** Enough ordinary rows, alternating and so not sorted, in rows 2 to 41. */
const ordinary = Array.from({ length: 40 }, (_, i) => [
  `Person ${String.fromCodePoint(65 + ((i * 11) % 26))}${i} x${i * 7} y${i * 3}`,
  i % 3 === 0 ? 'Boss' : 'Staff',
]);

function rowsOf(session: DataSession, finding: FindingId): number[] {
  return session.rows({ finding }, 0, 1000).rows.map(({ row }) => row);
}

function errorOf(action: () => unknown): RungError {
  try {
    action();
  } catch (error) {
    if (error instanceof RungError) return error;
  }
  throw new Error('no RungError was thrown');
}

describe('findings', () => {
  const session = opened([
    ...ordinary,
    ['Clerk of the Court', 'Staff'],
    ['clerk of  the court', 'Boss'],
    ['Head of Global Sales Operations', 'Boss'],
    ['Operations Sales Global of Head', 'Boss'],
    ['', 'Staff'],
    ['12345 --', 'Staff'],
    ['<b>Chef</b> &amp; Cook', 'Rare'],
    ['Nobody', ''],
    ['Cle\0rk Two', 'staff'],
    ['word '.repeat(80).trim(), 'Staff'],
  ]);
  const { summary } = { summary: session.configure({}) };

  it.each<[FindingId, number[]]>([
    ['conflicts', [42, 43]],
    ['exact-duplicates', [42, 43]],
    ['near-duplicates', [44, 45]],
    ['empty-titles', [46]],
    ['symbol-titles', [47]],
    ['html-titles', [48]],
    ['rare-labels', [48]],
    ['unlabelled', [49]],
    ['control-characters', [50]],
    ['parse-problems', [50]],
    ['long-titles', [51]],
  ])('%s: rows %j', (id, rows) => {
    expect(rowsOf(session, id)).toEqual(rows);
    expect(summary.findings.find((finding) => finding.id === id)?.rows).toBe(rows.length);
  });

  it('says nothing of what is not wrong', () => {
    expect(summary.findings.some(({ id }) => id === 'sorted')).toBe(false);
    const clean = opened(ordinary).configure({});
    expect(clean.findings).toEqual([]);
  });

  it('notes on rows say why', () => {
    const notes = session.rows({}, 40, 8).rows.map((row) => row.notes);
    expect(notes).toEqual([
      [],
      ['other labels than row 42'],
      ['same words as row 45'],
      ['same words as row 44'],
      ['no title'],
      ['no letters'],
      [],
      ['no label'],
    ]);
  });

  it('sees rows sorted by label or by title', () => {
    const byLabel = opened(ordinary.toSorted((a, b) => (a[1] < b[1] ? -1 : 1))).configure({});
    expect(byLabel.findings.find(({ id }) => id === 'sorted')?.title).toContain('blocks of the same label');
    const byTitle = opened(ordinary.toSorted((a, b) => (a[0] < b[0] ? -1 : 1))).configure({});
    expect(byTitle.findings.find(({ id }) => id === 'sorted')?.title).toContain('alphabetical order');
  });
});

describe('settings', () => {
  it('rows without a label are dropped, labelled or kept', () => {
    const session = opened([...ordinary, ['Nobody', ''], ['No one', '']]);
    expect(session.configure({}).trainableRows).toBe(40);
    expect(session.configure({ unlabelled: { kind: 'none' } }).trainableRows).toBe(42);
    const labelled = session.configure({ unlabelled: { kind: 'label', name: 'Not Required' } });
    expect(labelled.trainableRows).toBe(42);
    expect(labelled.labels).toContainEqual({ name: 'Not Required', rows: 2 });
    expect(labelled.findings.find(({ id }) => id === 'unlabelled')?.rows).toBe(2);
    expect(session.rows({ label: 'Not Required' }, 0, 10).rows.map(({ row }) => row)).toEqual([42, 43]);
  });

  it('repeats with the same labels are left out unless kept', () => {
    const session = opened([...ordinary, ['Clerk', 'Staff'], ['CLERK', 'Staff'], ['Clerk', 'Boss'], ['--', 'Staff']]);
    expect(session.configure({}).trainableRows).toBe(42);
    expect(session.configure({ filter: { invalidTitles: false, exactDuplicates: false } }).trainableRows).toBe(44);
  });

  it('cleaning changes titles of the data set, and shows examples', () => {
    const session = opened([...ordinary, ['Chef/Cook', 'Staff']]);
    const cleaning = { html: true, unicode: true, separators: true, symbols: false, lowercase: true, whitespace: true };
    const summary = session.configure({ cleaning });
    expect(summary.cleaned.count).toBe(41);
    expect(summary.cleaned.examples).toHaveLength(8);
    expect(unpackStrings(session.dataset().titles).at(-1)).toBe('chef cook');
    expect(session.rows({ search: 'chef/' }, 0, 5).rows[0].title).toBe('Chef/Cook');
  });

  it('roles can be corrected, and a column that is not there is refused without harm', () => {
    const session = opened(ordinary);
    const swapped = session.configure({ roles: { title: 1, labels: { kind: 'separated', column: 0, separator: '' } } });
    expect(swapped.labels).toHaveLength(40);
    const roles = { title: 9, labels: null };
    expect(errorOf(() => session.configure({ roles })).message).toContain('columns 0 to 1, not 9');
    expect(session.configure({}).settings.roles.title).toBe(1);
  });
});

describe('what blocks training', () => {
  it.each([
    ['no-label-column', ordinary.map(([title]) => [title]), ['Title']],
    ['too-few-labels', ordinary.map(([title]) => [title, 'Staff']), ['Title', 'Level']],
    ['too-few-rows', ordinary.slice(0, 6), ['Title', 'Level']],
  ])('%s', (code, rows, header) => {
    const session = opened(rows, header);
    expect(session.configure({}).blocked?.code).toBe(code);
    const error = errorOf(() => session.dataset());
    expect(error.code).toBe(code);
    expect(error.hint).not.toBe('');
  });

  it('free text as labels, with the number of values', () => {
    const many = Array.from({ length: 150 }, (_, i) => [`Person ${i}`, `Free text ${i}`]);
    const session = opened(many, ['Title', 'Notes']);
    const summary = session.configure({ roles: { title: 0, labels: { kind: 'separated', column: 1, separator: '' } } });
    expect(summary.blocked?.code).toBe('too-many-labels');
    expect(summary.blocked?.message).toContain('"Notes" holds 150 distinct values');
    expect(summary.labels).toHaveLength(100);
    expect(summary.cooccurrence).toEqual([]);
  });

  it('no title column', () => {
    const rows = ordinary.map((_, i) => [String(i), String(i % 2)]);
    const summary = opened(rows, ['a', 'b']).configure({});
    expect(summary.blocked?.code).toBe('no-title-column');
  });
});

describe('the data set and the rows', () => {
  it('holds what is trainable, in order, with groups and a fingerprint of the content', () => {
    const session = opened([
      ...ordinary,
      ['Nobody', ''],
      ['Chef of Food and Drinks', 'Rare'],
      ['Drinks and Food of Chef', 'Boss'],
    ]);
    const dataset = session.dataset();
    expect(dataset.labelNames).toEqual(['Staff', 'Boss', 'Rare']);
    expect(dataset.titles.offsets).toHaveLength(43);
    expect(Array.from(dataset.rowNumbers.subarray(-2))).toEqual([43, 44]);
    expect(Array.from(dataset.labels.subarray(-6))).toEqual([0, 0, 1, 0, 1, 0]);
    expect(dataset.groups.at(-1)).toBe(dataset.groups.at(-2));
    expect(new Set(dataset.groups).size).toBe(41);
    expect(dataset.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(opened(ordinary).dataset().fingerprint).not.toBe(dataset.fingerprint);
    expect(opened(ordinary).dataset().fingerprint).toBe(opened(ordinary).dataset().fingerprint);
  });

  it('finds by text and label together and clamps the window', () => {
    const session = opened(ordinary);
    expect(session.rows({}, 38, 100)).toMatchObject({ total: 40, rows: [{ row: 40 }, { row: 41 }] });
    expect(session.rows({}, 100, 10).rows).toEqual([]);
    expect(session.rows({ search: ' PERSON a0 ' }, 0, 10).rows[0].row).toBe(2);
    const both = session.rows({ search: 'person h', label: 'Boss' }, 0, 10);
    expect(both.rows.map(({ row }) => row)).toEqual([5]);
    expect(session.rows({ label: 'No such' }, 0, 10).total).toBe(0);
  });

  it('asks for a file before anything else', () => {
    expect(errorOf(() => new DataSession(null).rows({}, 0, 1)).code).toBe('not-found');
  });

  it('counts tokens, and goes without a tokenizer', () => {
    expect(opened(ordinary).configure({}).tokenLengths).toEqual([0, 0, 0, 0, 0, 0, 40]);
    const session = new DataSession(null);
    expect(session.load(readPasted(ordinary.map((row) => row.join('\t')).join('\n'), false)).tokenLengths).toEqual([]);
  });

  it('answers 200,000 rows a window at a time', () => {
    const session = new DataSession(null);
    const lines = Array.from(
      { length: 200_000 },
      (_, i) => `Engineer ${i} of unit ${i % 977}\t${['A', 'B', 'C'][i % 3]}`,
    );
    const summary = session.load(readPasted(['Title\tLevel', ...lines].join('\n'), false));
    expect(summary.rowCount).toBe(200_000);
    const found = lines.flatMap((line, i) => (line.includes('unit 97') ? [i + 2] : []));
    const windows = Array.from({ length: 20 }, (_, i) => session.rows({ search: 'unit 97' }, i * 50, 50));
    expect(windows.map(({ total }) => total)).toEqual(windows.map(() => found.length));
    expect(windows.flatMap(({ rows }) => rows.map(({ row }) => row))).toEqual(found.slice(0, 1000));
  });
});
