/** Rows written by hand beside the training rows: labels that the table lacks, titles for a rare label. Nothing is ever measured on them. */
import { cleanTitle } from '../data/cleaning.ts';
import { findDuplicates } from '../data/duplicates.ts';
import { concatenate } from '../shared/concatenate.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import type { ExtraRow } from '../shared/extraRow.ts';
import { isBlank, packStrings, unpackStrings } from '../shared/strings.ts';

export interface WithExtraRows {
  /** Row numbers of its own rows are 0: they stand in no table. */
  dataset: Dataset;
  split: Split;
  /** Rows that are near a validation or test title, and were therefore left out. */
  leftOut: ExtraRow[];
}

/**
 * The rows join the training side of a split that is already made. A title that is among the training rows gets the labels written by
 * hand instead of its own; any other becomes a row more. The dataset that came in stays as it is.
 * @param near what becomes of a row that is nearly the same as a validation or test title: left out where every row is tested once
 * @throws RungError `data-mismatch` for a row without a title, with labels that the data does not have, or (`refuse`) near a title that is
 * measured on
 */
export function withExtraRows(
  dataset: Dataset,
  split: Split,
  rows: readonly ExtraRow[],
  near: 'refuse' | 'leave-out',
): WithExtraRows {
  if (rows.length === 0) return { dataset, split, leftOut: [] };
  const titles = unpackStrings(dataset.titles);
  const added = rows.map((row, i) => ({
    title: cleanTitle(row.title, dataset.cleaning),
    held: positionsOf(row, i, dataset.labelNames),
  }));
  const { firstSame, groups } = findDuplicates([...titles, ...added.map(({ title }) => title)]);
  const sideOf = new Map([...split.validation, ...split.test].map((row) => [groups[row], row]));
  const trained = new Set(split.train);
  const leftOut: ExtraRow[] = [];
  const labels = dataset.labels.slice();
  const width = dataset.labelNames.length;
  const more: { title: string; held: readonly number[] }[] = [];
  for (const [i, row] of rows.entries()) {
    const at = titles.length + i;
    const measured = sideOf.get(groups[at]);
    if (measured !== undefined) {
      if (near === 'refuse') throw tooNear(row, titles[measured]);
      leftOut.push(row);
      continue;
    }
    const same = [...trained].filter((other) => firstSame[other] === firstSame[at]);
    for (const other of same) {
      labels.fill(0, other * width, (other + 1) * width);
      for (const label of added[i].held) labels[other * width + label] = 1;
    }
    if (same.length === 0) more.push(added[i]);
  }
  return { ...appended({ ...dataset, labels }, split, titles, more), leftOut };
}

/** What a fold says of rows that it leaves out; null when there are none. */
export function leftOutText(leftOut: readonly ExtraRow[]): string | null {
  if (leftOut.length === 0) return null;
  const titles = leftOut.map(({ title }) => `“${title}”`).join(', ');
  return `Not learnt from in a fold that is measured on nearly the same title: ${titles}.`;
}

function appended(
  dataset: Dataset,
  split: Split,
  titles: readonly string[],
  more: readonly { title: string; held: readonly number[] }[],
): { dataset: Dataset; split: Split } {
  const width = dataset.labelNames.length;
  const labels = new Uint8Array((titles.length + more.length) * width);
  labels.set(dataset.labels);
  for (const [i, { held }] of more.entries()) for (const label of held) labels[(titles.length + i) * width + label] = 1;
  const firstGroup = dataset.groups.reduce((most, group) => Math.max(most, group), 0) + 1;
  return {
    dataset: {
      ...dataset,
      titles: packStrings([...titles, ...more.map(({ title }) => title)]),
      labels,
      rowNumbers: concatenate(
        dataset.rowNumbers,
        more.map(() => 0),
      ),
      groups: concatenate(
        dataset.groups,
        more.map((_, i) => firstGroup + i),
      ),
    },
    split: {
      ...split,
      train: concatenate(
        split.train,
        more.map((_, i) => titles.length + i),
      ),
    },
  };
}

const hint = 'Change the row under “Rows by hand” in Adjust, or take it out.';

function positionsOf({ title, labels }: ExtraRow, at: number, names: readonly string[]): number[] {
  if (isBlank(title)) {
    const message = `Adding rows by hand: row ${at + 1} has no title. The document of a run leaves such titles out.`;
    throw new RungError('data-mismatch', message, hint);
  }
  return labels.map((label) => {
    const position = names.indexOf(label);
    if (position >= 0) return position;
    const message = `Adding rows by hand: “${title}” has the label “${label}”; the data has ${names.join(', ')}.`;
    throw new RungError('data-mismatch', message, hint);
  });
}

function tooNear({ title }: ExtraRow, measured: string): RungError {
  const message = `Adding rows by hand: “${title}” is nearly the same as “${measured}”, which the run is measured on. Learning from it would make the figures better than the model.`;
  return new RungError('data-mismatch', message, hint);
}
