/** The labels of each row, whichever way the table writes them. */
import type { LabelCount, LabelLayout } from '../shared/dataset.ts';
import { isMissing, labelKey } from '../shared/labelNames.ts';
import { collapseSpaces } from '../shared/strings.ts';
import type { Table } from './table.ts';

/** Labels of all rows in compressed form: row `i` carries `ids[starts[i] .. starts[i + 1]]`, ascending, each once. */
export interface RowLabels {
  /** Most frequent first, then by name. */
  names: string[];
  starts: Uint32Array;
  ids: Uint32Array;
  /** Labels written in several ways ("manager", "Manager"): the kept spelling, and the rows with another. */
  respelled: { row: number; from: string; to: string }[];
}

const positive = new Set(['1', '1.0', 'true', 'yes', 'y', 'x', '\u2713', '\u2714', 'wahr', 'ja', 'oui', 'vrai']);
const negative = new Set(['0', '0.0', 'false', 'no', 'n', 'falsch', 'nein', 'non', 'faux']);

/** 1, 0, or null for a cell that is neither. An absent value counts as 0. */
export function indicatorValue(cell: string): 0 | 1 | null {
  const value = cell.trim().toLowerCase();
  if (positive.has(value)) return 1;
  return negative.has(value) || isMissing(value) ? 0 : null;
}

/** Labels written in one cell; an empty separator means the cell is one label. */
export function splitCell(cell: string, separator: string): string[] {
  const parts = separator === '' ? [cell] : cell.split(separator);
  return parts.map(collapseSpaces).filter((part) => !isMissing(part));
}

/** Column positions a layout reads. */
export function layoutColumns(layout: LabelLayout): number[] {
  return layout.kind === 'separated' ? [layout.column] : layout.columns;
}

function labelsOfRow(table: Table, layout: LabelLayout, row: number): string[] {
  if (layout.kind === 'separated') return splitCell(table.cells[layout.column][row], layout.separator);
  if (layout.kind === 'columns') return layout.columns.flatMap((column) => splitCell(table.cells[column][row], ''));
  const carried = layout.columns.filter((column) => indicatorValue(table.cells[column][row]) === 1);
  return carried.map((column) => table.columns[column]);
}

interface Spellings {
  rows: number;
  /** Spelling -> how often. */
  counts: Map<string, number>;
}

function mostFrequentSpelling(spellings: Spellings): string {
  let best = '';
  let most = 0;
  for (const [spelling, count] of spellings.counts) {
    if (count > most) [best, most] = [spelling, count];
  }
  return best;
}

/** Reads the labels of every row. */
export function readLabels(table: Table, layout: LabelLayout): RowLabels {
  const byKey = new Map<string, Spellings>();
  const written: string[][] = [];
  const note = (key: string): Spellings => {
    const known = byKey.get(key) ?? { rows: 0, counts: new Map<string, number>() };
    byKey.set(key, known);
    return known;
  };
  // Indicator labels exist by their column, even where no row has them.
  if (layout.kind === 'indicators')
    for (const column of layout.columns) note(labelKey(table.columns[column])).counts.set(table.columns[column], 1);
  for (let row = 0; row < table.rowCount; row++) {
    const labels = labelsOfRow(table, layout, row);
    written.push(labels);
    for (const key of new Set(labels.map(labelKey))) note(key).rows++;
    for (const label of labels) {
      const { counts } = note(labelKey(label));
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  const labels = [...byKey].map(([key, spellings]) => ({
    key,
    name: mostFrequentSpelling(spellings),
    rows: spellings.rows,
  }));
  labels.sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));
  const idOf = new Map(labels.map(({ key }, id) => [key, id]));
  const names = labels.map(({ name }) => name);
  return { names, ...compress(written, names, idOf) };
}

function compress(
  written: readonly string[][],
  names: readonly string[],
  idOf: ReadonlyMap<string, number>,
): Omit<RowLabels, 'names'> {
  const starts = new Uint32Array(written.length + 1);
  const ids: number[] = [];
  const respelled: RowLabels['respelled'] = [];
  written.forEach((labels, row) => {
    const carried = new Set<number>();
    for (const label of labels) {
      const id = idOf.get(labelKey(label)) ?? 0;
      carried.add(id);
      if (label !== names[id]) respelled.push({ row, from: label, to: names[id] });
    }
    for (const id of [...carried].toSorted((a, b) => a - b)) ids.push(id);
    starts[row + 1] = ids.length;
  });
  return { starts, ids: Uint32Array.from(ids), respelled };
}

/** Labels with one more for the rows that have none; one that is already called so takes them in. */
export function withLabelForUnlabelled(labels: RowLabels, name: string): RowLabels {
  const wanted = collapseSpaces(name) || 'No label';
  const known = labels.names.findIndex((label) => labelKey(label) === labelKey(wanted));
  const id = known >= 0 ? known : labels.names.length;
  const starts = new Uint32Array(labels.starts.length);
  const ids: number[] = [];
  for (let row = 0; row + 1 < labels.starts.length; row++) {
    const carried = labels.ids.subarray(labels.starts[row], labels.starts[row + 1]);
    if (carried.length === 0) ids.push(id);
    for (const label of carried) ids.push(label);
    starts[row + 1] = ids.length;
  }
  const names = known >= 0 ? labels.names : [...labels.names, wanted];
  return { names, starts, ids: Uint32Array.from(ids), respelled: labels.respelled };
}

/** Ids of the labels that a row carries. */
export function labelIds(labels: RowLabels, row: number): Uint32Array {
  return labels.ids.subarray(labels.starts[row], labels.starts[row + 1]);
}

/** Rows of each label, in the order of `names`. */
export function countLabels(labels: RowLabels): LabelCount[] {
  const counts = new Uint32Array(labels.names.length);
  for (const id of labels.ids) counts[id]++;
  return labels.names.map((name, id) => ({ name, rows: counts[id] }));
}

/** Rows that carry both labels, `names.length` squared, row-major; the diagonal is the count. */
export function countTogether(labels: RowLabels): number[] {
  const size = labels.names.length;
  const together = Array.from<number>({ length: size * size }).fill(0);
  for (let row = 0; row + 1 < labels.starts.length; row++) {
    const carried = labelIds(labels, row);
    for (const a of carried) for (const b of carried) together[a * size + b]++;
  }
  return together;
}
