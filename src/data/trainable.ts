/** Whether a table can be trained on, and which of its rows are. */
import type { ColumnRoles, DataSettings } from '../shared/dataset.ts';
import { RungError, type ErrorCode } from '../shared/errors.ts';
import { labelIds, layoutColumns, type RowLabels } from './labels.ts';
import { mostLabels } from './roles.ts';
import type { Table } from './table.ts';
import type { TitleAnalysis } from './titles.ts';

/** Fewer rows than this cannot be split three ways and measured. */
const fewestRows = 10;

export interface Blocked {
  code: ErrorCode;
  message: string;
}

/** Rows that the settings let through. */
export function trainableRows(
  settings: DataSettings,
  titles: TitleAnalysis,
  labels: RowLabels,
): Uint32Array<ArrayBuffer> {
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
export function usedLabels(labels: RowLabels, rows: Uint32Array): number[] {
  const used = new Uint8Array(labels.names.length);
  for (const row of rows) for (const id of labelIds(labels, row)) used[id] = 1;
  return [...used.keys()].filter((id) => used[id] === 1);
}

/** Why training cannot start with these settings; null when it can. */
export function findBlock(
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

/** @throws RungError `not-found` for a column that the table does not have */
export function checkColumns(table: Table, roles: ColumnRoles): void {
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
