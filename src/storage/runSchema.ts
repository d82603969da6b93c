/**
 * What a stored run must look like. Records outlive versions of this program and can be touched by hand in the browser's tools,
 * so they are checked on reading.
 */
import * as v from 'valibot';
import { classifierKinds } from '../shared/classical.ts';
import { cleaningSchema } from '../shared/cleaningSchema.ts';
import { normalisationSchema } from '../shared/normalisation.ts';
import { oneModelConfig, recipeIds, type RunRecord } from '../shared/training.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const backend = v.picklist(['webgpu', 'wasm']);
const encoderSource = v.variant('kind', [
  v.object({ kind: v.literal('shipped'), id: v.string() }),
  v.object({ kind: v.literal('dropped'), id: v.string() }),
  v.object({ kind: v.literal('hub'), id: v.string() }),
]);

// Runs that were stored before a setting existed were trained as its default does.
const { plateauFactor, plateauPatience, loss, focalGamma, asymmetricGamma, asymmetricMargin } = oneModelConfig;
const { labelSmoothing, distillationShare, layerDecay, frozenLayers, gradientAccumulation } = oneModelConfig;

const split = v.object({ train: v.number(), validation: v.number(), test: v.number() });

/** Not there in runs of earlier versions. */
const extraRows = v.optional(v.array(v.object({ title: v.string(), labels: v.array(v.string()) })), () => []);

const trainingConfig = v.object({
  encoder: encoderSource,
  epochs: v.number(),
  minimumSteps: v.optional(count, 0),
  batchSize: v.number(),
  learningRate: v.number(),
  schedule: v.picklist(['linear', 'cosine', 'constant', 'plateau']),
  plateauFactor: v.optional(v.number(), plateauFactor),
  plateauPatience: v.optional(v.number(), plateauPatience),
  warmup: v.number(),
  weightDecay: v.number(),
  dropout: v.number(),
  loss: v.optional(v.picklist(['bce', 'focal', 'asymmetric']), loss),
  focalGamma: v.optional(v.number(), focalGamma),
  asymmetricGamma: v.optional(v.number(), asymmetricGamma),
  asymmetricMargin: v.optional(v.number(), asymmetricMargin),
  labelSmoothing: v.optional(v.number(), labelSmoothing),
  distillationFolds: v.optional(count, 0),
  distillationShare: v.optional(v.number(), distillationShare),
  ensembleFolds: v.optional(count, 0),
  classWeights: v.picklist(['none', 'sqrt-inverse', 'inverse']),
  earlyStoppingPatience: v.nullable(v.number()),
  bestBy: v.picklist(['last', 'microF1', 'macroF1']),
  maxGradientNorm: v.number(),
  layerDecay: v.optional(v.number(), layerDecay),
  frozenLayers: v.optional(v.number(), frozenLayers),
  gradientAccumulation: v.optional(v.number(), gradientAccumulation),
  seed: v.number(),
  split,
  maxTokens: v.number(),
  normalisation: v.optional(v.nullable(normalisationSchema), null),
  extraRows,
  thresholds: v.optional(v.picklist(['auto', 'learnt', 'half']), 'learnt'),
  backend: v.nullable(backend),
});

const classifierKind = v.picklist(classifierKinds);

const classicalConfig = v.object({
  kinds: v.array(classifierKind),
  trials: count,
  innerFolds: count,
  normalise: v.boolean(),
  extraRows,
  seed: v.number(),
  split,
});

const method = v.variant('kind', [
  v.object({ kind: v.literal('finetune'), config: trainingConfig }),
  v.object({ kind: v.literal('classical'), config: classicalConfig }),
]);

const device = v.object({
  backend,
  name: v.string(),
  software: v.boolean(),
  threads: v.number(),
  explanation: v.string(),
});

const data = v.object({
  name: v.string(),
  fingerprint: v.string(),
  rows: count,
  labelNames: v.array(v.string()),
  labelRows: v.array(count),
  cleaning: cleaningSchema,
  unlabelled: v.optional(
    v.variant('kind', [
      v.object({ kind: v.literal('drop') }),
      v.object({ kind: v.literal('label'), name: v.string() }),
      v.object({ kind: v.literal('none') }),
    ]),
  ),
  corrected: v.optional(v.array(count)),
});

const step = v.object({
  step: count,
  epoch: count,
  loss: v.number(),
  learningRate: v.number(),
  titlesPerSecond: v.number(),
  secondsLeft: v.nullable(v.number()),
});

const epoch = v.object({
  epoch: count,
  step: count,
  trainLoss: v.number(),
  validationLoss: v.number(),
  microF1: v.number(),
  macroF1: v.number(),
  perLabelF1: v.array(v.nullable(v.number())),
  learningRate: v.number(),
  titlesPerSecond: v.number(),
  seconds: v.number(),
});

const interval = v.object({ value: v.number(), low: v.number(), high: v.number() });

const report = v.object({
  rows: count,
  microF1: interval,
  macroF1: interval,
  macroF1Supported: v.nullable(interval),
  exactMatch: interval,
  perLabel: v.array(
    v.object({
      name: v.string(),
      support: count,
      predicted: count,
      threshold: v.number(),
      precision: v.nullable(interval),
      recall: v.nullable(interval),
      f1: v.nullable(interval),
    }),
  ),
  constantMicroF1: v.number(),
});

const testRow = v.object({
  row: count,
  title: v.string(),
  actual: v.array(v.boolean()),
  probabilities: v.array(v.number()),
  group: v.optional(count),
  fold: v.optional(count),
});

const scoredRows = v.object({
  actual: v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
  probabilities: v.custom<Float32Array<ArrayBuffer>>((value) => value instanceof Float32Array),
});

const base = {
  id: v.pipe(v.string(), v.nonEmpty()),
  name: v.string(),
  createdAt: v.number(),
  finishedAt: v.nullable(v.number()),
  status: v.picklist(['running', 'finished', 'stopped', 'interrupted', 'failed']),
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
  recipe: v.optional(v.picklist(recipeIds), 'rung-single'),
  version: v.optional(v.nullable(v.string()), null),
  data,
  seconds: v.number(),
  thresholds: v.array(v.number()),
  validation: v.optional(v.nullable(scoredRows), null),
  test: v.nullable(v.object({ report, rows: v.array(testRow) })),
  weightBytes: count,
};

const plannedRows = { trainRows: count, validationRows: count, testRows: count };

const finetunedRun = v.object({
  ...base,
  kind: v.literal('finetune'),
  config: trainingConfig,
  encoderName: v.string(),
  device,
  plan: v.object({ ...plannedRows, totalSteps: count }),
  members: v.optional(v.pipe(count, v.minValue(1)), 1),
  memberStarts: v.optional(v.array(count), []),
  steps: v.array(step),
  epochs: v.array(epoch),
  bestEpoch: v.nullable(count),
  chosenThresholds: v.optional(v.array(v.number())),
});

const classicalRun = v.object({
  ...base,
  kind: v.literal('classical'),
  config: classicalConfig,
  plan: v.object(plannedRows),
  chosen: v.array(
    v.object({
      label: v.string(),
      candidate: v.string(),
      kind: classifierKind,
      f1: v.number(),
      tried: v.array(v.object({ candidate: v.string(), f1: v.number() })),
    }),
  ),
  chosenThresholds: v.array(v.number()),
});

const foldFigures = v.object({ rows: count, microF1: v.number(), macroF1: v.number(), exactMatch: v.number() });

const crossValidatedRun = v.object({
  ...base,
  kind: v.literal('cross-validation'),
  method,
  encoderName: v.nullable(v.string()),
  device: v.nullable(device),
  crossValidation: v.object({ folds: count, seeds: v.array(v.number()) }),
  folds: v.array(
    v.object({
      seed: v.number(),
      fold: count,
      test: foldFigures,
      train: foldFigures,
      thresholds: v.array(v.number()),
      bestEpoch: v.nullable(count),
      seconds: v.number(),
    }),
  ),
  chosenThresholds: v.array(v.number()),
});

/** Runs that were stored before there were other kinds were all fine-tuned. */
const withKind = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((stored) => ('kind' in stored ? stored : { ...stored, kind: 'finetune' })),
);

export const runRecordSchema: v.GenericSchema<unknown, RunRecord> = v.pipe(
  v.unknown(),
  withKind,
  v.variant('kind', [finetunedRun, classicalRun, crossValidatedRun]),
  // Before thresholds could be moved, those in use were those that had been chosen.
  v.transform((run) => ({ ...run, chosenThresholds: run.chosenThresholds ?? run.thresholds })),
);

/** The record, or in one line what is wrong with it: "config.epochs: expected number, got undefined". */
export function checkRunRecord(stored: unknown): { record: RunRecord } | { reason: string } {
  const result = v.safeParse(runRecordSchema, stored, { abortEarly: true });
  if (result.success) return { record: result.output };
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'record';
  return { reason: `${where}: expected ${issue.expected ?? 'another value'}, got ${issue.received}` };
}
