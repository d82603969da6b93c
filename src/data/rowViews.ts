/** Rows as the table on the page shows them, found by finding, text and label, a window at a time. */
import type { FindingId, RowPage, RowQuery, RowView } from '../shared/dataset.ts';
import { noNeighbour } from './duplicates.ts';
import { labelIds, type RowLabels } from './labels.ts';
import type { TitleAnalysis } from './titles.ts';

export interface RowSource {
  rowNumbers: Uint32Array;
  titles: TitleAnalysis | null;
  labels: RowLabels | null;
  /** As the file has them, without corrections. */
  fileLabels: RowLabels | null;
  rowsOfFinding: (id: FindingId) => Uint32Array;
  sameLabels: (a: number, b: number) => boolean;
  isCorrected: (row: number) => boolean;
}

/** Answers `RowQuery` over one analysis. The rows of the last query are kept, so that scrolling only copies. */
export class RowViews {
  private readonly source: RowSource;
  private lowerCased: string[] | null = null;
  private lastQuery = '';
  private lastRows: Uint32Array | null = null;

  constructor(source: RowSource) {
    this.source = source;
  }

  /** `offset` and `limit` count matching rows; what lies outside is left out. */
  page(query: RowQuery, offset: number, limit: number): RowPage {
    const rows = this.match(query);
    const total = rows === null ? this.source.rowNumbers.length : rows.length;
    const start = Math.max(0, Math.floor(offset));
    const end = Math.min(total, start + Math.max(0, Math.floor(limit)));
    const views: RowView[] = [];
    for (let i = start; i < end; i++) views.push(this.view(rows === null ? i : rows[i]));
    return { total, rows: views };
  }

  /** Matching rows, or null for all. */
  private match(query: RowQuery): Uint32Array | null {
    const key = JSON.stringify([query.finding, query.search, query.label]);
    if (key === this.lastQuery) return this.lastRows;
    const search = query.search?.trim().toLowerCase() ?? '';
    let rows = query.finding === undefined ? null : this.source.rowsOfFinding(query.finding);
    if (query.label !== undefined) rows = this.filter(rows, this.carries(query.label));
    if (search !== '') {
      const titles = this.lowerCasedTitles();
      rows = this.filter(rows, (row) => titles[row].includes(search));
    }
    this.lastQuery = key;
    this.lastRows = rows;
    return rows;
  }

  private filter(rows: Uint32Array | null, test: (row: number) => boolean): Uint32Array {
    if (rows !== null) return rows.filter(test);
    const kept: number[] = [];
    for (let row = 0; row < this.source.rowNumbers.length; row++) if (test(row)) kept.push(row);
    return Uint32Array.from(kept);
  }

  private carries(name: string): (row: number) => boolean {
    const { labels } = this.source;
    const id = labels?.names.indexOf(name) ?? -1;
    if (labels === null || id < 0) return () => false;
    return (row) => labelIds(labels, row).includes(id);
  }

  private lowerCasedTitles(): string[] {
    this.lowerCased ??=
      this.source.titles?.raw.map((title) => title.toLowerCase()) ?? Array.from(this.source.rowNumbers, () => '');
    return this.lowerCased;
  }

  private view(row: number): RowView {
    const { rowNumbers, titles, labels } = this.source;
    return {
      row: rowNumbers[row],
      title: titles?.raw[row] ?? '',
      labels: labels === null ? [] : Array.from(labelIds(labels, row), (id) => labels.names[id]),
      notes: this.notes(row),
    };
  }

  /** What the file says where the row's labels were corrected; else null. */
  private before(row: number): string | null {
    const { fileLabels, isCorrected } = this.source;
    if (fileLabels === null || !isCorrected(row)) return null;
    return Array.from(labelIds(fileLabels, row), (id) => fileLabels.names[id]).join(', ') || 'without a label';
  }

  private notes(row: number): string[] {
    const { rowNumbers, titles, labels } = this.source;
    const notes: string[] = [];
    const was = this.before(row);
    if (was !== null) notes.push(`corrected, was ${was}`);
    if (labels !== null && labelIds(labels, row).length === 0) notes.push('no label');
    if (titles === null) return notes;
    if (titles.empty[row] === 1) notes.push('no title');
    if (titles.symbolsOnly[row] === 1) notes.push('no letters');
    const { firstSame, neighbour, reordered } = titles.duplicates;
    if (firstSame[row] !== row) {
      const other = this.source.sameLabels(firstSame[row], row) ? 'same title as' : 'other labels than';
      notes.push(`${other} row ${rowNumbers[firstSame[row]]}`);
    }
    if (neighbour[row] !== noNeighbour) {
      const how = reordered[row] === 1 ? 'same words as' : 'near duplicate of';
      notes.push(`${how} row ${rowNumbers[neighbour[row]]}`);
    }
    return notes;
  }
}
