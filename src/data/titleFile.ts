/** Files and pasted lists whose titles are to be predicted. */
import { RungError } from '../shared/errors.ts';
import { packStrings, type PackedStrings } from '../shared/strings.ts';
import { readFile, readPasted, type Progress } from './readFile.ts';
import { recogniseRoles } from './roles.ts';

/** Titles of a table, as written, with the columns they could have come from. */
export interface TitleList {
  name: string;
  columns: string[];
  titleColumn: number;
  rows: number;
  titles: PackedStrings;
}

const silent: Progress = () => undefined;

/**
 * Reads the titles of a file, or of pasted text (one a line, or a table).
 * @param titleColumn 0-based; null: guess
 * @throws RungError as `readFile` and `readPasted` do; `no-title-column` for a column that is not there.
 */
export async function readTitleList(source: File | string, titleColumn: number | null): Promise<TitleList> {
  const table = typeof source === 'string' ? readPasted(source, true) : await readFile(source, {}, silent);
  const column = titleColumn ?? recogniseRoles(table).title ?? 0;
  const cells = table.cells[column];
  if (cells === undefined) {
    throw new RungError(
      'no-title-column',
      `Reading titles of ${table.source.name}: expected a column from 0 to ${table.columns.length - 1}, got ${column}.`,
      'Choose one of its columns.',
    );
  }
  return {
    name: table.source.name,
    columns: table.columns,
    titleColumn: column,
    rows: cells.length,
    titles: packStrings(cells),
  };
}
