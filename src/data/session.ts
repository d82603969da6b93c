/** The table that is open, what is known of it, and the answers that the data screen asks for. */
import { RungError, type ErrorCode } from '../shared/errors.ts';
import type {
  ColumnRoles,
  Dataset,
  DataSettings,
  DataSummary,
  LabelLayout,
  RowPage,
  RowQuery,
} from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import { defaultCleaning } from './cleaning.ts';
import { fingerprint } from './fingerprint.ts';
import { findProblems, rowsOfFinding, sameLabels, type FindingRows } from './health.ts';
import {
  countLabels,
  countTogether,
  labelIds,
  layoutColumns,
  readLabels,
  withLabelForUnlabelled,
  type RowLabels,
} from './labels.ts';
import type { Progress } from './readFile.ts';
import { mostLabels, recogniseRoles } from './roles.ts';
import { RowViews } from './rowViews.ts';
import type { Table } from './table.ts';
import { analyseTitles, tokenHistogram, type CountTokens, type TitleAnalysis } from './titles.ts';

/** Fewer rows than this cannot be split three ways and measured. */
const fewestRows = 10;

const silent: Progress = () => undefined;

interface Analysis {
  table: Table;
  settings: DataSettings;
  titles: TitleAnalysis | null;
  /** As written in the file. */
  writtenLabels: RowLabels | null;
  /** With the policy for rows without a label applied. */
  labels: RowLabels | null;
  findings: FindingRows[];
  /** Rows (0-based) that go to training. */
  trainable: Uint32Array<ArrayBuffer>;
  summary: DataSummary;
  views: RowViews;
}

interface Blocked {
  code: ErrorCode;
  message: string;
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Rows that the settings let through. */
function trainableRows(settings: DataSettings, titles: TitleAnalysis, labels: RowLabels): Uint32Array<ArrayBuffer> {
  const { filter, unlabelled } = settings;
  const firstKept = new Map<string, number>();
  const rows: number[] = [];
  for (let row = 0; row < titles.raw.length; row++) {
    const carried = labelIds(labels, row);
    if (unlabelled.kind === 'drop' && carried.length === 0) continue;
    if (filter.invalidTitles && (titles.empty[row] === 1 || titles.symbolsOnly[row] === 1)) continue;
    if (filter.exactDuplicates) {
      const key = `${titles.duplicates.firstSame[row]}:${carried.join(',')}`;
      if (firstKept.has(key)) continue;
      firstKept.set(key, row);
    }
    rows.push(row);
  }
  return Uint32Array.from(rows);
}

/** Labels that at least one of the rows carries, in order. */
function usedLabels(labels: RowLabels, rows: Uint32Array): number[] {
  const used = new Uint8Array(labels.names.length);
  for (const row of rows) for (const id of labelIds(labels, row)) used[id] = 1;
  return [...used.keys()].filter((id) => used[id] === 1);
}

function findBlock(
  table: Table,
  settings: DataSettings,
  labels: RowLabels | null,
  trainable: Uint32Array,
): Blocked | null {
  const { roles } = settings;
  if (roles.title === null)
    return { code: 'no-title-column', message: 'No column looks like job titles. Choose it above the table.' };
  if (roles.labels === null || labels === null) {
    const found = table.columns.length === 1 ? 'The table has one column only' : 'No column looks like labels';
    return {
      code: 'no-label-column',
      message: `${found}. Training needs a column that says which labels each title carries.`,
    };
  }
  if (labels.names.length > mostLabels) {
    const columns = layoutColumns(roles.labels)
      .map((column) => `"${table.columns[column]}"`)
      .join(', ');
    return {
      code: 'too-many-labels',
      message: `${columns} ${columns.includes(',') ? 'hold' : 'holds'} ${labels.names.length.toLocaleString('en')} distinct values, more than the ${mostLabels} labels that can be learned. It looks like free text: choose another column, or a separator.`,
    };
  }
  const used = usedLabels(labels, trainable);
  if (used.length < 2) {
    const found = used.length === 0 ? 'No row that is left has a label' : `Every label is "${labels.names[used[0]]}"`;
    return {
      code: 'too-few-labels',
      message: `${found}. Two different labels or more are needed to tell titles apart.`,
    };
  }
  if (trainable.length < fewestRows) {
    return {
      code: 'too-few-rows',
      message: `Only ${trainable.length} rows are left to train on; ${fewestRows} are the least, hundreds are sensible.`,
    };
  }
  return null;
}

function checkColumns(table: Table, roles: ColumnRoles): void {
  const columns = [
    ...(roles.title === null ? [] : [roles.title]),
    ...(roles.labels === null ? [] : layoutColumns(roles.labels)),
  ];
  const wrong = columns.find((column) => !Number.isInteger(column) || column < 0 || column >= table.columns.length);
  if (wrong === undefined) return;
  throw new RungError(
    'not-found',
    `Setting the columns: the table has columns 0 to ${table.columns.length - 1}, not ${wrong}.`,
    'Choose one of its columns.',
  );
}

function summarise(analysis: Omit<Analysis, 'summary' | 'views'>): DataSummary {
  const { table, settings, titles, labels, findings, trainable } = analysis;
  const tooMany = labels !== null && labels.names.length > mostLabels;
  return {
    source: table.source,
    columns: table.columns,
    rowCount: table.rowCount,
    settings,
    blocked: findBlock(table, settings, labels, trainable),
    findings: findings.map(({ id, severity, title, detail, rows }) => ({ id, severity, title, detail, rows })),
    labels: labels === null ? [] : countLabels(labels).slice(0, mostLabels),
    // A table of free text against itself would not fit into memory.
    cooccurrence: labels === null || tooMany ? [] : countTogether(labels),
    tokenLengths: titles === null ? [] : tokenHistogram(titles.tokens),
    trainableRows: trainable.length,
    cleaned: titles === null ? { count: 0, examples: [] } : titles.changed,
  };
}

/** One open table. A call that throws leaves everything as it was. */
export class DataSession {
  private open: Analysis | null = null;
  private readonly countTokens: CountTokens | null;

  constructor(countTokens: CountTokens | null) {
    this.countTokens = countTokens;
  }

  /** Makes `table` the session's, with recognised roles and default settings. */
  load(table: Table, onProgress: Progress = silent): DataSummary {
    const settings: DataSettings = {
      roles: recogniseRoles(table),
      unlabelled: { kind: 'drop' },
      cleaning: defaultCleaning,
      filter: { invalidTitles: true, exactDuplicates: true },
    };
    this.open = this.analyse(table, settings, null, onProgress);
    return this.open.summary;
  }

  /** Changes settings and analyses again what depends on them. */
  configure(change: Partial<DataSettings>, onProgress: Progress = silent): DataSummary {
    const before = this.current();
    const settings = { ...before.settings, ...change };
    checkColumns(before.table, settings.roles);
    this.open = this.analyse(before.table, settings, before, onProgress);
    return this.open.summary;
  }

  /** A window of the rows that match. The first call of a new query searches all rows, further ones only copy. */
  rows(query: RowQuery, offset: number, limit: number): RowPage {
    return this.current().views.page(query, offset, limit);
  }

  /**
   * What goes to training: cleaned titles, labels that occur, near-duplicate groups. `change` is for this once: what is open stays as it is.
   * @throws RungError when the summary says `blocked`.
   */
  dataset(change: Partial<DataSettings> = {}): Dataset {
    const current = this.current();
    const wanted = { ...current.settings, ...change };
    const { table, settings, titles, labels, trainable } = sameValue(wanted, current.settings)
      ? current
      : this.analyse(current.table, wanted, current, silent);
    const blocked = findBlock(table, settings, labels, trainable);
    if (blocked !== null || titles === null || labels === null) {
      throw new RungError(
        blocked?.code ?? 'internal',
        `Preparing the training data: ${blocked?.message ?? 'the table is not analysed.'}`,
        'Correct the columns or the settings on the Data page.',
      );
    }
    const used = usedLabels(labels, trainable);
    const positions = new Map(used.map((id, position) => [id, position]));
    const matrix = new Uint8Array(trainable.length * used.length);
    trainable.forEach((row, i) => {
      for (const id of labelIds(labels, row)) matrix[i * used.length + (positions.get(id) ?? 0)] = 1;
    });
    const packed = packStrings(Array.from(trainable, (row) => titles.cleaned[row]));
    const labelNames = used.map((id) => labels.names[id]);
    return {
      name: table.source.name,
      titles: packed,
      labelNames,
      labels: matrix,
      rowNumbers: trainable.map((row) => table.rowNumbers[row]),
      groups: trainable.map((row) => titles.duplicates.groups[row]),
      cleaning: settings.cleaning,
      unlabelled: settings.unlabelled,
      fingerprint: fingerprint([
        packed.bytes,
        new Uint8Array(packed.offsets.buffer),
        new TextEncoder().encode(labelNames.join('\0')),
        matrix,
      ]),
    };
  }

  private current(): Analysis {
    if (this.open !== null) return this.open;
    throw new RungError('not-found', 'Asking for rows: no table is open.', 'Drop a file on the Data page first.');
  }

  private readTitles(
    table: Table,
    settings: DataSettings,
    before: Analysis | null,
    onProgress: Progress,
  ): TitleAnalysis | null {
    const column = settings.roles.title;
    if (column === null) return null;
    if (
      before !== null &&
      before.settings.roles.title === column &&
      sameValue(before.settings.cleaning, settings.cleaning)
    )
      return before.titles;
    return analyseTitles(table.cells[column], table.rowNumbers, settings.cleaning, this.countTokens, onProgress);
  }

  private analyse(table: Table, settings: DataSettings, before: Analysis | null, onProgress: Progress): Analysis {
    const titles = this.readTitles(table, settings, before, onProgress);
    onProgress('Reading labels', 0.8);
    const layout = settings.roles.labels;
    const writtenLabels = readLayout(table, layout, before);
    const policy = settings.unlabelled;
    const labels =
      writtenLabels !== null && policy.kind === 'label'
        ? withLabelForUnlabelled(writtenLabels, policy.name)
        : writtenLabels;
    onProgress('Checking the rows', 0.9);
    const findings = findProblems({
      rowNumbers: table.rowNumbers,
      titles,
      labels: writtenLabels,
      unlabelled: policy,
      problems: table.problems,
    });
    const trainable = titles === null || labels === null ? new Uint32Array() : trainableRows(settings, titles, labels);
    const analysis = { table, settings, titles, writtenLabels, labels, findings, trainable };
    const views = new RowViews({
      rowNumbers: table.rowNumbers,
      titles,
      labels,
      rowsOfFinding: (id) => rowsOfFinding(findings, id),
      sameLabels: (a, b) => labels === null || sameLabels(labels, a, b),
    });
    return { ...analysis, summary: summarise(analysis), views };
  }
}

function readLayout(table: Table, layout: LabelLayout | null, before: Analysis | null): RowLabels | null {
  if (layout === null) return null;
  if (before !== null && sameValue(before.settings.roles.labels, layout)) return before.writtenLabels;
  return readLabels(table, layout);
}
