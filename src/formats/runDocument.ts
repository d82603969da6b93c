/**
 * A run as a document: recipe, settings, fingerprint of the data, what every test row was answered, figures, versions. It holds row
 * numbers and no title, and no weights. Read again it is a run without a model, whose figures can be looked at and compared, and that
 * can be repeated where the same data is open.
 */
import * as v from 'valibot';
import { RungError } from '../shared/errors.ts';
import type { RunRecord, ScoredRows, TestRow, TrainingConfig } from '../shared/training.ts';

/** Raised when an older Rung could not read the file any more. */
const documentVersion = 1;
const mostBytes = 200e6;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const schema = v.object({
  format: v.literal('rung-run'),
  version: v.literal(documentVersion),
  run: v.looseObject({
    data: v.looseObject({ labelNames: v.array(v.string()) }),
    thresholds: v.array(probability),
    /** Answers on the validation rows, one after the other; `actual` names labels by position. */
    validation: v.nullable(v.object({ actual: v.array(v.array(count)), probabilities: v.array(v.array(probability)) })),
    test: v.nullable(
      v.looseObject({
        rows: v.array(
          v.object({
            /** As the spreadsheet shows it. */
            row: count,
            group: v.optional(count),
            fold: v.optional(count),
            actual: v.array(count),
            probabilities: v.array(probability),
          }),
        ),
      }),
    ),
  }),
});

type Document = v.InferOutput<typeof schema>;

/** The document of a run, as JSON. */
export function runDocument(run: RunRecord): string {
  const labels = run.data.labelNames.length;
  const document = {
    format: 'rung-run',
    version: documentVersion,
    run: {
      ...withoutExtraTitles(run),
      weightBytes: 0,
      validation: run.validation && scoredToPlain(run.validation, labels),
      test: run.test && { report: run.test.report, rows: run.test.rows.map(rowToPlain) },
    },
  };
  return JSON.stringify(document, null, 1);
}

/**
 * The record of a document, still to be checked as one that was stored is. Its id is the document's: who keeps it gives it another.
 * @throws RungError `file-too-large`, `model-unsupported` for a document of a newer Rung, `file-corrupt` naming what is wrong
 */
export function parseRunDocument(text: string, fileName: string): unknown {
  if (text.length > mostBytes) {
    const message = `Reading ${fileName}: ${text.length} characters are more than a run needs (${mostBytes}).`;
    throw new RungError('file-too-large', message, 'Choose the document of a run.');
  }
  const { run } = checked(text, fileName);
  const { labelNames } = run.data;
  const wide = (answers: readonly (readonly number[])[]): boolean =>
    answers.every(({ length }) => length === labelNames.length);
  const rows = run.test?.rows ?? [];
  const whole =
    run.thresholds.length === labelNames.length &&
    wide(rows.map(({ probabilities }) => probabilities)) &&
    wide(run.validation?.probabilities ?? []) &&
    run.validation?.actual.length === run.validation?.probabilities.length;
  if (!whole) throw corrupt(fileName, `there are ${labelNames.length} labels, but not as many answers in every row`);
  return {
    ...run,
    weightBytes: 0,
    validation: run.validation && plainToScored(run.validation, labelNames.length),
    test: run.test && { ...run.test, rows: rows.map((row) => plainToRow(row, labelNames.length)) },
  };
}

function checked(text: string, fileName: string): Document {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw corrupt(fileName, 'it is no JSON');
  }
  const version: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'version') : undefined;
  if (typeof version === 'number' && version > documentVersion) {
    const message = `Reading ${fileName}: the document has version ${version}, this Rung reads versions up to ${documentVersion}.`;
    throw new RungError('model-unsupported', message, 'Reload the page to get the newest Rung, then open it again.');
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw corrupt(fileName, `${v.getDotPath(issue) ?? 'the whole file'}: ${issue.message.slice(0, 200)}`);
}

function corrupt(fileName: string, what: string): RungError {
  const hint = 'Use the document as Rung wrote it.';
  return new RungError('file-corrupt', `Reading ${fileName} as the document of a run: ${what}.`, hint);
}

function without<Config extends Pick<TrainingConfig, 'extraRows'>>(config: Config): Config {
  return { ...config, extraRows: config.extraRows.map(({ labels }) => ({ title: '', labels })) };
}

/** Rows that were added by hand keep their labels; without their titles the run cannot be repeated, and says so. */
function withoutExtraTitles(run: RunRecord): RunRecord {
  switch (run.kind) {
    case 'finetune':
      return { ...run, config: without(run.config) };
    case 'classical':
      return { ...run, config: without(run.config) };
    case 'cross-validation': {
      const { method } = run;
      return method.kind === 'finetune'
        ? { ...run, method: { ...method, config: without(method.config) } }
        : { ...run, method: { ...method, config: without(method.config) } };
    }
  }
}

/** Nine digits give a single-precision number back exactly. */
const single = (value: number): number => Number(value.toPrecision(9));

const held = (flags: ArrayLike<boolean | number>): number[] =>
  Array.from(flags, (flag, label) => (flag ? label : -1)).filter((label) => label >= 0);

function rowToPlain({ row, group, fold, actual, probabilities }: TestRow) {
  return { row, group, fold, actual: held(actual), probabilities: probabilities.map(single) };
}

function plainToRow(
  { row, group, fold, actual, probabilities }: NonNullable<Document['run']['test']>['rows'][number],
  labels: number,
): TestRow {
  return {
    row,
    // Documents hold no titles.
    title: '',
    actual: Array.from({ length: labels }, (_, label) => actual.includes(label)),
    probabilities,
    ...(group !== undefined && { group }),
    ...(fold !== undefined && { fold }),
  };
}

function scoredToPlain({ actual, probabilities }: ScoredRows, labels: number) {
  const rows = Array.from({ length: actual.length / labels }, (_, row) => row * labels);
  return {
    actual: rows.map((at) => held(actual.subarray(at, at + labels))),
    probabilities: rows.map((at) => Array.from(probabilities.subarray(at, at + labels), single)),
  };
}

function plainToScored(
  { actual, probabilities }: NonNullable<Document['run']['validation']>,
  labels: number,
): ScoredRows {
  const flags = new Uint8Array(actual.length * labels);
  for (const [row, carried] of actual.entries()) {
    for (const label of carried) if (label < labels) flags[row * labels + label] = 1;
  }
  return { actual: flags, probabilities: Float32Array.from(probabilities.flat()) };
}
