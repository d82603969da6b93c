/** What a kept or dropped model of level and area must look like: such files outlive versions and can be edited by hand. */
import * as v from 'valibot';
import { classWeightKinds, conflictPolicies, type LevelAreaModel } from './levelArea.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const backend = v.picklist(['webgpu', 'wasm']);
const encoderSource = v.variant('kind', [
  v.object({ kind: v.literal('shipped'), id: v.string() }),
  v.object({ kind: v.literal('dropped'), id: v.string() }),
  v.object({ kind: v.literal('hub'), id: v.string() }),
]);

const map = v.object({
  classes: v.pipe(
    v.array(v.object({ name: v.string(), keywords: v.array(v.string()), codes: v.array(v.string()) })),
    v.minLength(1),
    v.maxLength(200),
  ),
  conflicts: v.picklist(conflictPolicies),
});

const interval = v.object({ value: v.number(), low: v.number(), high: v.number() });
const figure = v.nullable(interval);
const splitReport = v.object({
  rows: count,
  microF1: interval,
  macroF1: interval,
  macroF1Supported: figure,
  exactMatch: interval,
  perLabel: v.array(
    v.object({
      name: v.string(),
      support: count,
      predicted: count,
      threshold: v.number(),
      precision: figure,
      recall: figure,
      f1: figure,
    }),
  ),
  constantMicroF1: v.number(),
});
const headReport = v.object({
  agreement: v.nullable(splitReport),
  truth: v.nullable(
    v.object({
      all: splitReport,
      decided: v.nullable(splitReport),
      keywords: v.nullable(splitReport),
      undecided: v.nullable(splitReport),
    }),
  ),
});

const size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8192));

const modelSchema: v.GenericSchema<unknown, LevelAreaModel> = v.object({
  id: v.string(),
  name: v.string(),
  createdAt: v.number(),
  version: v.string(),
  encoder: v.object({ source: encoderSource, fingerprint: v.string(), dim: size }),
  config: v.object({
    encoder: encoderSource,
    backend: v.nullable(backend),
    hidden: size,
    blocks: v.pipe(count, v.maxValue(32)),
    dropout: v.number(),
    learningRate: v.number(),
    weightDecay: v.number(),
    batchSize: count,
    epochs: count,
    patience: count,
    classWeights: v.picklist(classWeightKinds),
    hiding: v.number(),
    seed: v.number(),
  }),
  maps: v.object({ level: map, area: map }),
  data: v.object({
    name: v.string(),
    fingerprint: v.string(),
    titles: count,
    trained: count,
    validation: count,
    test: count,
  }),
  epochs: v.array(v.object({ epoch: count, trainLoss: v.number(), validationLoss: v.number() })),
  bestEpoch: count,
  stopped: v.boolean(),
  seconds: v.number(),
  backend,
  report: v.object({ level: headReport, area: headReport }),
});

/** The model, or why it is none, naming the field. */
export function readLevelAreaModel(json: unknown): { model: LevelAreaModel } | { reason: string } {
  const { success, output, issues } = v.safeParse(modelSchema, json);
  if (success) return { model: output };
  return { reason: `${v.getDotPath(issues[0]) ?? 'it'}: ${issues[0].message}` };
}
