/** Corrections against the table they are made on: edits checked, copies taken along, change logs fitted. */
import type { Correction, LabelEdit } from '../shared/corrections.ts';
import type { CorrectionState, LabelLayout, UnlabelledPolicy } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import { labelKey, newLabelProblem } from '../shared/labelNames.ts';
import { collapseSpaces } from '../shared/strings.ts';
import { isChanged, mostLabelsOf, sameNames, separatorOf, type Corrections } from './corrections.ts';
import { sameLabels } from './health.ts';
import { labelIds, type RowLabels } from './labels.ts';
import type { Table } from './table.ts';
import type { TitleAnalysis } from './titles.ts';

export interface LabelsBeforeAfter {
  /** As the file has them. */
  writtenLabels: RowLabels | null;
  correctedLabels: RowLabels | null;
}

export interface CorrectedTable {
  table: Table;
  layout: LabelLayout;
  unlabelled: UnlabelledPolicy;
  titles: TitleAnalysis;
  writtenLabels: RowLabels;
  correctedLabels: RowLabels;
}

/** Positions of rows whose labels are not the file's, with the labels they carry now. */
export function changedRows({ writtenLabels, correctedLabels }: LabelsBeforeAfter): Map<number, string[]> {
  const changed = new Map<number, string[]>();
  if (writtenLabels === null || correctedLabels === null || writtenLabels === correctedLabels) return changed;
  for (let row = 0; row + 1 < writtenLabels.starts.length; row++) {
    if (isChanged(correctedLabels, writtenLabels, row)) changed.set(row, namesOf(correctedLabels, row));
  }
  return changed;
}

interface Corrected extends LabelsBeforeAfter {
  settings: { roles: { labels: LabelLayout | null } };
  corrections: Corrections;
}

export function correctionState({ settings, corrections, ...labels }: Corrected): CorrectionState {
  const { done, undone } = corrections.history;
  const looked = corrections.byRow();
  const changed = changedRows(labels).size;
  const layout = settings.roles.labels;
  return {
    changed,
    kept: looked.size - changed,
    canUndo: done.length > 0,
    canRedo: undone.length > 0,
    mostLabels: layout === null ? 0 : mostLabelsOf(layout),
    separator: layout === null ? null : separatorOf(layout),
    stored: true,
  };
}

function namesOf(labels: RowLabels, row: number): string[] {
  return Array.from(labelIds(labels, row), (id) => labels.names[id]);
}

/** Position of a row by its number; -1 where there is none. */
function positionOf({ rowNumbers }: Table, row: number): number {
  let [low, high] = [0, rowNumbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowNumbers[middle] < row) low = middle + 1;
    else high = middle;
  }
  return rowNumbers[low] === row ? low : -1;
}

/** What is wrong with giving a row these labels; null when nothing is. */
function refusal(names: readonly string[], { correctedLabels, layout }: CorrectedTable): string | null {
  for (const name of names) {
    if (correctedLabels.names.includes(name)) continue;
    const problem = newLabelProblem(name, separatorOf(layout));
    if (problem !== null) return `the table has no label “${name}”, and it cannot be new: ${problem}`;
  }
  const most = mostLabelsOf(layout);
  return names.length > most ? `the table writes at most ${most} labels a row, these are ${names.length}` : null;
}

/** In the order of the table's labels, new ones after them, each once and as the table spells it; the label of rows without one stands for none. */
function written(names: readonly string[], { correctedLabels, unlabelled }: CorrectedTable): string[] {
  const own = correctedLabels.names;
  const spelling = new Map(own.map((name) => [labelKey(name), name]));
  const wanted = names
    .filter((name) => own.includes(name) || unlabelled.kind !== 'label' || name !== unlabelled.name)
    .map((name) => spelling.get(labelKey(collapseSpaces(name))) ?? collapseSpaces(name));
  const place = (name: string): number => (own.includes(name) ? own.indexOf(name) : own.length);
  return [...new Set(wanted)].toSorted((a, b) => place(a) - place(b));
}

/** One step of corrections. @throws RungError as `CorrectionsApi.correct` */
export function editsOf(edits: readonly LabelEdit[], why: string, of: CorrectedTable): Correction[] {
  const when = Date.now();
  const copies = edits.length === 0 ? null : copiesOf(of.titles);
  const step = new Map<number, Correction>();
  for (const { row, labels } of edits) {
    const position = positionOf(of.table, row);
    if (position < 0) throw new RungError('not-found', `Correcting row ${row}: the table has no such row.`);
    const after = written(labels, of);
    const wrong = refusal(after, of);
    if (wrong !== null) {
      const hint = 'Choose labels that the table can hold, and no more than fit into a row of it.';
      throw new RungError('data-mismatch', `Correcting row ${row}: ${wrong}.`, hint);
    }
    for (const same of copies?.(position) ?? []) {
      if (same !== position && !sameLabels(of.correctedLabels, same, position)) continue;
      const before = namesOf(of.correctedLabels, same);
      const number = of.table.rowNumbers[same];
      step.set(number, { row: number, title: of.titles.raw[same], before, after, why, when });
    }
  }
  return [...step.values()];
}

/** Positions of the rows with the same title, itself among them. */
function copiesOf({ duplicates, empty }: TitleAnalysis): (position: number) => readonly number[] {
  const rows = new Map<number, number[]>();
  for (const [row, first] of duplicates.firstSame.entries()) {
    const known = rows.get(first);
    if (known) known.push(row);
    else rows.set(first, [row]);
  }
  return (position) => (empty[position] === 1 ? [position] : (rows.get(duplicates.firstSame[position]) ?? [position]));
}

export interface FittedLog {
  step: Correction[];
  already: number;
  refused: { row: number; reason: string }[];
}

/** The lines of a change log that fit the table as it is now, each applied after those above it. */
export function fitLog(log: readonly Correction[], of: CorrectedTable): FittedLog {
  const step = new Map<number, Correction>();
  const refused: FittedLog['refused'] = [];
  let already = 0;
  for (const line of log) {
    const { row, title, before, after } = line;
    const position = positionOf(of.table, row);
    const reason =
      position < 0
        ? 'the table has no such row'
        : collapseSpaces(of.titles.raw[position]) === collapseSpaces(title)
          ? refusal(written(after, of), of)
          : `its title here is “${of.titles.raw[position].slice(0, 80)}”`;
    if (reason !== null) {
      refused.push({ row, reason });
      continue;
    }
    const now = step.get(row)?.after ?? namesOf(of.correctedLabels, position);
    const noted = sameNames(before, after);
    if (!noted && sameNames(now, after)) already++;
    else if (!sameNames(now, before)) refused.push({ row, reason: `it carries ${now.join(', ') || 'no label'} here` });
    else step.set(row, { ...line, before: step.get(row)?.before ?? now, after: written(after, of) });
  }
  return { step: [...step.values()], already, refused };
}
