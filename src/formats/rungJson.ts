/**
 * `rung.json`: what a Hugging Face folder has no place for. Thresholds and cleaning are needed to predict as the run did; the rest
 * says where the figures come from. It holds counts of the data, never a row of it.
 */
import * as v from 'valibot';
import { cleaningSchema } from '../shared/cleaningSchema.ts';
import { normalisationSchema } from '../shared/normalisation.ts';
import { RungError } from '../shared/errors.ts';
import type { FinetunedRun } from '../shared/training.ts';

/** Raised when an older Rung could not read the file any more. */
export const rungJsonVersion = 1;

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const interval = v.object({ value: v.number(), low: v.number(), high: v.number() });

const labelReport = v.object({
  name: v.string(),
  support: count,
  predicted: count,
  threshold: probability,
  precision: v.nullable(interval),
  recall: v.nullable(interval),
  f1: v.nullable(interval),
});

const splitReport = v.object({
  rows: count,
  microF1: interval,
  macroF1: interval,
  macroF1Supported: v.nullable(interval),
  exactMatch: interval,
  perLabel: v.array(labelReport),
  constantMicroF1: v.number(),
});

const schema = v.pipe(
  v.object({
    format: v.literal('rung'),
    version: v.literal(rungJsonVersion),
    name: v.string(),
    /** ISO 8601. */
    createdAt: v.string(),
    labelNames: v.array(v.string()),
    /** Per label; a title carries the label from this probability on. */
    thresholds: v.array(probability),
    cleaning: cleaningSchema,
    /** What cleaned titles were then brought into; null or missing: nothing. */
    normalisation: v.optional(v.nullable(normalisationSchema)),
    /** Longer titles were cut to this many tokens. */
    maxTokens: v.pipe(count, v.minValue(2)),
    encoder: v.string(),
    /** Models whose logits are averaged: model.safetensors, and member-N.safetensors from 2 on. */
    members: v.optional(v.pipe(count, v.minValue(1)), 1),
    data: v.object({
      name: v.string(),
      fingerprint: v.string(),
      rows: count,
      labelRows: v.array(count),
      trainRows: count,
      validationRows: count,
      testRows: count,
    }),
    /** Settings as they were chosen; kept for the reader, not read back. */
    training: v.object({
      settings: v.record(v.string(), v.unknown()),
      device: v.string(),
      bestEpoch: v.nullable(count),
      epochs: count,
      seconds: v.number(),
    }),
    /** Figures on rows that training never saw, nor the choice of thresholds unless they were moved by hand; null: not measured. */
    test: v.nullable(splitReport),
  }),
  v.check(
    ({ labelNames, thresholds, data }) =>
      thresholds.length === labelNames.length && data.labelRows.length === labelNames.length,
    'expected one threshold and one row count for each label name',
  ),
);

export type RungJson = v.InferOutput<typeof schema>;

/** The content of `rung.json` for a run. */
export function rungJson(run: FinetunedRun): RungJson {
  const { data, plan, config } = run;
  return {
    format: 'rung',
    version: rungJsonVersion,
    name: run.name,
    createdAt: new Date(run.createdAt).toISOString(),
    labelNames: data.labelNames,
    thresholds: run.thresholds.length > 0 ? run.thresholds : data.labelNames.map(() => 0.5),
    cleaning: data.cleaning,
    normalisation: config.normalisation,
    maxTokens: config.maxTokens,
    encoder: run.encoderName,
    members: run.members,
    data: {
      name: data.name,
      fingerprint: data.fingerprint,
      rows: data.rows,
      labelRows: data.labelRows,
      trainRows: plan.trainRows,
      validationRows: plan.validationRows,
      testRows: plan.testRows,
    },
    training: {
      settings: { ...config, extraRows: config.extraRows.length },
      device: `${run.device.backend}: ${run.device.name}`,
      bestEpoch: run.bestEpoch,
      epochs: run.epochs.length,
      seconds: run.seconds,
    },
    test: run.test?.report ?? null,
  };
}

/**
 * Checks a parsed `rung.json`.
 * @throws RungError `model-unsupported` for one of a newer Rung, `file-corrupt` naming the entry that is wrong.
 */
export function parseRungJson(json: unknown): RungJson {
  const version: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'version') : undefined;
  if (typeof version === 'number' && version > rungJsonVersion) {
    throw new RungError(
      'model-unsupported',
      `Reading rung.json: it has version ${version}, this Rung reads versions up to ${rungJsonVersion}.`,
      'Reload the page to get the newest Rung, then drop the model again.',
    );
  }
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? 'the whole file';
  throw new RungError(
    'file-corrupt',
    `Reading rung.json: ${path}: ${issue.message.slice(0, 200)}.`,
    'Use the rung.json that was downloaded with the model, or take it out of the folder: the model then predicts with thresholds of 0.5.',
  );
}
