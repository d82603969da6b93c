/** The domain types of the training side: what is asked for, what is reported while it runs, what is kept of it. */
import type { ChosenClassifier, ClassicalConfig, TrialRecord } from './classical.ts';
import type { CleaningOptions, UnlabelledPolicy } from './dataset.ts';
import type { ExtraRow } from './extraRow.ts';
import type { NormalisationOptions } from './normalisation.ts';

export type Backend = 'webgpu' | 'wasm';

/** Which device computes, and what that means, in words for the user. */
export interface DeviceReport {
  backend: Backend;
  /** "NVIDIA Ada Lovelace", "2 threads, SIMD". */
  name: string;
  /** True for a software WebGPU adapter. */
  software: boolean;
  /** WASM only. */
  threads: number;
  /** One or two plain sentences. */
  explanation: string;
}

/** Where an encoder's weights come from. */
export type EncoderSource =
  /** A folder of `public/models`. */
  | { kind: 'shipped'; id: string }
  /** A Hugging Face folder or a Rung download that the user dropped: kept in the worker under this id. */
  | { kind: 'dropped'; id: string }
  /** A model of the Hugging Face Hub, kept in this browser: "organisation/model". */
  | { kind: 'hub'; id: string };

/** What reading a checkpoint left over and what it lacked, by tensor name. */
export interface TensorReport {
  /** In the checkpoint, but not in the model that is trained: heads of other tasks. */
  unused: string[];
  /** Not in the checkpoint: drawn at random, to be learnt. */
  fresh: string[];
}

export interface EncoderInfo {
  source: EncoderSource;
  name: string;
  description: string;
  parameters: number;
  bytes: number;
  /** Left out for what ships with the app, which fits. */
  report?: TensorReport;
}

export type EpochFigure = 'microF1' | 'macroF1';

export interface TrainingConfig {
  encoder: EncoderSource;
  epochs: number;
  /** Few rows make few steps an epoch: there are as many epochs more as it takes to this many steps (`epochs.ts`); 0: never. */
  minimumSteps: number;
  /** Titles a step. */
  batchSize: number;
  /** Peak learning rate of AdamW. */
  learningRate: number;
  schedule: 'linear' | 'cosine' | 'constant' | 'plateau';
  /** Schedule 'plateau': what the learning rate is multiplied by when the figure that decides has stopped rising. */
  plateauFactor: number;
  /** Schedule 'plateau': epochs without a rise that are let pass. */
  plateauPatience: number;
  /** Share of all steps in which the learning rate rises from 0. */
  warmup: number;
  weightDecay: number;
  /** Dropout of embeddings, attention and feed-forward outputs. */
  dropout: number;
  /** What is minimised, for each label by itself. */
  loss: 'bce' | 'focal' | 'asymmetric';
  /** Loss 'focal': power by which easy answers count less. */
  focalGamma: number;
  /** Loss 'asymmetric': the same for labels that are absent. */
  asymmetricGamma: number;
  /** Loss 'asymmetric': probability below which an absent label counts nothing. */
  asymmetricMargin: number;
  /** Labels count as this much less than sure: 0 and 1 are moved towards 1/2 by this share. */
  labelSmoothing: number;
  /** Models of parts of the training rows whose answers on the other rows are learnt beside the labels (`selfDistillation.ts`); 0: none. */
  distillationFolds: number;
  /** Share of those answers in what is learnt. */
  distillationShare: number;
  /** Folds of the rows outside the test side, with a model for each that learns the others; the mean of their logits answers. 0: one model. */
  ensembleFolds: number;
  /** Weight of the positives of each label in the loss. */
  classWeights: 'none' | 'sqrt-inverse' | 'inverse';
  /** Stop when validation F1 has not risen for this many epochs; null: never. */
  earlyStoppingPatience: number | null;
  /** Which epoch is kept: the last, or the one that is best by a figure on the validation rows. */
  bestBy: 'last' | EpochFigure;
  /** Gradient norm is clipped to this. */
  maxGradientNorm: number;
  /** Learning rate of each layer over that of the next one up; 1: all the same. */
  layerDecay: number;
  /** Layers that are not trained, from below, the embeddings first. */
  frozenLayers: number;
  /** Parts that a batch is read in before its one update. */
  gradientAccumulation: number;
  seed: number;
  /** Shares of rows; they add up to 1. */
  split: { train: number; validation: number; test: number };
  /** Longer titles are cut to this many tokens. */
  maxTokens: number;
  /** How titles are written before they become tokens, in training and in prediction; null: as they are. */
  normalisation: NormalisationOptions | null;
  /** Learnt from beside the training rows; never validated or tested on. */
  extraRows: ExtraRow[];
  /** From which probability on a label is given: chosen for each on rows not learnt from, .5 for all, or as the loss needs (`thresholdsBy`). */
  thresholds: 'auto' | 'learnt' | 'half';
  /** Forces a backend; null: the best there is. */
  backend: Backend | null;
}

/** One evaluated epoch. Epochs count from 1. */
export interface EpochRecord {
  epoch: number;
  step: number;
  trainLoss: number;
  validationLoss: number;
  microF1: number;
  macroF1: number;
  /** In the order of the run's labels; null where the validation split holds no such row. */
  perLabelF1: (number | null)[];
  learningRate: number;
  titlesPerSecond: number;
  /** Wall time since the start, pauses left out. */
  seconds: number;
}

/** Mean training loss over the steps since the last one. */
export interface StepRecord {
  step: number;
  epoch: number;
  loss: number;
  learningRate: number;
  titlesPerSecond: number;
  /** Estimated; null until the first steps are timed. */
  secondsLeft: number | null;
}

const maxStepRecords = 2000;

/** The steps with one more; every other one is dropped when there are too many to draw: a run of days stays a few hundred kilobytes. */
export function withStep(steps: readonly StepRecord[], record: StepRecord): StepRecord[] {
  const all = [...steps, record];
  return all.length > maxStepRecords ? all.filter((_, i) => i % 2 === 1) : all;
}

export interface TrainingPlan {
  runId: string;
  labelNames: string[];
  trainRows: number;
  validationRows: number;
  testRows: number;
  stepsPerEpoch: number;
  totalSteps: number;
  /** Steps of fold models before those; left out: none. */
  stepsBefore?: number;
  /** Null for classical models, which have no steps either. */
  device: DeviceReport | null;
}

export type TrainingEvent =
  /** Work before or after the steps; `fraction` null where it cannot be told. */
  | { type: 'phase'; message: string; fraction: number | null; secondsLeft?: number | null }
  | { type: 'started'; plan: TrainingPlan }
  /** Where several models are averaged: the next begins, counted from 1. */
  | { type: 'member'; number: number; of: number }
  | { type: 'step'; record: StepRecord }
  /** `kept`: the epoch whose weights have taken the place of those kept before; null when none has. */
  | { type: 'epoch'; record: EpochRecord; kept: number | null }
  /** Classical models: one candidate was tried on one label, and a label is decided. */
  | { type: 'trial'; record: TrialRecord }
  | { type: 'chosen'; record: ChosenClassifier }
  /** Cross-validation: a fold begins, its `started` follows; and one is done. */
  | { type: 'fold'; seed: number; fold: number }
  | { type: 'fold-done'; record: FoldRecord }
  | { type: 'paused' }
  | { type: 'resumed' }
  | { type: 'notice'; message: string };

/** A figure with its 95 % bootstrap interval. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}

/** Fewest rows that must carry a label before its figures say anything. */
export const minimumSupport = 10;

export interface LabelReport {
  name: string;
  /** Rows of the split that carry the label. */
  support: number;
  /** Rows predicted to carry it. */
  predicted: number;
  threshold: number;
  /** Null with too few rows to say, and for a label that is never predicted. */
  precision: Interval | null;
  recall: Interval | null;
  /** Null with too few rows to say (fewer than `minimumSupport` that carry it): never a made-up 0 or 1. */
  f1: Interval | null;
}

export interface SplitReport {
  rows: number;
  microF1: Interval;
  /** Over all labels that occur in the split. */
  macroF1: Interval;
  /** Over labels with enough rows to say; null when there is none. */
  macroF1Supported: Interval | null;
  exactMatch: Interval;
  perLabel: LabelReport[];
  /** Micro-F1 of the best constant answer, the floor that any model must clear. */
  constantMicroF1: number;
}

/** One row of the test split with what was predicted. */
export interface TestRow {
  row: number;
  title: string;
  actual: boolean[];
  probabilities: number[];
  /** Near duplicates share a group; not there in runs of earlier versions. */
  group?: number;
  /** Cross-validation only: position of the fold in `folds` whose model answered. */
  fold?: number;
}

/** What the model said of rows whose titles are not kept: enough to choose thresholds on. */
export interface ScoredRows {
  /** rows x labels, row-major, 0 or 1. */
  actual: Uint8Array<ArrayBuffer>;
  /** rows x labels */
  probabilities: Float32Array<ArrayBuffer>;
}

export interface DataDigest {
  name: string;
  fingerprint: string;
  rows: number;
  labelNames: string[];
  labelRows: number[];
  cleaning: CleaningOptions;
  /** Not there in runs of earlier versions. */
  unlabelled?: UnlabelledPolicy;
  /** Row numbers of those whose labels the user had corrected; not there where there were none. */
  corrected?: number[];
}

export const recipeIds = [
  'rung',
  'rung-single',
  'distilbert-5fold',
  'deberta-weighted',
  'roberta-normalised',
  'classical',
] as const;
export type RecipeId = (typeof recipeIds)[number];

/** What is trained, and with which settings. */
export type Method = { kind: 'finetune'; config: TrainingConfig } | { kind: 'classical'; config: ClassicalConfig };

export interface CrossValidation {
  folds: number;
  /** Each deals the rows anew and trains every fold once. */
  seeds: number[];
}

/** Plain figures of one fold, without intervals: how far they spread says more than each does. */
export interface FoldFigures {
  rows: number;
  microF1: number;
  macroF1: number;
  exactMatch: number;
}

/** One fold that is done. */
export interface FoldRecord {
  seed: number;
  /** From 1. */
  fold: number;
  test: FoldFigures;
  /** On the rows that were trained on: far above `test`, titles were learnt by heart. */
  train: FoldFigures;
  /** As chosen outside the fold. */
  thresholds: number[];
  /** Null for classical models. */
  bestEpoch: number | null;
  seconds: number;
}

export type RunStatus = 'running' | 'finished' | 'stopped' | 'interrupted' | 'failed';

/** What every run keeps, its weights apart. Plain data: it goes to IndexedDB and over worker messages as it is. */
interface RunBase {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  finishedAt: number | null;
  status: RunStatus;
  /** Why it failed; else null. */
  error: { code: string; message: string } | null;
  /** Whose defaults its settings started from. */
  recipe: RecipeId;
  /** Of Rung; null in runs of earlier versions. */
  version: string | null;
  data: DataDigest;
  /** Seconds of training, pauses left out. */
  seconds: number;
  /** Per label, what predictions go by: as chosen without the test rows, or as moved by the user. */
  thresholds: number[];
  /** Per label, as chosen on `validation`. */
  chosenThresholds: number[];
  /**
   * The validation split under the kept weights, after the training rows under models that had not seen them, where there were such
   * (fold models, inner folds of a classical run); of averaged models each row under the one that had not seen it; null when not evaluated, and in runs of earlier versions.
   */
  validation: ScoredRows | null;
  test: { report: SplitReport; rows: TestRow[] } | null;
  /** Bytes of the model in storage; 0 while there is none. */
  weightBytes: number;
}

export interface PlannedRows {
  trainRows: number;
  validationRows: number;
  testRows: number;
}

/** A fine-tuned encoder. */
export interface FinetunedRun extends RunBase {
  kind: 'finetune';
  config: TrainingConfig;
  encoderName: string;
  device: DeviceReport;
  plan: PlannedRows & { totalSteps: number };
  steps: StepRecord[];
  epochs: EpochRecord[];
  bestEpoch: number | null;
  /** Models whose weights are kept: one, or several that are averaged. */
  members: number;
  /** Epochs that were done when the second of several models began, when the third did, and so on. */
  memberStarts: number[];
}

/** One classical classifier a label. */
export interface ClassicalRun extends RunBase {
  kind: 'classical';
  config: ClassicalConfig;
  /** Validation rows are trained on too: inner folds do their work. */
  plan: PlannedRows;
  /** In the order of the labels; those that are decided so far. */
  chosen: ChosenClassifier[];
}

/** A recipe measured on every row by models that have not seen it. It holds figures, no model. */
export interface CrossValidatedRun extends RunBase {
  kind: 'cross-validation';
  method: Method;
  /** Of the fine-tuned encoder; null for classical models. */
  encoderName: string | null;
  /** Null for classical models. */
  device: DeviceReport | null;
  crossValidation: CrossValidation;
  /** Those that are done, in the order they were. `test` pools the rows of the first seed, its report is the mean over all of them. */
  folds: FoldRecord[];
}

export type RunRecord = FinetunedRun | ClassicalRun | CrossValidatedRun;

/** What the predict screen knows of the model that is loaded. */
export interface ModelInfo {
  id: string;
  name: string;
  labelNames: string[];
  thresholds: number[];
  cleaning: CleaningOptions;
  /** Null for classical models: they need none. */
  device: DeviceReport | null;
}

/** What a training with some settings will cost on this device, from a short measurement. */
export interface Estimate {
  /** Seconds a title and epoch, forward, backward and update. */
  secondsPerTitle: number;
  /** Seconds a title of evaluation. */
  secondsPerTitleForward: number;
  /** Device memory: weights, gradients, moments and the activations of a batch, bytes. */
  bytes: number;
}

/** The figure that early stopping and the plateau schedule go by. */
export function figureOf({ bestBy }: Pick<TrainingConfig, 'bestBy'>): EpochFigure {
  return bestBy === 'last' ? 'microF1' : bestBy;
}

/**
 * How thresholds come about. Plain cross-entropy leaves probabilities as they are, and .5 is best for them: on out-of-fold answers to
 * JobLevelData's training rows thresholds chosen on 100 to 900 of them were worse by .002 to .004 micro-F1 and .003 to .006 macro-F1.
 * Other losses and weights move probabilities.
 */
export function thresholdsBy({
  thresholds,
  loss,
  classWeights,
}: Pick<TrainingConfig, 'thresholds' | 'loss' | 'classWeights'>): 'learnt' | 'half' {
  if (thresholds !== 'auto') return thresholds;
  return loss === 'bce' && classWeights === 'none' ? 'half' : 'learnt';
}

/** Settings of one model: what recipes set out from, and what a record of a run had where it says nothing. */
export const oneModelConfig: Omit<TrainingConfig, 'encoder'> = {
  // The rate is the best of three for the shipped encoder by `tools/pretrain/tune.py`, on rows inside the folds.
  epochs: 6,
  minimumSteps: 300,
  batchSize: 32,
  learningRate: 6e-4,
  schedule: 'linear',
  plateauFactor: 0.5,
  plateauPatience: 1,
  warmup: 0.1,
  weightDecay: 0.01,
  dropout: 0.1,
  loss: 'bce',
  // Lin et al. 2017, section 5.1.
  focalGamma: 2,
  // Ridnik et al. 2021, section 4.1.
  asymmetricGamma: 4,
  asymmetricMargin: 0.05,
  labelSmoothing: 0,
  // Three, thrice the time, came to .9177 instead of .9171 (micro-F1, means of the same 7 folds of JobLevelData).
  distillationFolds: 0,
  distillationShare: 0.5,
  ensembleFolds: 0,
  classWeights: 'none',
  earlyStoppingPatience: null,
  // A few hundred validation rows tell epochs apart by their noise; with a rate that has fallen to 0 the last is as good as any.
  bestBy: 'last',
  maxGradientNorm: 1,
  layerDecay: 1,
  frozenLayers: 0,
  gradientAccumulation: 1,
  seed: 42,
  split: { train: 0.8, validation: 0.1, test: 0.1 },
  maxTokens: 64,
  normalisation: null,
  extraRows: [],
  thresholds: 'auto',
  backend: null,
};

/** The encoder that comes with the app. */
export const shippedEncoder: EncoderSource = { kind: 'shipped', id: 'rung-mini' };

/** What the page begins with: the settings of the recipe Rung. */
export const rungConfig: TrainingConfig = {
  ...oneModelConfig,
  encoder: shippedEncoder,
  ensembleFolds: 5,
};
