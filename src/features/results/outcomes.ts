/** What became of each test title: labels given rightly, given wrongly, missed; and which label was taken for which. */
import type { TestRow } from '../../shared/training.ts';

export interface Outcome {
  test: TestRow;
  /** One a label: what was predicted goes by them. */
  thresholds: readonly number[];
  predicted: boolean[];
  /** Labels that the title carries and that were not predicted. */
  missed: number[];
  /** Labels that were predicted and that the title does not carry. */
  wrong: number[];
  /** How far the worst wrong answer was from its threshold, 0 to 1; 0 when all is right. */
  surprise: number;
}

/** Outcomes of all rows. A label counts as predicted when its probability reaches its threshold. */
export function outcomesOf(rows: readonly TestRow[], thresholds: readonly number[]): Outcome[] {
  return rows.map((test) => {
    const predicted = test.probabilities.map((probability, label) => probability >= (thresholds[label] ?? 0.5));
    const labels = predicted.map((_, label) => label);
    const missed = labels.filter((label) => test.actual[label] && !predicted[label]);
    const wrong = labels.filter((label) => !test.actual[label] && predicted[label]);
    const distances = [...missed, ...wrong].map((label) =>
      Math.abs(test.probabilities[label] - (thresholds[label] ?? 0.5)),
    );
    return { test, thresholds, predicted, missed, wrong, surprise: Math.max(0, ...distances) };
  });
}

/** Rows with at least one label missed or wrongly given, the most surprising first. */
export function wrongOutcomes(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes
    .filter((outcome) => outcome.missed.length + outcome.wrong.length > 0)
    .toSorted((a, b) => b.surprise - a.surprise || a.test.row - b.test.row);
}

/** A place in the matrix: a label by number, or `none` for no label at all. */
export type LabelOrNone = number | 'none';

export interface MatrixRow {
  actual: LabelOrNone;
  /** Titles that carry the label (or none). */
  support: number;
  /**
   * On the diagonal, titles in which the label was found; elsewhere titles that were given the column's label although they do not
   * carry it. A title can count in several columns.
   */
  predicted: number[];
  /** Titles in which the row's label was not found; null in the row of titles without labels. */
  missed: number | null;
  /** Titles that were given no label at all. */
  nothing: number;
}

/** Predicted against actual, a row for each label, and one for titles without labels when there are some. */
export function labelMatrix(outcomes: readonly Outcome[], labels: number): MatrixRow[] {
  const matrixRow = (actual: LabelOrNone): MatrixRow => {
    const missed = actual === 'none' ? null : 0;
    return { actual, support: 0, predicted: Array<number>(labels).fill(0), missed, nothing: 0 };
  };
  const rows = Array.from({ length: labels }, (_, label) => matrixRow(label));
  const none = matrixRow('none');
  for (const outcome of outcomes) {
    const carried = outcome.test.actual.flatMap((holds, label) => (holds ? [label] : []));
    const nothing = outcome.predicted.every((given) => !given);
    for (const row of carried.length === 0 ? [none] : carried.map((label) => rows[label])) {
      row.support++;
      if (nothing) row.nothing++;
      for (const label of outcome.wrong) row.predicted[label]++;
      if (row.actual === 'none') continue;
      if (outcome.predicted[row.actual]) row.predicted[row.actual]++;
      else row.missed = (row.missed ?? 0) + 1;
    }
  }
  return none.support > 0 ? [...rows, none] : rows;
}

export interface WrongFilter {
  search: string;
  kind: 'all' | 'missed' | 'wrong';
  /** Only mistakes about this label. */
  label: number | null;
  /** Only titles that carry `actual` and were wrongly given `predicted` (`none`: nothing at all). */
  pair: { actual: LabelOrNone; predicted: LabelOrNone } | null;
  /** Only titles that carry exactly the labels of `actual` and were given exactly those of `predicted`; positions, ascending. */
  sets: { actual: number[]; predicted: number[] } | null;
}

export const noFilter: WrongFilter = { search: '', kind: 'all', label: null, pair: null, sets: null };

function fitsPair({ test, predicted, wrong }: Outcome, pair: NonNullable<WrongFilter['pair']>): boolean {
  const carries = pair.actual === 'none' ? test.actual.every((holds) => !holds) : test.actual[pair.actual];
  const given = pair.predicted === 'none' ? predicted.every((holds) => !holds) : wrong.includes(pair.predicted);
  return carries && given;
}

function positions(held: readonly boolean[]): string {
  return held.flatMap((holds, label) => (holds ? [label] : [])).join();
}

function fitsSets({ test, predicted }: Outcome, sets: NonNullable<WrongFilter['sets']>): boolean {
  return positions(test.actual) === sets.actual.join() && positions(predicted) === sets.predicted.join();
}

/** The outcomes that a filter lets through, in their order. */
export function filterOutcomes(outcomes: readonly Outcome[], filter: WrongFilter): Outcome[] {
  const { kind, label, pair, sets } = filter;
  const search = filter.search.trim().toLowerCase();
  return outcomes.filter((outcome) => {
    const about = kind === 'all' ? [...outcome.missed, ...outcome.wrong] : outcome[kind];
    if (label === null ? about.length === 0 : !about.includes(label)) return false;
    if (pair && !fitsPair(outcome, pair)) return false;
    if (sets && !fitsSets(outcome, sets)) return false;
    return search === '' || outcome.test.title.toLowerCase().includes(search);
  });
}
