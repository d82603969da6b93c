/**
 * Cross-validation of any recipe: rows are dealt into folds, each fold is answered by a model that was trained anew without it, and the
 * answers of all folds are measured together, each at the thresholds that its own model chose (Stone 1974). With several seeds the whole
 * is repeated on other folds: how far figures differ between seeds is what a figure of one seed hides.
 */
import { kFold, splitDataset } from '../data/split.ts';
import { splitReport } from '../metrics/bootstrap.ts';
import { applyThresholds, confusion, macroF1, microF1 } from '../metrics/classification.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import type {
  CrossValidation,
  FoldFigures,
  FoldRecord,
  Interval,
  LabelReport,
  SplitReport,
  TestRow,
} from '../shared/training.ts';
import { labelsOf } from './labelsOf.ts';

/** What a recipe's model of one fold is worth. */
export interface FoldResult {
  thresholds: number[];
  testRows: TestRow[];
  train: FoldFigures;
  bestEpoch: number | null;
  /** Ended by the signal: it does not count. */
  stopped: boolean;
}

export type CrossValidationEvent<Event> =
  /** A fold begins; both count from 1. */
  | { type: 'fold'; seed: number; fold: number }
  | { type: 'fold-measured'; record: FoldRecord; testRows: TestRow[] }
  | Event;

export interface CrossValidationInput<Event> {
  dataset: Dataset;
  crossValidation: CrossValidation;
  /** Of the rows outside the fold, what part validates: validation over training and validation. */
  split: { train: number; validation: number };
  signal: AbortSignal;
  /** Seconds of work so far: what a fold took is the difference. */
  clock: () => number;
  /** Trains from the start and measures the test side; throws `aborted` or says `stopped` at the signal. */
  trainFold: (split: Split, seed: number) => AsyncGenerator<Event, FoldResult>;
}

/** Yields what the folds yield; folds that are done stay counted when the signal ends it. */
export async function* crossValidate<Event>(
  input: CrossValidationInput<Event>,
): AsyncGenerator<CrossValidationEvent<Event>, void> {
  const { dataset, crossValidation, signal } = input;
  for (const seed of crossValidation.seeds) {
    for (const [i, { rest, test }] of foldRows(dataset, crossValidation.folds, seed).entries()) {
      if (signal.aborted) return;
      yield { type: 'fold', seed, fold: i + 1 };
      const started = input.clock();
      const result = yield* stoppable(
        input.trainFold(withValidation(dataset, rest, test, input.split, seed + i), seed),
      );
      if (result === null || result.stopped) return;
      const { thresholds, bestEpoch, train, testRows } = result;
      const seconds = input.clock() - started;
      const record = {
        seed,
        fold: i + 1,
        test: figuresOf(testRows, thresholds),
        train,
        thresholds,
        bestEpoch,
        seconds,
      };
      yield { type: 'fold-measured', record, testRows };
    }
  }
}

/** A fold that ends with `aborted` is one that was stopped: null. */
async function* stoppable<Event>(fold: AsyncGenerator<Event, FoldResult>): AsyncGenerator<Event, FoldResult | null> {
  try {
    return yield* fold;
  } catch (thrown) {
    if (thrown instanceof RungError && thrown.code === 'aborted') return null;
    throw thrown;
  }
}

/**
 * The report of what is done: the mean over the seeds whose folds are all there, else what there is of the first; and the rows of the
 * first seed, each with the position of its fold.
 */
export function measured(
  answers: readonly (FoldAnswers & { seed: number })[],
  { folds }: CrossValidation,
  labelNames: readonly string[],
): { report: SplitReport; rows: TestRow[] } {
  const first = answers.filter(({ seed }) => seed === answers[0].seed);
  const seeds = [...new Set(answers.map(({ seed }) => seed))].map((seed) => answers.filter((own) => own.seed === seed));
  const whole = seeds.filter((own) => own.length === folds);
  return {
    report: meanReport((whole.length > 0 ? whole : [first]).map((own) => pooledReport(own, labelNames))),
    rows: first.flatMap(({ testRows }, fold) => testRows.map((row) => ({ ...row, fold }))),
  };
}

export interface FoldRows {
  /** Rows outside the fold. */
  rest: Uint32Array<ArrayBuffer>;
  test: Uint32Array<ArrayBuffer>;
}

/** The rows of every fold: the same for all recipes with the same data and seed. */
export function foldRows(dataset: Dataset, folds: number, seed: number): FoldRows[] {
  const foldOf = kFold(dataset.labels, dataset.labelNames.length, dataset.groups, folds, seed);
  const rows = Uint32Array.from(foldOf.keys());
  return Array.from({ length: folds }, (_, fold) => ({
    rest: rows.filter((row) => foldOf[row] !== fold),
    test: rows.filter((row) => foldOf[row] === fold),
  }));
}

/** The fold is the test side; of the other rows a part validates, as large as in one split of the same shares. */
export function withValidation(
  dataset: Dataset,
  rest: Uint32Array<ArrayBuffer>,
  test: Uint32Array<ArrayBuffer>,
  { train, validation }: { train: number; validation: number },
  seed: number,
): Split {
  const labelCount = dataset.labelNames.length;
  const labels = labelsOf(dataset.labels, labelCount, rest);
  const groups = rest.map((row) => dataset.groups[row]);
  const share = validation / (train + validation);
  const inner = splitDataset(labels, labelCount, groups, { train: 1 - share, validation: share, test: 0 }, seed);
  return { train: inner.train.map((i) => rest[i]), validation: inner.validation.map((i) => rest[i]), test };
}

/** Figures at thresholds. @param actual rows x labels, 0 or 1 @param probabilities rows x labels */
export function foldFigures(
  actual: Uint8Array,
  probabilities: Float32Array,
  thresholds: readonly number[],
): FoldFigures {
  const labels = thresholds.length;
  const predicted = applyThresholds(probabilities, thresholds);
  const counts = confusion(actual, predicted, labels);
  const rows = actual.length / labels;
  let exact = 0;
  for (let row = 0; row < rows; row++) {
    let right = true;
    for (let i = row * labels; i < (row + 1) * labels; i++) if (actual[i] !== predicted[i]) right = false;
    if (right) exact++;
  }
  return { rows, microF1: microF1(counts), macroF1: macroF1(counts), exactMatch: exact / rows };
}

function figuresOf(rows: readonly TestRow[], thresholds: readonly number[]): FoldFigures {
  const actual = Uint8Array.from(rows.flatMap((row) => row.actual.map(Number)));
  return foldFigures(actual, Float32Array.from(rows.flatMap((row) => row.probabilities)), thresholds);
}

export interface FoldAnswers {
  thresholds: readonly number[];
  testRows: readonly TestRow[];
}

/** Answers of all folds in one report: each fold's thresholds are applied to its own rows first. */
export function pooledReport(
  folds: readonly FoldAnswers[],
  labelNames: readonly string[],
  thresholdsOf: (fold: FoldAnswers) => readonly number[] = (fold) => fold.thresholds,
): SplitReport {
  const rows = folds.flatMap(({ testRows }) => testRows);
  const actual = Uint8Array.from(rows.flatMap((row) => row.actual.map(Number)));
  const given = folds.flatMap((fold) => {
    const thresholds = thresholdsOf(fold);
    return fold.testRows.flatMap(({ probabilities }) => probabilities.map((p, i) => (p >= thresholds[i] ? 1 : 0)));
  });
  const cut = labelNames.map(() => 0.5);
  const groups = rows.map((row) => row.group ?? -1 - row.row);
  return splitReport(actual, Float32Array.from(given), cut, labelNames, { seed: 1, groups });
}

/** Means of the figures, of their bounds and (rounded) of the counts: one report for several seeds. */
export function meanReport(reports: readonly SplitReport[]): SplitReport {
  const interval = (of: (report: SplitReport) => Interval): Interval => meanOf(reports.map(of));
  const maybe = (of: (report: SplitReport) => Interval | null): Interval | null => meanOrNull(reports.map(of));
  return {
    rows: count(reports.map(({ rows }) => rows)),
    microF1: interval((report) => report.microF1),
    macroF1: interval((report) => report.macroF1),
    macroF1Supported: maybe((report) => report.macroF1Supported),
    exactMatch: interval((report) => report.exactMatch),
    constantMicroF1: mean(reports.map(({ constantMicroF1 }) => constantMicroF1)),
    perLabel: reports[0].perLabel.map(({ name }, i): LabelReport => {
      const labels = reports.map(({ perLabel }) => perLabel[i]);
      return {
        name,
        support: count(labels.map(({ support }) => support)),
        predicted: count(labels.map(({ predicted }) => predicted)),
        threshold: mean(labels.map(({ threshold }) => threshold)),
        precision: meanOrNull(labels.map(({ precision }) => precision)),
        recall: meanOrNull(labels.map(({ recall }) => recall)),
        f1: meanOrNull(labels.map(({ f1 }) => f1)),
      };
    }),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Rows are whole. */
function count(values: readonly number[]): number {
  return Math.round(mean(values));
}

function meanOf(intervals: readonly Interval[]): Interval {
  const of = (key: keyof Interval): number => mean(intervals.map((interval) => interval[key]));
  return { value: of('value'), low: of('low'), high: of('high') };
}

/** Null where one of them has none. */
function meanOrNull(intervals: readonly (Interval | null)[]): Interval | null {
  const known = intervals.filter((interval) => interval !== null);
  return known.length < intervals.length ? null : meanOf(known);
}
