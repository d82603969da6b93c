/** True labels of a file, and which of its labels each class of a map stands for. */
import { RungError } from '../../shared/errors.ts';
import type { KeywordMap, TruthSettings } from '../../shared/levelArea.ts';

export interface Truth {
  names: string[];
  /** By row of the file; -1: none. */
  of: Int16Array<ArrayBuffer>;
  ofClass: number[];
  /** Null where the column holds codes. */
  values: { value: string; rows: number }[] | null;
}

/** More are free text, not labels. */
const mostValues = 60;

/**
 * Cells that begin with a class's two-digit code ("11-1011.00" is of SOC group 11) go by it; other cells by the names of the settings.
 * Labels that no class stands for are left out of the figures.
 * @throws RungError `too-many-labels` when the column is no column of labels.
 */
export function readTruth(columns: readonly (readonly string[])[], settings: TruthSettings, map: KeywordMap): Truth {
  const cells = columns[settings.column] ?? [];
  return holdsCodes(cells, map) ? byCode(cells, map) : byName(cells, settings);
}

const code = /^(\d\d)(?!\d)|^(\d\d)\d{1,4}\b|^(\d\d)-\d/;

function codeOf(cell: string): string | null {
  const found = code.exec(cell.trim());
  return found ? (found[1] ?? found[2] ?? found[3]) : null;
}

function holdsCodes(cells: readonly string[], { classes }: KeywordMap): boolean {
  const known = new Set(classes.flatMap(({ codes }) => codes));
  const filled = cells.filter((cell) => cell.trim() !== '');
  return (
    known.size > 0 &&
    filled.length > 0 &&
    filled.filter((cell) => known.has(codeOf(cell) ?? '')).length > filled.length / 2
  );
}

function byCode(cells: readonly string[], { classes }: KeywordMap): Truth {
  const classOf = new Map(classes.flatMap(({ codes }, at) => codes.map((digits): [string, number] => [digits, at])));
  return {
    names: classes.map(({ name }) => name),
    of: Int16Array.from(cells, (cell) => classOf.get(codeOf(cell) ?? '') ?? -1),
    ofClass: classes.map((_, at) => at),
    values: null,
  };
}

function byName(cells: readonly string[], { names: given }: TruthSettings): Truth {
  const rows = new Map<string, number>();
  for (const cell of cells) {
    const value = cell.trim();
    if (value !== '') rows.set(value, (rows.get(value) ?? 0) + 1);
  }
  if (rows.size > mostValues) {
    const message = `Reading true labels: the column holds ${rows.size} different values; labels are at most ${mostValues}.`;
    throw new RungError('too-many-labels', message, 'Choose the column that holds the labels.');
  }
  const names = [...new Set(given.filter((name) => name !== null))].filter((name) => rows.has(name));
  const numbers = new Map(names.map((name, at): [string, number] => [name, at]));
  return {
    names,
    of: Int16Array.from(cells, (cell) => numbers.get(cell.trim()) ?? -1),
    ofClass: given.map((name) => numbers.get(name ?? '') ?? -1),
    values: [...rows].toSorted(([, a], [, b]) => b - a).map(([value, count]) => ({ value, rows: count })),
  };
}
