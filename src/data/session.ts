/** The table that is open, what is known of it, and the answers that the data screen asks for. */
import type { Correction, CorrectionHistory, LabelEdit } from '../shared/corrections.ts';
import { RungError } from '../shared/errors.ts';
import type { Dataset, DataSettings, DataSummary, LabelLayout, RowPage, RowQuery } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import { defaultCleaning } from './cleaning.ts';
import { changedRows, correctionState, editsOf, fitLog, type CorrectedTable, type FittedLog } from './correcting.ts';
import { writeCorrectedTable } from './correctedTable.ts';
import { Corrections, isChanged, withCorrections } from './corrections.ts';
import { fingerprint, tableFingerprint } from './fingerprint.ts';
import { findProblems, rowsOfFinding, sameLabels, type FindingRows } from './health.ts';
import { countLabels, countTogether, labelIds, readLabels, withLabelForUnlabelled, type RowLabels } from './labels.ts';
import type { Progress } from './readFile.ts';
import { mostLabels, recogniseRoles } from './roles.ts';
import { RowViews } from './rowViews.ts';
import type { Table } from './table.ts';
import { checkColumns, findBlock, trainableRows, usedLabels } from './trainable.ts';
import { analyseTitles, tokenHistogram, type CountTokens, type TitleAnalysis } from './titles.ts';

const silent: Progress = () => undefined;

interface Analysis {
  table: Table;
  settings: DataSettings;
  titles: TitleAnalysis | null;
  /** As written in the file. */
  writtenLabels: RowLabels | null;
  corrections: Corrections;
  /** The file's with the corrections over them. */
  correctedLabels: RowLabels | null;
  /** With the policy for rows without a label applied. */
  labels: RowLabels | null;
  findings: FindingRows[];
  /** Rows (0-based) that go to training. */
  trainable: Uint32Array<ArrayBuffer>;
  summary: DataSummary;
  views: RowViews;
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
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
    corrections: correctionState(analysis),
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
    this.open = this.analyse(table, settings, null, new Corrections(), onProgress);
    return this.open.summary;
  }

  /** Changes settings and analyses again what depends on them. */
  configure(change: Partial<DataSettings>, onProgress: Progress = silent): DataSummary {
    const before = this.current();
    const settings = { ...before.settings, ...change };
    checkColumns(before.table, settings.roles);
    // Labels read from elsewhere have corrections of their own.
    const sameLayout = sameValue(before.settings.roles.labels, settings.roles.labels);
    const corrections = sameLayout ? before.corrections : new Corrections();
    this.open = this.analyse(before.table, settings, before, corrections, onProgress);
    return this.open.summary;
  }

  /** @see CorrectionsApi */
  correct(edits: readonly LabelEdit[], why: string): DataSummary {
    const current = this.current();
    return this.recorrected(current.corrections.with(editsOf(edits, why, this.corrected())));
  }

  undoCorrection(): DataSummary {
    const { corrections, summary } = this.current();
    const undone = corrections.undo();
    return undone ? this.recorrected(undone) : summary;
  }

  redoCorrection(): DataSummary {
    const { corrections, summary } = this.current();
    const redone = corrections.redo();
    return redone ? this.recorrected(redone) : summary;
  }

  /** Applies what fits the table of a change log that was read, in one step. */
  applyLog(log: readonly Correction[]): FittedLog & { summary: DataSummary } {
    const fitted = fitLog(log, this.corrected());
    return { ...fitted, summary: this.recorrected(this.current().corrections.with(fitted.step)) };
  }

  get history(): CorrectionHistory {
    return this.current().corrections.history;
  }

  /** Takes up corrections that were kept for this table; see `correctionKey`. */
  restore(history: CorrectionHistory): DataSummary {
    return this.recorrected(new Corrections(history));
  }

  /** Names what corrections belong to: this table's cells, its labels read as they are now. Null while no labels are read. */
  correctionKey(): string | null {
    const { table, settings } = this.current();
    const { labels } = settings.roles;
    if (labels === null) return null;
    return `${tableFingerprint(table)} ${JSON.stringify(labels)}`;
  }

  writeCorrectedTable(format: 'csv' | 'xlsx'): Promise<Blob> {
    const { table, layout, ...rest } = this.corrected();
    return writeCorrectedTable(table, layout, changedRows(rest), format);
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
    const { table, settings, titles, labels, trainable, ...read } = sameValue(wanted, current.settings)
      ? current
      : this.analyse(current.table, wanted, current, current.corrections, silent);
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
    const changed = changedRows(read);
    const corrected = trainable.filter((row) => changed.has(row)).map((row) => table.rowNumbers[row]);
    return {
      name: table.source.name,
      titles: packed,
      labelNames,
      labels: matrix,
      rowNumbers: trainable.map((row) => table.rowNumbers[row]),
      groups: trainable.map((row) => titles.duplicates.groups[row]),
      cleaning: settings.cleaning,
      unlabelled: settings.unlabelled,
      ...(corrected.length > 0 && { corrected }),
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

  private recorrected(corrections: Corrections): DataSummary {
    const before = this.current();
    this.open = this.analyse(before.table, before.settings, before, corrections, silent);
    return this.open.summary;
  }

  /** @throws RungError `no-label-column` while no labels are read */
  private corrected(): CorrectedTable {
    const { table, settings, titles, writtenLabels, correctedLabels } = this.current();
    const layout = settings.roles.labels;
    if (layout !== null && titles !== null && writtenLabels !== null && correctedLabels !== null)
      return { table, layout, unlabelled: settings.unlabelled, titles, writtenLabels, correctedLabels };
    throw new RungError(
      'no-label-column',
      'Correcting labels: no column of labels is chosen.',
      'Choose the columns of titles and labels on the Data page first.',
    );
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

  private analyse(
    table: Table,
    settings: DataSettings,
    before: Analysis | null,
    corrections: Corrections,
    onProgress: Progress,
  ): Analysis {
    const titles = this.readTitles(table, settings, before, onProgress);
    onProgress('Reading labels', 0.8);
    const layout = settings.roles.labels;
    const writtenLabels = readLayout(table, layout, before);
    const correctedLabels = writtenLabels && withCorrections(writtenLabels, table.rowNumbers, corrections.byRow());
    const policy = settings.unlabelled;
    const labels =
      correctedLabels !== null && policy.kind === 'label'
        ? withLabelForUnlabelled(correctedLabels, policy.name)
        : correctedLabels;
    onProgress('Checking the rows', 0.9);
    const findings = findProblems({
      rowNumbers: table.rowNumbers,
      titles,
      labels: correctedLabels,
      unlabelled: policy,
      problems: table.problems,
    });
    const trainable = titles === null || labels === null ? new Uint32Array() : trainableRows(settings, titles, labels);
    const read = { writtenLabels, corrections, correctedLabels };
    const analysis = { table, settings, titles, ...read, labels, findings, trainable };
    const views = new RowViews({
      rowNumbers: table.rowNumbers,
      titles,
      labels,
      fileLabels: writtenLabels,
      rowsOfFinding: (id) => rowsOfFinding(findings, id),
      sameLabels: (a, b) => labels === null || sameLabels(labels, a, b),
      isCorrected: (row) =>
        writtenLabels !== null && correctedLabels !== null && isChanged(correctedLabels, writtenLabels, row),
    });
    return { ...analysis, summary: summarise(analysis), views };
  }
}

function readLayout(table: Table, layout: LabelLayout | null, before: Analysis | null): RowLabels | null {
  if (layout === null) return null;
  if (before !== null && sameValue(before.settings.roles.labels, layout)) return before.writtenLabels;
  return readLabels(table, layout);
}
