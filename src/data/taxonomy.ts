/**
 * Files of a taxonomy: one table with the entries (code, title, description), and files beside it that name further titles by code,
 * as O*NET has them. Which file is what is told by its columns, never by its name.
 */
import { RungError } from '../shared/errors.ts';
import type { KnownTitles, TaxonomyColumns, TaxonomyFile } from '../shared/matching.ts';
import { collapseSpaces, packStrings } from '../shared/strings.ts';
import { fingerprint } from './fingerprint.ts';
import { readFile, type Progress } from './readFile.ts';
import { guessTaxonomyColumns, isReported, otherTitlesColumns } from './taxonomyColumns.ts';
import type { Table } from './table.ts';

/** More would take minutes to embed and gigabytes to rank among. */
const mostEntries = 50_000;
const hint = 'Choose its columns by hand, or drop another file.';

/**
 * Reads the files of one taxonomy.
 * @param columns of the table with the entries; null: guess
 * @throws RungError as `readFile`; `no-title-column`, `no-rows`, `file-too-large` naming the file.
 */
export async function readTaxonomy(
  files: readonly File[],
  columns: TaxonomyColumns | null,
  onProgress: Progress,
): Promise<TaxonomyFile> {
  const tables: Table[] = [];
  for (const file of files) {
    onProgress(`Reading ${file.name}`, tables.length / files.length);
    tables.push(await readFile(file, {}, () => undefined));
  }
  return taxonomyOf(tables, columns);
}

/** The same from tables that are read already. */
export function taxonomyOf(tables: readonly Table[], columns: TaxonomyColumns | null): TaxonomyFile {
  const main = mainTable(tables);
  const chosen = columns ?? guessTaxonomyColumns(main);
  const entries = readEntries(main, chosen);
  const notes = [...entries.notes];
  const found: Record<'alternates' | 'reported', { titles: string[]; entries: number[] }> = {
    alternates: entries.alternates,
    reported: { titles: [], entries: [] },
  };
  for (const table of tables) {
    if (table === main) continue;
    const at = otherTitlesColumns(table, entries.entryOf);
    if (!at) {
      notes.push(`${table.source.name} is not used: it has no titles beside codes of ${main.source.name}.`);
      continue;
    }
    const kind = isReported(table.columns[at.title]) ? 'reported' : 'alternates';
    const unknown = addTitles(found[kind], table, at, entries.entryOf);
    if (unknown > 0)
      notes.push(`${rowsText(unknown)} of ${table.source.name} with a code that ${main.source.name} lacks.`);
  }
  const texts = [entries.codes, entries.titles, entries.descriptions].map((list) => packStrings(list));
  const [codes, titles, descriptions] = texts;
  return {
    taxonomy: {
      name: main.source.name,
      fingerprint: fingerprint(texts.map(({ bytes }) => bytes)),
      codes,
      titles,
      descriptions,
      alternates: packed(found.alternates),
      reported: packed(found.reported),
    },
    columns: main.columns,
    chosen,
    undescribed: entries.descriptions.filter((text) => text === '').length,
    notes,
  };
}

function packed({ titles, entries }: { titles: string[]; entries: number[] }): KnownTitles {
  return { titles: packStrings(titles), entries: Uint32Array.from(entries) };
}

/** The table with descriptions; of several, or of none, the one whose rows are longest. */
function mainTable(tables: readonly Table[]): Table {
  let best: Table | null = null;
  let most = -1;
  for (const table of tables) {
    const { description } = guessTaxonomyColumns(table);
    const letters = table.cells.reduce((sum, cells) => sum + cells.slice(0, 200).join('').length, 0);
    const score = (description === null ? 0 : 1e9) + letters / Math.min(200, table.rowCount);
    if (score <= most) continue;
    [best, most] = [table, score];
  }
  if (best) return best;
  throw new RungError('no-rows', 'Reading a taxonomy: no file was given.', 'Drop a file with codes and titles.');
}

interface Entries {
  codes: string[];
  titles: string[];
  descriptions: string[];
  /** Code -> entry. */
  entryOf: Map<string, number>;
  alternates: { titles: string[]; entries: number[] };
  notes: string[];
}

const rowsText = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);

function readEntries(table: Table, chosen: TaxonomyColumns): Entries {
  const { name } = table.source;
  const column = (at: number | null): string[] | null => {
    if (at === null) return null;
    if (table.cells[at]) return table.cells[at];
    throw new RungError('no-title-column', `Reading ${name}: it has no column ${at + 1}.`, hint);
  };
  const [codes, titles] = [column(chosen.code), column(chosen.title) ?? []];
  const [descriptions, others] = [column(chosen.description), column(chosen.alternates)];
  const entries: Entries = {
    codes: [],
    titles: [],
    descriptions: [],
    entryOf: new Map(),
    alternates: { titles: [], entries: [] },
    notes: [],
  };
  let [blank, repeated] = [0, 0];
  for (let row = 0; row < table.rowCount; row++) {
    const title = collapseSpaces(titles[row]);
    if (title === '') {
      blank++;
      continue;
    }
    const code = collapseSpaces(codes?.[row] ?? '') || `row ${table.rowNumbers[row]}`;
    const entry = entries.codes.length;
    if (entries.entryOf.has(code)) repeated++;
    else entries.entryOf.set(code, entry);
    entries.codes.push(code);
    entries.titles.push(title);
    entries.descriptions.push(collapseSpaces(descriptions?.[row] ?? ''));
    for (const other of (others?.[row] ?? '').split(/[\n|;]/)) {
      if (collapseSpaces(other) === '') continue;
      entries.alternates.titles.push(collapseSpaces(other));
      entries.alternates.entries.push(entry);
    }
  }
  if (entries.codes.length === 0) {
    const message = `Reading ${name}: every cell of the title column “${table.columns[chosen.title]}” is empty.`;
    throw new RungError('no-rows', message, hint);
  }
  if (entries.codes.length > mostEntries) {
    const message = `Reading ${name}: taxonomies of up to ${mostEntries} entries can be matched, this one has ${entries.codes.length}.`;
    throw new RungError('file-too-large', message, 'Keep only the level of the taxonomy that you need.');
  }
  if (blank > 0) entries.notes.push(`${rowsText(blank)} of ${name} without a title, left out.`);
  if (repeated > 0) entries.notes.push(`${rowsText(repeated)} of ${name} with a code that stands above already.`);
  return entries;
}

/** Adds the titles of a file; returns how many rows have a code that no entry has. */
function addTitles(
  found: { titles: string[]; entries: number[] },
  table: Table,
  at: { code: number; title: number },
  entryOf: ReadonlyMap<string, number>,
): number {
  let unknown = 0;
  for (let row = 0; row < table.rowCount; row++) {
    const entry = entryOf.get(collapseSpaces(table.cells[at.code][row]));
    const title = collapseSpaces(table.cells[at.title][row]);
    if (entry === undefined) unknown++;
    else if (title !== '') {
      found.titles.push(title);
      found.entries.push(entry);
    }
  }
  return unknown;
}
