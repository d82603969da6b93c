/** Corrected labels over those of the file: a history of steps, and what they come to for each row. */
import type { Correction, CorrectionHistory } from '../shared/corrections.ts';
import type { LabelLayout } from '../shared/dataset.ts';
import { labelIds, type RowLabels } from './labels.ts';

/** How many labels a row can carry, given how the table writes them. */
export function mostLabelsOf(layout: LabelLayout): number {
  if (layout.kind === 'separated') return layout.separator === '' ? 1 : Infinity;
  return layout.columns.length;
}

/** As `CorrectionState`. */
export function separatorOf(layout: LabelLayout): string | null {
  if (layout.kind === 'indicators') return null;
  return layout.kind === 'separated' ? layout.separator : '';
}

export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

/** Steps that can be undone and done again. */
export class Corrections {
  readonly history: CorrectionHistory;

  constructor(history: CorrectionHistory = { done: [], undone: [] }) {
    this.history = history;
  }

  /** With one more step; what was undone before is forgotten, as in any editor. */
  with(step: Correction[]): Corrections {
    return step.length === 0 ? this : new Corrections({ done: [...this.history.done, step], undone: [] });
  }

  /** Null when nothing is left to undo. */
  undo(): Corrections | null {
    const { done, undone } = this.history;
    const last = done.at(-1);
    return last ? new Corrections({ done: done.slice(0, -1), undone: [...undone, last] }) : null;
  }

  redo(): Corrections | null {
    const { done, undone } = this.history;
    const next = undone.at(-1);
    return next ? new Corrections({ done: [...done, next], undone: undone.slice(0, -1) }) : null;
  }

  /** The last word on each row, by row number. */
  byRow(): Map<number, Correction> {
    return new Map(this.history.done.flat().map((correction) => [correction.row, correction]));
  }

  log(): Correction[] {
    return this.history.done.flat();
  }
}

/** The file's labels with the corrections over them. Names and their order stay, new ones follow: a label keeps its colour when rows change. */
export function withCorrections(
  labels: RowLabels,
  rowNumbers: Uint32Array,
  corrections: ReadonlyMap<number, Correction>,
): RowLabels {
  if (corrections.size === 0) return labels;
  const names = [...new Set([...labels.names, ...[...corrections.values()].flatMap(({ after }) => after)])];
  const idOf = new Map(names.map((name, id) => [name, id]));
  const starts = new Uint32Array(labels.starts.length);
  const ids: number[] = [];
  for (let row = 0; row + 1 < starts.length; row++) {
    const correction = corrections.get(rowNumbers[row]);
    const carried = correction ? idsOf(correction.after, idOf) : labelIds(labels, row);
    for (const id of carried) ids.push(id);
    starts[row + 1] = ids.length;
  }
  return { ...labels, names, starts, ids: Uint32Array.from(ids) };
}

function idsOf(names: readonly string[], idOf: ReadonlyMap<string, number>): number[] {
  return names
    .map((name) => idOf.get(name))
    .filter((id) => id !== undefined)
    .toSorted((a, b) => a - b);
}

/** Whether a row's labels in `now` differ from those in `file`. */
export function isChanged(now: RowLabels, file: RowLabels, row: number): boolean {
  return labelIds(now, row).join() !== labelIds(file, row).join();
}
