/** Runs on the same test rows: what each answered, how far they differ, where they disagree. */
import { compareOnRows, type PairedResult } from '../../metrics/paired.ts';
import type { RunRecord, TestRow } from '../../shared/training.ts';

/** What a run answered, by row. */
interface Answers {
  rows: TestRow[];
  /** rows x labels, 0 or 1; so is `predicted`. */
  actual: Uint8Array;
  predicted: Uint8Array;
}

/** In the order of the table; a fold's rows go by its own thresholds. Null for a run that was not measured. */
function answersOf(run: RunRecord): Answers | null {
  if (!run.test) return null;
  const rows = run.test.rows.toSorted((a, b) => a.row - b.row);
  const thresholdsOf = ({ fold }: TestRow): readonly number[] =>
    run.kind === 'cross-validation' && fold !== undefined ? run.folds[fold].thresholds : run.thresholds;
  const given = rows.map((row) => {
    const thresholds = thresholdsOf(row);
    return row.probabilities.map((p, label) => Number(p >= thresholds[label]));
  });
  return {
    rows,
    actual: Uint8Array.from(rows.flatMap((row) => row.actual.map(Number))),
    predicted: Uint8Array.from(given.flat()),
  };
}

/** Why two runs cannot be compared row by row; null when they can. */
export function whyNot(first: RunRecord, second: RunRecord): string | null {
  if (!first.test || !second.test) return `“${(first.test ? second : first).name}” has no figures on test rows`;
  if (first.data.fingerprint !== second.data.fingerprint) return `“${second.name}” saw other titles or labels`;
  const rows = new Set(first.test.rows.map(({ row }) => row));
  const same = rows.size === second.test.rows.length && second.test.rows.every(({ row }) => rows.has(row));
  return same ? null : `“${second.name}” was tested on other rows: another seed, other shares, or a cross-validation`;
}

/** A title that two runs answer differently. */
export interface Disagreement {
  row: number;
  title: string;
  /** Positions of labels. */
  actual: number[];
  first: number[];
  second: number[];
}

export interface SameRows extends PairedResult {
  rows: number;
  disagreements: Disagreement[];
}

/** The second run beside the first; both must be comparable. */
export function onSameRows(first: RunRecord, second: RunRecord): SameRows | null {
  const [a, b] = [answersOf(first), answersOf(second)];
  if (!a || !b) return null;
  const labels = first.data.labelNames.length;
  const groups = a.rows.map(({ group }) => group);
  const known = groups.every((group) => group !== undefined);
  const paired = compareOnRows({
    actual: a.actual,
    first: a.predicted,
    second: b.predicted,
    labels,
    groups: known ? groups : undefined,
    seed: 1,
  });
  const held = (flags: Uint8Array, row: number): number[] =>
    Array.from({ length: labels }, (_, label) => label).filter((label) => flags[row * labels + label] === 1);
  const disagreements = a.rows.flatMap(({ row, title }, i): Disagreement[] => {
    const [one, other] = [held(a.predicted, i), held(b.predicted, i)];
    return one.join() === other.join() ? [] : [{ row, title, actual: held(a.actual, i), first: one, second: other }];
  });
  return { ...paired, rows: a.rows.length, disagreements };
}
