import { describe, expect, it } from 'vitest';
import type { Correction } from '../shared/corrections.ts';
import { RungError } from '../shared/errors.ts';
import { unpackStrings } from '../shared/strings.ts';
import { readChangeLog, writeChangeLog } from './changeLog.ts';
import { readFile, readPasted } from './readFile.ts';
import { DataSession } from './session.ts';

function opened(header: string[], rows: string[][]): DataSession {
  const session = new DataSession(null);
  session.load(readPasted([header, ...rows].map((row) => row.join('\t')).join('\n'), false));
  return session;
}

/** Rows 2 to 13, titles told apart, and a title three times. */
const plain = Array.from({ length: 12 }, (_, i) => [`Title ${String.fromCodePoint(65 + i)}`, i % 2 ? 'Boss' : 'Staff']);
const copies = [
  ['Night watchman', 'Staff'],
  ['night  watchman', 'Staff'],
  ['Night watchman', 'Boss'],
];
const session = () => opened(['Title', 'Level'], [...plain, ...copies]);

function labelsOf(of: DataSession, row: number): string[] {
  return of.rows({}, 0, 100).rows.find((view) => view.row === row)?.labels ?? [];
}

function errorOf(action: () => unknown): RungError {
  try {
    action();
  } catch (error) {
    if (error instanceof RungError) return error;
  }
  throw new Error('no RungError was thrown');
}

const logFile = (log: readonly Correction[], name = 'log.csv'): File => new File([writeChangeLog(log)], name);

describe('correcting labels', () => {
  it('changes what is trained on, its fingerprint, and says which rows; the file stays as it was', () => {
    const of = session();
    const before = of.dataset();
    expect(before.corrected).toBeUndefined();
    const summary = of.correct([{ row: 2, labels: ['Boss'] }], 'by hand');
    expect(summary.corrections).toEqual({
      changed: 1,
      kept: 0,
      canUndo: true,
      canRedo: false,
      mostLabels: 1,
      separator: '',
      stored: true,
    });
    const after = of.dataset();
    expect(unpackStrings(after.titles)).toEqual(unpackStrings(before.titles));
    expect(Array.from(after.corrected ?? [])).toEqual([2]);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(of.rows({}, 0, 1).rows[0].notes).toEqual(['corrected, was Staff']);
    of.undoCorrection();
    expect(of.dataset()).toEqual(before);
  });

  it('takes rows with the same title and labels along, and not those with others', () => {
    const of = session();
    of.correct([{ row: 14, labels: ['Boss'] }], 'by hand');
    expect([14, 15, 16].map((row) => labelsOf(of, row))).toEqual([['Boss'], ['Boss'], ['Boss']]);
    expect(of.history.done.flat().map(({ row, before }) => [row, before])).toEqual([
      [14, ['Staff']],
      [15, ['Staff']],
    ]);
  });

  it('undoes and redoes whole steps, and forgets what was undone when something else is done', () => {
    const of = session();
    of.correct(
      [
        { row: 2, labels: ['Boss'] },
        { row: 4, labels: ['Boss'] },
      ],
      'suggested',
    );
    of.correct([{ row: 3, labels: ['Boss'] }], 'right as it is');
    expect(of.configure({}).corrections).toMatchObject({ changed: 2, kept: 1 });
    expect(of.undoCorrection().corrections).toMatchObject({ changed: 2, kept: 0, canRedo: true });
    expect(of.undoCorrection().corrections).toMatchObject({ changed: 0, canUndo: false });
    expect(of.undoCorrection().corrections.canUndo).toBe(false);
    expect(of.redoCorrection().corrections.changed).toBe(2);
    of.correct([{ row: 6, labels: [] }], 'no label at all');
    expect(of.redoCorrection().corrections).toMatchObject({ changed: 3, canRedo: false });
    expect(labelsOf(of, 6)).toEqual([]);
  });

  it('takes a label that is new to the table, in the spelling of one it has, until the last row with it is undone', () => {
    const of = session();
    expect(of.configure({}).corrections.separator).toBe('');
    const { labels } = of.correct([{ row: 2, labels: [' Night  Boss '] }], 'by hand');
    expect(labels).toEqual([
      { name: 'Staff', rows: 7 },
      { name: 'Boss', rows: 7 },
      { name: 'Night Boss', rows: 1 },
    ]);
    of.correct([{ row: 3, labels: ['night boss'] }], 'by hand');
    expect(labelsOf(of, 3)).toEqual(['Night Boss']);
    expect(of.dataset().labelNames).toEqual(['Staff', 'Boss', 'Night Boss']);
    const log = of.history.done.flat();
    of.undoCorrection();
    expect(of.undoCorrection().labels.map(({ name }) => name)).toEqual(['Staff', 'Boss']);
    const again = session().applyLog(log);
    expect(again).toMatchObject({ refused: [], already: 0 });
    expect(again.summary.labels.at(-1)).toEqual({ name: 'Night Boss', rows: 2 });
  });

  it('writes a new label into the table, where a cell or a column of labels can hold it', async () => {
    const of = opened(
      ['Title', 'Level'],
      plain.map(([title, label]) => [title, `${label}; Other`]),
    );
    of.configure({ roles: { title: 0, labels: { kind: 'separated', column: 1, separator: ';' } } });
    of.correct([{ row: 2, labels: ['Staff', 'Temp'] }], 'by hand');
    const written = await (await of.writeCorrectedTable('csv')).text();
    expect(written.split('\r\n')[1]).toBe('Title A,Staff; Temp');
    expect(errorOf(() => of.correct([{ row: 2, labels: ['a;b'] }], '')).message).toContain('stands between labels');
    expect(errorOf(() => of.correct([{ row: 2, labels: ['=1+1'] }], '')).message).toContain('for a formula');

    const indicators = plain.map(([title, label]) => [
      title,
      ...['Boss', 'Staff'].map((name) => (name === label ? '1' : '0')),
    ]);
    const columns = opened(['Title', 'Boss', 'Staff'], indicators);
    expect(
      columns.configure({ roles: { title: 0, labels: { kind: 'indicators', columns: [1, 2] } } }).corrections.separator,
    ).toBeNull();
    expect(errorOf(() => columns.correct([{ row: 2, labels: ['Temp'] }], '')).message).toContain('a column of its own');
  });

  it('refuses rows that the table does not have, what is no label, and more labels than a row of it can hold', () => {
    const of = session();
    expect(errorOf(() => of.correct([{ row: 99, labels: ['Boss'] }], '')).code).toBe('not-found');
    expect(errorOf(() => of.correct([{ row: 2, labels: ['n/a'] }], '')).message).toContain('stands for no label');
    expect(errorOf(() => of.correct([{ row: 2, labels: ['Boss', 'Staff'] }], '')).message).toContain('at most 1');
    expect(of.configure({}).corrections.changed).toBe(0);
  });

  it('keeps corrections while other settings change, and lets go of them when labels are read from elsewhere', () => {
    const of = session();
    of.correct([{ row: 2, labels: ['Boss'] }], 'by hand');
    const key = of.correctionKey();
    const { history } = of;
    expect(of.configure({ unlabelled: { kind: 'none' } }).corrections.changed).toBe(1);
    const labels = { kind: 'separated', column: 1, separator: ';' } as const;
    expect(of.configure({ roles: { title: 0, labels } }).corrections.changed).toBe(0);
    expect(of.correctionKey()).not.toBe(key);
    const again = session();
    expect(again.correctionKey()).toBe(key);
    expect(again.restore(history).corrections).toMatchObject({ changed: 1, canUndo: true });
  });

  it('takes the label of rows without one for no label', () => {
    const of = session();
    of.configure({ unlabelled: { kind: 'label', name: 'Unknown' } });
    of.correct([{ row: 2, labels: ['Unknown'] }], 'by hand');
    expect(of.history.done[0][0].after).toEqual([]);
    expect(labelsOf(of, 2)).toEqual(['Unknown']);
  });
});

describe('the change log', () => {
  const nasty: Correction = {
    row: 7,
    title: '=HYPERLINK("x"), "quoted"\nline',
    before: ['A; B', String.raw`back\slash`],
    after: ['-minus'],
    why: '@why',
    when: Date.UTC(2026, 10, 21, 9, 30),
  };

  it('comes back as it was, formulas, semicolons and line ends in it', async () => {
    const log = [nasty, { ...nasty, row: 8, after: nasty.before }, { ...nasty, row: 9, before: [] }];
    const text = writeChangeLog(log);
    expect(text).toContain(`"'=HYPERLINK`);
    expect(text).toContain(',kept,');
    const read = await readChangeLog(new File([text], 'log.csv'));
    for (const one of read) one.title = one.title.replace('\r\n', '\n');
    expect(read).toEqual(log);
  });

  it('applies what fits another copy of the table and names what does not', async () => {
    const of = session();
    of.correct([{ row: 2, labels: ['Boss'] }], 'suggested');
    of.correct([{ row: 3, labels: ['Boss'] }], 'right as it is');
    of.correct([{ row: 2, labels: [] }], 'second thought');
    const log = of.history.done.flat();
    const strangers = [
      { ...log[0], row: 5 },
      { ...log[0], row: 77 },
      { ...log[0], row: 4, title: 'Title C', before: ['Boss'], after: ['Staff', 'Boss'] },
    ];
    const other = session();
    const { summary, step, refused, already } = other.applyLog(await readChangeLog(logFile([...log, ...strangers])));
    expect(summary.corrections).toMatchObject({ changed: 1, kept: 1, canUndo: true });
    expect(labelsOf(other, 2)).toEqual([]);
    expect(step.map(({ row, before, after }) => [row, before, after])).toEqual([
      [2, ['Staff'], []],
      [3, ['Boss'], ['Boss']],
    ]);
    expect(already).toBe(0);
    expect(refused.map(({ row, reason }) => `${row}: ${reason}`)).toEqual([
      '5: its title here is “Title D”',
      '77: the table has no such row',
      '4: the table writes at most 1 labels a row, these are 2',
    ]);
    const again = other.applyLog([{ ...log[0], after: [], why: 'again' }]);
    expect(again).toMatchObject({ step: [], already: 1, refused: [] });
    other.undoCorrection();
    expect(other.configure({}).corrections).toMatchObject({ changed: 0, kept: 0 });
  });

  it.each([
    ['Row,Title\n2,x\n3,y', 'no column “Before”'],
    ['Row,Title,Before,After,Why,When\nx,a,b,c,d,2026-01-01\n1,a,b,c,d,2026-01-01', 'names the row “x”'],
    ['Row,Title,Before,After,Why,When\n2,a,b,c,d,soon\n3,a,b,c,d,later', 'has the time “soon”'],
  ])('refuses what is none: %j', async (text, reason) => {
    await expect(readChangeLog(new File([text], 'log.csv'))).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining(reason),
    });
  });
});

async function cellsOf(of: DataSession, format: 'csv' | 'xlsx'): Promise<string[][]> {
  const blob = await of.writeCorrectedTable(format);
  const { cells } = await readFile(new File([blob], `table.${format}`), {}, () => undefined);
  return cells;
}

describe('the corrected table', () => {
  const rows = plain.map(([title], i) => [`id ${i}`, title, ...(i % 2 ? ['Boss', ''] : ['Staff', 'Nurse'])]);
  const severalColumns = () => {
    const of = opened(['Id', 'Title', 'Level', 'Level 2'], rows);
    of.configure({ roles: { title: 1, labels: { kind: 'columns', columns: [2, 3] } } });
    return of;
  };

  it.each(['csv', 'xlsx'] as const)('as %s: changed rows only, labels that stay keep their column', async (format) => {
    const of = severalColumns();
    expect(of.configure({}).corrections.mostLabels).toBe(2);
    of.correct([{ row: 2, labels: ['Nurse', 'Boss'] }], 'by hand');
    of.correct([{ row: 4, labels: ['Nurse'] }], 'by hand');
    const [ids, titles, level, second] = await cellsOf(of, format);
    expect(ids).toEqual(rows.map(([id]) => id));
    expect(titles).toEqual(rows.map(([, title]) => title));
    expect(level).toEqual(['Boss', 'Boss', '', ...rows.slice(3).map((row) => row[2])]);
    expect(second).toEqual(rows.map((row) => row[3]));
  });

  it('joins labels of one cell, and writes indicators in the words of their column', async () => {
    const joined = opened(
      ['Title', 'Levels'],
      plain.map(([title, level], i) => [title, i % 3 ? level : `${level};Nurse`]),
    );
    joined.configure({ roles: { title: 0, labels: { kind: 'separated', column: 1, separator: ';' } } });
    joined.correct([{ row: 3, labels: ['Staff', 'Nurse'] }], 'by hand');
    expect((await cellsOf(joined, 'csv'))[1].slice(0, 3)).toEqual(['Staff;Nurse', 'Staff; Nurse', 'Staff']);

    const flags = opened(
      ['Title', 'Boss', 'Nurse'],
      plain.map(([title], i) => [title, i % 2 ? 'yes' : 'no', i % 3 ? '0' : '1']),
    );
    flags.configure({ roles: { title: 0, labels: { kind: 'indicators', columns: [1, 2] } } });
    flags.correct([{ row: 2, labels: ['Boss'] }], 'by hand');
    const [, boss, nurse] = await cellsOf(flags, 'csv');
    expect([boss[0], nurse[0]]).toEqual(['yes', '0']);
    expect([boss.slice(1), nurse.slice(1)]).toEqual([
      plain.slice(1).map((_, i) => ((i + 1) % 2 ? 'yes' : 'no')),
      plain.slice(1).map((_, i) => ((i + 1) % 3 ? '0' : '1')),
    ]);
  });
});
