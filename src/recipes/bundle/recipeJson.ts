/** `recipe.json` of a bundle: what `train.py` goes by. Every number that the page derives from the data is in it, so that none is derived twice. */
import { isDecayed, parameterShapes, type ModelConfig } from '../../models/model.ts';
import type { Examples } from '../../shared/arrays.ts';
import { thresholdsBy, type FinetunedRun, type TrainingConfig } from '../../shared/training.ts';
import { rateFactorOf } from '../../training/parameterGroups.ts';
import { memberSeed } from '../ensemble.ts';
import { lossOf, positiveWeights } from '../finetune.ts';

/** The first columns of the CSV files; the labels follow, 0 or 1. */
export const fixedColumns = ['row', 'title', 'text'] as const;

/** How a parameter is trained. */
interface ParameterSettings {
  decayed: boolean;
  /** What the learning rate is multiplied by; null: it is frozen. */
  factor: number | null;
}

export interface RecipeJson {
  format: 'rung-bundle';
  version: 1;
  /** Of Rung. */
  rung: string | null;
  name: string;
  labels: string[];
  columns: readonly string[];
  epochs: number;
  batchSize: number;
  learningRate: number;
  schedule: TrainingConfig['schedule'];
  plateau: { factor: number; patience: number };
  warmup: number;
  weightDecay: number;
  maxGradientNorm: number;
  loss: ReturnType<typeof lossOf>;
  labelSmoothing: number;
  /** Null: 1 each. */
  positiveWeights: number[] | null;
  bestBy: TrainingConfig['bestBy'];
  earlyStoppingPatience: number | null;
  thresholds: ReturnType<typeof thresholdsBy>;
  seed: number;
  /** Of each model that is averaged: its seed, the rows it learns and those it is validated on, counted from 0 over train.csv and validation.csv; null: one model. */
  members: { seed: number; learnt: number[]; held: number[] }[] | null;
  maxTokens: number;
  /** By Hugging Face name. */
  parameters: Record<string, ParameterSettings>;
  /** On the test rows, in the page; null: never measured. */
  reached: { microF1: number; macroF1: number; exactMatch: number } | null;
}

/**
 * @param train the rows that are learnt: class weights are counted on them
 * @param members positions of each model's rows
 */
export function recipeJson(
  run: Pick<FinetunedRun, 'config' | 'name' | 'version' | 'test'> & { data: { labelNames: string[] } },
  architecture: ModelConfig,
  train: Pick<Examples, 'starts' | 'labels' | 'labelCount'>,
  members: readonly { learnt: number[]; held: number[] }[],
): RecipeJson {
  const { config, test, data } = run;
  const names = Object.keys(parameterShapes(architecture));
  const weights = positiveWeights(train, config.classWeights);
  return {
    format: 'rung-bundle',
    version: 1,
    rung: run.version,
    name: run.name,
    labels: data.labelNames,
    columns: fixedColumns,
    epochs: config.epochs,
    batchSize: config.batchSize,
    learningRate: config.learningRate,
    schedule: config.schedule,
    plateau: { factor: config.plateauFactor, patience: config.plateauPatience },
    warmup: config.warmup,
    weightDecay: config.weightDecay,
    maxGradientNorm: config.maxGradientNorm,
    loss: lossOf(config),
    labelSmoothing: config.labelSmoothing,
    positiveWeights: weights && Array.from(weights),
    bestBy: config.bestBy,
    earlyStoppingPatience: config.earlyStoppingPatience,
    thresholds: thresholdsBy(config),
    seed: config.seed,
    members: members.length > 1 ? members.map((side, i) => ({ seed: memberSeed(config, i), ...side })) : null,
    maxTokens: Math.min(config.maxTokens, architecture.maxPositions),
    parameters: Object.fromEntries(
      names.map((name) => [name, { decayed: isDecayed(name), factor: rateFactorOf(architecture, name, config) }]),
    ),
    reached: test && {
      microF1: test.report.microF1.value,
      macroF1: test.report.macroF1.value,
      exactMatch: test.report.exactMatch.value,
    },
  };
}
