/** Which column holds the titles and how labels are written: by header words first, then by what the cells look like. */
import type { ColumnRoles, LabelLayout } from '../shared/dataset.ts';
import { headerStem, isLabelWord, titleWordStrength } from './headerWords.ts';
import { isMissing } from '../shared/labelNames.ts';
import { indicatorValue, splitCell } from './labels.ts';
import type { Table } from './table.ts';

/** More distinct labels than this are free text, not classes. */
export const mostLabels = 100;

/** Rows looked at; spread over the file, as sorted files begin with one label. */
const sampleSize = 5000;

export interface ColumnProfile {
  column: number;
  filled: number;
  /** Distinct filled cells of the sample. */
  distinct: Map<string, number>;
  /** Filled cells with a letter, share. */
  letters: number;
  meanLength: number;
  /** Every cell is 1/0, yes/no, x or empty, and at least one is filled. */
  indicator: boolean;
}

function sampleRows(rowCount: number): number[] {
  const step = Math.max(1, rowCount / sampleSize);
  return Array.from({ length: Math.min(rowCount, sampleSize) }, (_, i) => Math.floor(i * step));
}

/** Looks at the cells of one column. */
export function profileColumn(table: Table, column: number): ColumnProfile {
  const distinct = new Map<string, number>();
  let [filled, letters, length] = [0, 0, 0];
  let indicator = true;
  for (const row of sampleRows(table.rowCount)) {
    const cell = table.cells[column][row].trim();
    if (indicatorValue(cell) === null) indicator = false;
    if (isMissing(cell)) continue;
    filled++;
    length += Math.min(cell.length, 1000);
    if (/\p{L}/u.test(cell)) letters++;
    distinct.set(cell, (distinct.get(cell) ?? 0) + 1);
  }
  const count = Math.max(1, filled);
  return {
    column,
    filled,
    distinct,
    letters: letters / count,
    meanLength: length / count,
    indicator: indicator && filled > 0,
  };
}

function titleScore(table: Table, profile: ColumnProfile): number {
  if (profile.filled === 0 || profile.letters < 0.5 || profile.indicator) return 0;
  const variety = profile.distinct.size / profile.filled;
  const plausibleLength = profile.meanLength >= 4 && profile.meanLength <= 120 ? 1 : 0.3;
  const words = titleWordStrength(table.columns[profile.column]);
  const labelWord = isLabelWord(table.columns[profile.column]) ? -0.5 : 0;
  return words + variety * plausibleLength + labelWord;
}

function findTitle(table: Table, profiles: readonly ColumnProfile[]): number | null {
  let best: number | null = null;
  let bestScore = 0.05;
  for (const profile of profiles) {
    const score = titleScore(table, profile);
    // A tie goes to the column on the left, where titles usually stand.
    if (score > bestScore + 1e-9) [best, bestScore] = [profile.column, score];
  }
  return best;
}

/** Cells of one label each: few distinct values that come back. */
function isCategorical(profile: ColumnProfile): boolean {
  if (profile.filled === 0 || profile.meanLength > 60 || profile.distinct.size > mostLabels) return false;
  return profile.distinct.size <= Math.max(2, profile.filled * 0.5);
}

function overlap(a: ColumnProfile, b: ColumnProfile): number {
  const [small, large] = a.distinct.size <= b.distinct.size ? [a, b] : [b, a];
  if (small.distinct.size === 0) return 0;
  let shared = 0;
  for (const value of small.distinct.keys()) if (large.distinct.has(value)) shared++;
  return shared / small.distinct.size;
}

const strongSeparators = [';', '|'];
const weakSeparators = [',', '/', '+', '\n', '&'];

/** Distinct labels before and after a split, and how many cells hold the separator. */
function splitEffect(profile: ColumnProfile, separator: string): { cells: number; labels: number } {
  const labels = new Set<string>();
  let cells = 0;
  for (const [cell, count] of profile.distinct) {
    const parts = splitCell(cell, separator);
    if (parts.length > 1) cells += count;
    for (const part of parts) labels.add(part);
  }
  return { cells, labels: labels.size };
}

/**
 * The separator of a column with several labels a cell, or ''. `;` and `|` are taken at their word; a comma or a slash may belong to a
 * name ("Individual Contributor/Staff") and counts only where splitting leaves fewer distinct labels.
 */
export function findSeparator(profile: ColumnProfile): string {
  for (const separator of strongSeparators) {
    const { cells, labels } = splitEffect(profile, separator);
    if (cells > 0 && labels <= mostLabels) return separator;
  }
  for (const separator of weakSeparators) {
    const { cells, labels } = splitEffect(profile, separator);
    if (cells > 0 && labels < profile.distinct.size) return separator;
  }
  return '';
}

/** One column, split or not, as a layout. */
function separated(profile: ColumnProfile): LabelLayout {
  return { kind: 'separated', column: profile.column, separator: findSeparator(profile) };
}

/** The columns beside `seed` that hold more of the same labels: same header but for a number, or mostly the same values. */
function companions(table: Table, seed: ColumnProfile, profiles: readonly ColumnProfile[]): ColumnProfile[] {
  const stem = headerStem(table.columns[seed.column]);
  return profiles.filter((profile) => {
    if (profile === seed) return true;
    const sameStem = headerStem(table.columns[profile.column]) === stem && /\d/.test(table.columns[profile.column]);
    if (profile.filled === 0) return sameStem;
    return overlap(seed, profile) >= 0.5 && (sameStem || profile.distinct.size > 1 || seed.distinct.size <= 2);
  });
}

function findLabels(table: Table, profiles: readonly ColumnProfile[]): LabelLayout | null {
  const indicators = profiles.filter((profile) => profile.indicator);
  const candidates = profiles.filter((profile) => !profile.indicator && profile.filled > 0);
  const named = candidates.filter((profile) => isLabelWord(table.columns[profile.column]));
  const categorical = candidates.filter(isCategorical);
  const namedCategorical = named.filter(isCategorical);
  if (indicators.length >= 2 && namedCategorical.length === 0) {
    return { kind: 'indicators', columns: indicators.map((profile) => profile.column) };
  }
  // Many combinations of few labels look like free text until they are split.
  const splittable = candidates.filter((profile) => {
    const separator = findSeparator(profile);
    return (
      separator !== '' &&
      splitEffect(profile, separator).labels <= Math.min(mostLabels, Math.max(2, profile.filled * 0.5))
    );
  });
  const seed =
    namedCategorical[0] ??
    named.find((profile) => splittable.includes(profile)) ??
    fewestDistinct(categorical) ??
    splittable[0] ??
    named[0];
  if (seed === undefined) return null;
  const columns = companions(
    table,
    seed,
    profiles.filter((profile) => !profile.indicator),
  );
  if (columns.length > 1) return { kind: 'columns', columns: columns.map((profile) => profile.column) };
  return separated(seed);
}

function fewestDistinct(profiles: readonly ColumnProfile[]): ColumnProfile | undefined {
  const varied = profiles.filter((profile) => profile.distinct.size > 1);
  return (varied.length > 0 ? varied : profiles).toSorted((a, b) => a.distinct.size - b.distinct.size)[0];
}

/** Recognises title and label columns; null for what is not there. */
export function recogniseRoles(table: Table): ColumnRoles {
  const profiles = table.columns.map((_, column) => profileColumn(table, column));
  const title = findTitle(table, profiles);
  const rest = profiles.filter(
    (profile) => profile.column !== title && titleWordStrength(table.columns[profile.column]) < 2,
  );
  return { title, labels: findLabels(table, rest) };
}
