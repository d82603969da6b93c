/**
 * Fine-tuning of an encoder for multi-label classification: every parameter trained (or all above some frozen layers), binary
 * cross-entropy per label (Devlin et al. 2019, section 4, with sigmoids in place of the softmax) or a loss that suits rare labels, against
 * the labels or what fold models make of them (selfDistillation.ts); one model, or several that are averaged (ensemble.ts). The last epoch
 * is kept, or the best on the validation split; thresholds are chosen on rows that were not learnt from; the test split is looked at once,
 * at the end.
 */
import type { Examples, NamedArrays, TokenisedTitles } from '../shared/arrays.ts';
import { concatenate, concatenateAll } from '../shared/concatenate.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { foldModelSteps } from '../shared/epochs.ts';
import { meanOf } from '../shared/mean.ts';
import { unpackStrings } from '../shared/strings.ts';
import {
  figureOf,
  thresholdsBy,
  type EpochRecord,
  type FoldFigures,
  type ScoredRows,
  type SplitReport,
  type StepRecord,
  type TestRow,
  type TrainingConfig,
} from '../shared/training.ts';
import { confusion, macroF1, microF1, perLabelF1, sigmoid } from '../metrics/classification.ts';
import { splitReport } from '../metrics/bootstrap.ts';
import { chooseThresholds } from '../metrics/thresholds.ts';
import type { ModelConfig } from '../models/model.ts';
import { stepsPerEpoch } from '../training/batches.ts';
import {
  createPredictor,
  createTrainer,
  type EpochEvent,
  type LossKind,
  type StepEvent,
  type TrainerOptions,
} from '../training/trainer.ts';
import type { Remaining } from '../training/options.ts';
import { normaliser } from '../text/normalise.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { foldFigures } from './crossValidate.ts';
import { learntRows, memberSeed, memberSides } from './ensemble.ts';
import { EpochChoice } from './epochChoice.ts';
import { labelsOf } from './labelsOf.ts';
import { answerOutOfFold, mixedTargets, type FoldModelsInput, type OutOfFold } from './selfDistillation.ts';
import { testRows } from './testRows.ts';

export interface FinetuneInput {
  dataset: Dataset;
  split: Split;
  settings: TrainingConfig;
  /** Architecture with this data set's label count and the dropout to train with. */
  architecture: ModelConfig;
  /** Encoder and head; the head newly drawn where the encoder came without one that fits. */
  weights: NamedArrays;
  tokenizer: Tokenizer;
  signal: AbortSignal;
  /** Awaited between steps: how a pause holds the loop. */
  gate: () => Promise<void>;
  /** Whether the training rows are measured, too, at the end. */
  measureTrain?: boolean;
}

/** All that predicting with the weights of an epoch takes, should the training not get to its end. */
export interface KeptEpoch {
  /** Which; counted over all models. */
  epoch: number;
  /** Of each model that is averaged; one, unless there are several. */
  members: NamedArrays[];
  thresholds: number[];
  validation: ScoredRows;
}

export type FinetuneEvent =
  | { type: 'phase'; message: string; fraction: number | null; secondsLeft?: number | null }
  /** Where several models are averaged: the next begins, counted from 1. */
  | { type: 'member'; number: number; of: number }
  /** Steps and epochs are counted over all models. */
  | { type: 'step'; record: StepRecord }
  /** `kept` is there when the epoch takes the place of the one kept before. */
  | { type: 'epoch'; record: EpochRecord; kept: KeptEpoch | null }
  | { type: 'notice'; message: string };

export interface FinetuneResult {
  /** Of each model that is averaged; one, unless there are several. */
  members: NamedArrays[];
  bestEpoch: number | null;
  thresholds: number[];
  validation: ScoredRows;
  report: SplitReport;
  /** On the training rows; null unless asked for. */
  train: FoldFigures | null;
  testRows: TestRow[];
  /** Ended by the signal, not by itself. */
  stopped: boolean;
}

/** Yields progress and returns the result. @throws RungError when the loss diverges or the device is lost. */
export async function* finetune(input: FinetuneInput): AsyncGenerator<FinetuneEvent, FinetuneResult> {
  const { dataset, split, settings, architecture, signal } = input;
  const labelCount = dataset.labelNames.length;

  // Data
  const maxTokens = Math.min(settings.maxTokens, architecture.maxPositions);
  yield { type: 'phase', message: 'Reading titles as tokens', fraction: null };
  const { normalisation } = settings;
  const written = unpackStrings(dataset.titles);
  const titles = normalisation ? written.map(normaliser(normalisation)) : written;
  const tokens = input.tokenizer.encodeMany(titles, maxTokens);
  const examplesOf = (rows: Uint32Array): Examples => pickExamples(tokens, dataset.labels, labelCount, rows);
  const sides = memberSides(dataset, split, settings);
  const [train, validation, test] = [learntRows(split, settings), sides[0].held, split.test].map(examplesOf);
  const options: TrainerOptions = {
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    learningRate: settings.learningRate,
    schedule: settings.schedule,
    warmup: settings.warmup,
    weightDecay: settings.weightDecay,
    dropout: settings.dropout,
    posWeight: positiveWeights(train, settings.classWeights),
    loss: lossOf(settings),
    labelSmoothing: settings.labelSmoothing,
    maxGradientNorm: settings.maxGradientNorm,
    gradientAccumulation: settings.gradientAccumulation,
    layerDecay: settings.layerDecay,
    frozenLayers: settings.frozenLayers,
    plateau: plateauOn(validation, settings),
    seed: settings.seed,
  };

  // Answers to learn from beside the labels
  const stepsOf = (rows: Uint32Array): number => settings.epochs * stepsPerEpoch(rows.length, settings.batchSize);
  const after = { steps: stepsOf(split.train), evaluations: settings.epochs };
  const outOfFold = yield* foldModels(input, after, { examplesOf, validation, options });
  if (outOfFold) train.targets = mixedTargets(train.labels, outOfFold, settings.distillationShare);

  // One model, or several in turn
  yield { type: 'phase', message: 'Preparing the model on the device', fraction: null };
  if (settings.frozenLayers > architecture.layers + 1) {
    const message = `The encoder has ${architecture.layers} layers above its embeddings: all of it is frozen, only the head is trained.`;
    yield { type: 'notice', message };
  }
  const done: Done = { members: [], validated: [], epochs: 0, steps: 0, seconds: outOfFold?.seconds ?? 0 };
  let bestEpoch: number | null = null;
  for (const [i, side] of sides.entries()) {
    if (signal.aborted && i > 0) break;
    if (sides.length > 1) yield { type: 'member', number: i + 1, of: sides.length };
    const held = i === 0 ? validation : examplesOf(side.held);
    const later = sides.slice(i + 1);
    const learnt = yield* learn(input, {
      train: sides.length > 1 ? examplesOf(side.learnt) : train,
      validation: held,
      options: {
        ...options,
        plateau: plateauOn(held, settings),
        after: {
          steps: later.reduce((sum, { learnt: rows }) => sum + stepsOf(rows), 0),
          evaluations: later.length * settings.epochs,
        },
        seed: memberSeed(settings, i),
      },
      outOfFold,
      done,
    });
    if (!learnt) break;
    if (learnt.epoch !== null) bestEpoch = learnt.epoch;
    done.members.push(learnt.weights);
    if (learnt.validated) done.validated.push(learnt.validated);
    done.epochs += learnt.epochs;
    done.steps += learnt.steps;
    done.seconds = learnt.seconds;
  }
  const { members } = done;

  // Report
  yield { type: 'phase', message: 'Measuring on the test rows', fraction: null };
  const asked = [test, ...(members.length === 1 ? [validation] : []), ...(input.measureTrain ? [train] : [])];
  const answers = await answersOf(architecture, members, asked);
  const onTest = answers[0];
  const scored = members.length === 1 ? scoredRows(validation, answers[1], outOfFold) : joined(done.validated);
  const thresholds = thresholdsOf(scored, labelCount, settings);
  return {
    members,
    bestEpoch,
    thresholds,
    validation: scored,
    report: splitReport(test.labels, onTest, thresholds, dataset.labelNames, {
      seed: settings.seed,
      groups: Array.from(split.test, (row) => dataset.groups[row]),
    }),
    train: input.measureTrain ? foldFigures(train.labels, answers[answers.length - 1], thresholds) : null,
    testRows: testRows(dataset, split.test, onTest),
    stopped: signal.aborted,
  };
}

/** Probabilities of each set by the mean of the models' logits; one model on the device at a time, as in training. */
async function answersOf(
  architecture: ModelConfig,
  members: readonly NamedArrays[],
  sets: readonly Examples[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const logits: Float32Array<ArrayBuffer>[][] = sets.map(() => []);
  for (const weights of members) {
    const predictor = createPredictor(architecture, weights);
    try {
      for (const [i, examples] of sets.entries()) logits[i].push(await predictor.logits(examples));
    } finally {
      predictor.dispose();
    }
  }
  return logits.map((each) => sigmoid(meanOf(each)));
}

function plateauOn(validation: Examples, settings: TrainingConfig): TrainerOptions['plateau'] {
  return {
    factor: settings.plateauFactor,
    patience: settings.plateauPatience,
    score: (logits) => validationF1(logits, validation, settings.loss)[figureOf(settings)],
  };
}

/** What the models that are trained already came to. */
interface Done {
  members: NamedArrays[];
  /** What each says of the rows that it is validated on. */
  validated: ScoredRows[];
  epochs: number;
  steps: number;
  seconds: number;
}

interface LearnInput {
  train: Examples;
  validation: Examples;
  options: TrainerOptions;
  outOfFold: OutOfFold | null;
  done: Done;
}

interface Learnt {
  weights: NamedArrays;
  /** Whose weights they are, counted over all models; null: they are as they stood when it was stopped in its first epoch. */
  epoch: number | null;
  /** What it says of the rows that it is validated on; null without an epoch. */
  validated: ScoredRows | null;
  /** That were trained; with early stopping fewer than planned. */
  epochs: number;
  steps: number;
  /** Those of the models before included. */
  seconds: number;
}

/**
 * Trains one model. Null when the signal ended it and there are others: one that has not come to its end would only spoil their mean.
 * @throws RungError as `finetune`
 */
async function* learn(
  { settings, architecture, weights, signal, gate }: FinetuneInput,
  { train, validation, options, outOfFold, done }: LearnInput,
): AsyncGenerator<FinetuneEvent, Learnt | null> {
  const trainer = createTrainer(architecture, weights, options);
  const choice = new EpochChoice(settings);
  const first = done.members.length === 0;
  const figure = figureOf(settings);
  let kept: Pick<Learnt, 'weights' | 'epoch' | 'validated'> | null = null;
  let [epochs, steps, seconds, ended] = [0, 0, done.seconds, false];
  try {
    for await (const event of trainer.run(train, validation, signal, gate)) {
      if (event.type === 'step') {
        yield { type: 'step', record: stepRecord(event, done) };
        continue;
      }
      if (event.type === 'notice') {
        yield event;
        continue;
      }
      const record = epochRecord(event, validation, settings.loss, done);
      const { keep, ending } = choice.judge({ ...record, epoch: event.epoch });
      [epochs, steps, seconds, ended] = [event.epoch, event.step, record.seconds, ending];
      if (keep) {
        const validated = scoredRows(validation, sigmoid(event.validationLogits), outOfFold);
        kept = { weights: await trainer.parameters(), epoch: record.epoch, validated };
      }
      // Beside others, a model counts when it has come to its end.
      const tellsKept = first ? keep : ending;
      yield {
        type: 'epoch',
        record,
        kept: tellsKept && kept ? keptEpoch(kept, done, validation.labelCount, settings) : null,
      };
      if (ending && event.epoch < settings.epochs) {
        const patience = settings.earlyStoppingPatience ?? 0;
        const name = figure === 'microF1' ? 'Micro-F1' : 'Macro-F1';
        const message = `Stopped after epoch ${record.epoch}: ${name} on the validation rows has not risen for ${patience} ${patience === 1 ? 'epoch' : 'epochs'}.`;
        yield { type: 'notice', message };
        break;
      }
    }
    if (signal.aborted && !first && !ended) return null;
    kept ??= { weights: await trainer.parameters(), epoch: null, validated: null };
    return { ...kept, epochs, steps, seconds };
  } finally {
    trainer.dispose();
  }
}

function stepRecord(event: StepEvent, done: Done): StepRecord {
  const { type: _, ...rest } = event;
  return { ...rest, step: done.steps + event.step, epoch: done.epochs + event.epoch };
}

/** The examples at `rows`, in that order. */
export function pickExamples(
  tokens: TokenisedTitles,
  labels: Uint8Array,
  labelCount: number,
  rows: Uint32Array,
): Examples {
  let total = 0;
  for (const row of rows) total += tokens.starts[row + 1] - tokens.starts[row];
  const ids = new Int32Array(total);
  const starts = new Uint32Array(rows.length + 1);
  let at = 0;
  for (const [i, row] of rows.entries()) {
    const title = tokens.ids.subarray(tokens.starts[row], tokens.starts[row + 1]);
    ids.set(title, at);
    at += title.length;
    starts[i + 1] = at;
  }
  return { ids, starts, labels: labelsOf(labels, labelCount, rows), labelCount };
}

/**
 * Weight of each label's positives in the loss: negatives over positives of the training rows, or its square root, between 1/50 and
 * 20 so that a label with a handful of rows does not drown the rest. Null: all 1.
 */
export function positiveWeights(
  train: Pick<Examples, 'starts' | 'labels' | 'labelCount'>,
  kind: TrainingConfig['classWeights'],
): Float32Array<ArrayBuffer> | null {
  if (kind === 'none') return null;
  const rows = train.starts.length - 1;
  return Float32Array.from({ length: train.labelCount }, (_, label) => {
    let positives = 0;
    for (let row = 0; row < rows; row++) positives += train.labels[row * train.labelCount + label];
    const ratio = (rows - positives) / Math.max(1, positives);
    return Math.min(20, Math.max(0.02, kind === 'inverse' ? ratio : Math.sqrt(ratio)));
  });
}

/**
 * Figures at the plain threshold of .5: thresholds are chosen once, at the end. The asymmetric loss has probabilities that say nothing at
 * .5, since sure absences do not count in it: there, at the thresholds that suit the epoch.
 */
function validationF1(
  logits: Float32Array,
  { labels, labelCount }: Examples,
  loss: TrainingConfig['loss'],
): Pick<EpochRecord, 'microF1' | 'macroF1' | 'perLabelF1'> {
  const cuts =
    loss === 'asymmetric'
      ? chooseThresholds(labels, sigmoid(logits), labelCount).map((threshold) => Math.log(threshold / (1 - threshold)))
      : Array<number>(labelCount).fill(0);
  const predicted = Uint8Array.from(logits, (logit, i) => (logit >= cuts[i % labelCount] ? 1 : 0));
  const counts = confusion(labels, predicted, labelCount);
  return { microF1: microF1(counts), macroF1: macroF1(counts), perLabelF1: perLabelF1(counts) };
}

function epochRecord(event: EpochEvent, validation: Examples, loss: TrainingConfig['loss'], done: Done): EpochRecord {
  const { type: _, validationLogits, ...rest } = event;
  return {
    ...rest,
    epoch: done.epochs + event.epoch,
    step: done.steps + event.step,
    seconds: done.seconds + event.seconds,
    ...validationF1(validationLogits, validation, loss),
  };
}

function keptEpoch(
  { weights, epoch, validated }: Pick<Learnt, 'weights' | 'epoch' | 'validated'>,
  done: Done,
  labelCount: number,
  settings: TrainingConfig,
): KeptEpoch | null {
  if (epoch === null || validated === null) return null;
  const validation = joined([...done.validated, validated]);
  const thresholds = thresholdsOf(validation, labelCount, settings);
  return { epoch, members: [...done.members, weights], thresholds, validation };
}

/** Each row was answered by a model that has not learnt it. */
function joined(parts: readonly ScoredRows[]): ScoredRows {
  return {
    actual: concatenateAll(
      new Uint8Array(),
      parts.map(({ actual }) => actual),
    ),
    probabilities: concatenateAll(
      new Float32Array(),
      parts.map(({ probabilities }) => probabilities),
    ),
  };
}

/** What thresholds are chosen on: the training rows as the fold models answered them, where there are any, and the validation rows. */
function scoredRows(
  { labels }: Examples,
  probabilities: Float32Array<ArrayBuffer>,
  outOfFold: OutOfFold | null,
): ScoredRows {
  if (!outOfFold) return { actual: labels, probabilities };
  return {
    actual: concatenate(outOfFold.actual, labels),
    probabilities: concatenate(outOfFold.probabilities, probabilities),
  };
}

function thresholdsOf({ actual, probabilities }: ScoredRows, labelCount: number, settings: TrainingConfig): number[] {
  if (thresholdsBy(settings) === 'half') return Array<number>(labelCount).fill(0.5);
  return chooseThresholds(actual, probabilities, labelCount);
}

/** Null where there are no fold models, or the signal ended them. @param after what is trained once all of them are */
async function* foldModels(
  input: FinetuneInput,
  after: Remaining,
  { options, ...parts }: Pick<FoldModelsInput, 'examplesOf' | 'validation' | 'options'>,
): AsyncGenerator<FinetuneEvent, OutOfFold | null> {
  const { dataset, split, settings, architecture, weights, signal, gate } = input;
  const rows = split.train;
  const before = foldModelSteps(settings, rows.length);
  if (before === 0) return null;
  const all = before + after.steps;
  const withAfter = { ...parts, options: { ...options, after } };
  const running = answerOutOfFold({ dataset, rows, settings, architecture, weights, signal, gate, ...withAfter });
  let next = await running.next();
  for (; !next.done; next = await running.next()) {
    const { fold, folds, step, secondsLeft } = next.value;
    yield {
      type: 'phase',
      message: `Fold model ${fold} of ${folds}`,
      fraction: Math.min(before, step) / all,
      secondsLeft,
    };
  }
  return next.value;
}

/** Positives keep their plain cross-entropy in the asymmetric loss (Ridnik et al. 2021, section 4.1). */
export function lossOf({ loss, focalGamma, asymmetricGamma, asymmetricMargin }: TrainingConfig): LossKind {
  if (loss === 'focal') return { kind: 'focal', gamma: focalGamma };
  if (loss === 'asymmetric')
    return { kind: 'asymmetric', positive: 0, negative: asymmetricGamma, margin: asymmetricMargin };
  return { kind: 'bce' };
}
