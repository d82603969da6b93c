/** Which columns of a taxonomy's files hold what: by their names first, then by what their cells look like. */
import type { TaxonomyColumns } from '../shared/matching.ts';
import { headerStem, titleWordStrength } from './headerWords.ts';
import { profileColumn, type ColumnProfile } from './roles.ts';
import type { Table } from './table.ts';

const codeName = /(^|\W)(code|codes|soc|id|uri|concepturi|notation|naics|isco|isic|kldb|rome|nace|sic)(\W|$)/;
const descriptionName = /description|definition|beschreibung|descripción|scope note/;
const alternatesName = /^(alt|alternative|alternate|other)\W?(labels?|titles?|names?)$|synonyms?|^hidden labels?$/;

/** Titles that people gave for themselves, not what the taxonomy calls them. */
export function isReported(column: string): boolean {
  return /reported/i.test(column);
}

/** Share of the filled cells that are different. */
function variety({ distinct, filled }: ColumnProfile): number {
  return distinct.size / Math.max(1, filled);
}

/** Columns of a table with entries, guessed. */
export function guessTaxonomyColumns(table: Table): TaxonomyColumns {
  const profiles = table.columns.map((_, column) => profileColumn(table, column));
  const stems = table.columns.map((name) => headerStem(name.replace(/([a-z])([A-Z])/g, '$1 $2')));
  const free = new Set(profiles.filter(({ filled }) => filled > 0).map(({ column }) => column));
  const take = (scoreOf: (profile: ColumnProfile, stem: string) => number): number | null => {
    let best: number | null = null;
    let most = 0;
    for (const column of free) {
      const score = scoreOf(profiles[column], stems[column]);
      if (score > most) [best, most] = [column, score];
    }
    if (best !== null) free.delete(best);
    return best;
  };
  // “Description” before “definition” and “scope note”: fuller in files that have several.
  const description = take((profile, stem) =>
    descriptionName.test(stem) ? profile.filled * (stem === 'description' ? 2 : 1) : 0,
  );
  const alternates = take((_, stem) => (alternatesName.test(stem) ? 1 : 0));
  const code = take(
    (profile, stem) =>
      (codeName.test(stem) ? variety(profile) : 0) + (looksCoded(table, profile) ? 0.9 * variety(profile) : 0),
  );
  const title = take((profile) => {
    const fits = profile.letters < 0.5 ? 0 : profile.meanLength < 120 ? 1 : 0.1;
    return fits * (2 * titleWordStrength(table.columns[profile.column]) + variety(profile));
  });
  const longest =
    description ?? take((profile) => (profile.meanLength > 40 && variety(profile) > 0.5 ? profile.meanLength : 0));
  return { code, title: title ?? 0, description: longest, alternates };
}

/** Short cells with a digit, hardly one twice. */
function looksCoded({ cells, rowCount }: Table, { column, meanLength, distinct, filled }: ColumnProfile): boolean {
  if (meanLength > 40 || filled === 0 || distinct.size < 0.9 * filled) return false;
  const sample = cells[column].slice(0, Math.min(200, rowCount)).filter((cell) => cell.trim() !== '');
  return sample.filter((cell) => /\d/.test(cell) && !/\s/.test(cell.trim())).length > 0.9 * sample.length;
}

/** Letters on average: a column of longer cells holds sentences, unless it is called titles. */
const longestUnnamed = 60;

/** Columns of a file with further titles: a column with codes of the entries, and the title column beside it; null where there is none. */
export function otherTitlesColumns(
  table: Table,
  entryOf: ReadonlyMap<string, number>,
): { code: number; title: number } | null {
  const known = (column: number): number => {
    const sample = table.cells[column].slice(0, 500);
    return sample.filter((cell) => entryOf.has(cell.trim())).length / Math.max(1, sample.length);
  };
  const columns = table.columns.map((_, column) => column);
  const code = columns.find((column) => known(column) > 0.5);
  if (code === undefined) return null;
  let [title, most] = [-1, 0];
  for (const column of columns) {
    if (column === code) continue;
    const profile = profileColumn(table, column);
    const stem = headerStem(table.columns[column]);
    const named = /title|label|name/.test(stem) ? 1 : 0;
    const fits = profile.letters >= 0.5 && profile.meanLength <= (named ? 120 : longestUnnamed);
    // Hardly two alike: tasks, sources and dates of an entry are no titles of it.
    const score =
      !fits || (!named && variety(profile) < 0.5) ? 0 : variety(profile) + named - (/short/.test(stem) ? 1 : 0);
    if (score > most) [title, most] = [column, score];
  }
  return title < 0 ? null : { code, title };
}
