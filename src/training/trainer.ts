/**
 * The training loop, as an async generator: batches, forward, backward, AdamW, and an evaluation after every epoch. It waits for the
 * device where losses are read (a few times a second) and two steps behind the one being recorded, nowhere else.
 */
import { add, keep, tensor1d, tensor2d, tidy, valueAndGrads, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { binaryCrossEntropy, meanLoss } from '../kernels/bce.ts';
import { onDeviceLost } from '../kernels/backend.ts';
import { onWebGpu } from '../kernels/device.ts';
import { hash32 } from '../kernels/dropout.ts';
import { submit, submittedWorkDone } from '../kernels/webgpuProgram.ts';
import { forward, type DistilBertConfig } from '../models/distilbert.ts';
import { disposeBatch, packTitles, uploadBatch } from '../nn/packedBatch.ts';
import type { Examples, NamedArrays, TokenisedTitles } from '../shared/arrays.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import { AdamW } from './adamw.ts';
import { epochBatches, stepsPerEpoch } from './batches.ts';
import { checkTitles, DeviceModel } from './deviceModel.ts';
import { nextTask } from './eventLoop.ts';
import { learningRateAt, type Schedule } from './schedule.ts';

export interface TrainerOptions {
  epochs: number;
  /** Titles a step. */
  batchSize: number;
  /** Peak. */
  learningRate: number;
  schedule: 'linear' | 'cosine' | 'constant';
  /** Share of all steps in which the learning rate rises from 0. */
  warmup: number;
  weightDecay: number;
  /** Of embeddings, attention probabilities and feed-forward outputs. 0 switches the head's off too. */
  dropout: number;
  /** Weight of each label's positives in the loss; null: 1. */
  posWeight: Float32Array | null;
  maxGradientNorm: number;
  seed: number;
}

export interface StepEvent {
  type: 'step';
  step: number;
  epoch: number;
  /** Mean over the steps since the last event. */
  loss: number;
  learningRate: number;
  titlesPerSecond: number;
  /** Null until the first steps are timed. */
  secondsLeft: number | null;
}

export interface EpochEvent {
  type: 'epoch';
  /** Counted from 1. */
  epoch: number;
  step: number;
  /** Mean over the epoch's steps, dropout on. */
  trainLoss: number;
  validationLoss: number;
  /** Titles x labels, dropout off. */
  validationLogits: Float32Array<ArrayBuffer>;
  learningRate: number;
  titlesPerSecond: number;
  /** Since the start, time held by the gate left out. */
  seconds: number;
}

export type LoopEvent = StepEvent | EpochEvent;
export type ProgressOfTitles = (done: number, total: number) => void;

export interface Predictor {
  /** Logits, titles x labels in the order given, dropout off. */
  logits(titles: TokenisedTitles, onProgress?: ProgressOfTitles): Promise<Float32Array<ArrayBuffer>>;
  dispose(): void;
}

export interface Trainer extends Predictor {
  /**
   * Trains to the end, or until `signal` is aborted or the caller breaks out; can be run once. `gate` is awaited before every step.
   * @throws RungError `training-diverged`, `device-lost`, `out-of-memory`.
   */
  run(
    train: Examples,
    validation: Examples,
    signal: AbortSignal,
    gate?: () => Promise<void>,
  ): AsyncGenerator<LoopEvent, void>;
  /** All parameters as they stand, under their Hugging Face names. */
  parameters(): Promise<NamedArrays>;
}

/** Milliseconds between two step events. */
const reportInterval = 300;

/** @throws RungError `weights-mismatch`. The caller disposes of the trainer. */
export function createTrainer(config: DistilBertConfig, weights: NamedArrays, options: TrainerOptions): Trainer {
  const { dropout } = options;
  const classifierDropout = dropout === 0 ? 0 : config.classifierDropout;
  const model = new DeviceModel({ ...config, dropout, attentionDropout: dropout, classifierDropout }, weights);
  const guard = deviceGuard();
  let ran = false;
  return {
    run(train, validation, signal, gate) {
      if (ran) throw new RungError('internal', 'This trainer has run already; make a new one.');
      ran = true;
      return guardedRun(guard, new TrainingRun(model, options, train, validation), signal, gate);
    },
    logits: (titles, onProgress) => guard.watch(model.logits(titles, onProgress)),
    parameters: () => guard.watch(model.read()),
    dispose() {
      guard.release();
      model.dispose();
    },
  };
}

/** Predictions from weights that are not trained further. @throws RungError `weights-mismatch`. The caller disposes of it. */
export function createPredictor(config: DistilBertConfig, weights: NamedArrays): Predictor {
  const model = new DeviceModel(config, weights);
  const guard = deviceGuard();
  return {
    logits: (titles, onProgress) => guard.watch(model.logits(titles, onProgress)),
    dispose() {
      guard.release();
      model.dispose();
    },
  };
}

interface DeviceGuard {
  /** The promise's value; when the device was lost meanwhile, that error instead of whatever came of it. */
  watch<T>(work: Promise<T>): Promise<T>;
  release(): void;
}

function deviceGuard(): DeviceGuard {
  let lost: RungError | null = null;
  const release = onDeviceLost((error) => {
    lost = error;
  });
  return {
    release,
    async watch(work) {
      try {
        const value = await work;
        if (lost) throw lost;
        return value;
      } catch (thrown) {
        // A read fails a moment before the loss is announced.
        await nextTask();
        throw lost ?? toRungError(thrown);
      }
    },
  };
}

async function* guardedRun(
  guard: DeviceGuard,
  run: TrainingRun,
  signal: AbortSignal,
  gate: (() => Promise<void>) | undefined,
): AsyncGenerator<LoopEvent, void> {
  const events = run.events(signal, gate ?? (async () => {}));
  try {
    for (;;) {
      const next = await guard.watch(events.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await events.return();
    run.dispose();
  }
}

class TrainingRun {
  private readonly model: DeviceModel;
  private readonly options: TrainerOptions;
  private readonly train: Examples;
  private readonly validation: Examples;
  private readonly schedule: Schedule;
  private readonly posWeight: Tensor1D;
  private readonly parameters: Record<string, Tensor>;
  private readonly optimiser: AdamW;
  /** Sum of the losses of `pending` steps, on the device. */
  private lossSum: Tensor | null = null;
  private pending = 0;
  private step = 0;
  private readonly clock = new Clock();

  constructor(model: DeviceModel, options: TrainerOptions, train: Examples, validation: Examples) {
    this.model = model;
    this.options = options;
    this.train = train;
    this.validation = validation;
    const count = train.starts.length - 1;
    if (count === 0)
      throw new RungError('too-few-rows', 'Training was started without a single row.', 'Check the data screen.');
    const longest = Math.max(checkTitles(model.config, train), checkTitles(model.config, validation));
    model.words.load(distinct(train.ids, validation.ids));
    model.positions.load(Array.from({ length: longest }, (_, i) => i));
    const { learningRate, warmup } = options;
    const totalSteps = stepsPerEpoch(count, options.batchSize) * options.epochs;
    this.schedule = { kind: options.schedule, learningRate, warmup, totalSteps };
    this.posWeight = keep(tensor1d(options.posWeight ?? new Float32Array(train.labelCount).fill(1)));
    this.parameters = model.parameterRecord(model.words.tensor, model.positions.tensor);
    this.optimiser = new AdamW(this.parameters, options);
  }

  async *events(signal: AbortSignal, gate: () => Promise<void>): AsyncGenerator<LoopEvent, void> {
    const { batchSize, epochs, seed } = this.options;
    const count = this.train.starts.length - 1;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let lossTotal = 0;
      let titles = 0;
      let reportedTitles = 0;
      const epochStart = this.clock.seconds;
      let reported = epochStart;
      const inFlight: Promise<void>[] = [];
      const stepsBefore = this.step;
      for (const indices of epochBatches(count, batchSize, seed, epoch)) {
        await this.clock.pausedDuring(gate());
        if (signal.aborted) return;
        this.trainOn(indices);
        titles += indices.length;
        await this.letOthersIn(inFlight);
        const now = this.clock.seconds;
        this.clock.stepTaken();
        if ((now - reported) * 1000 < reportInterval) continue;
        const { loss, steps } = await this.readLoss();
        lossTotal += loss * steps;
        yield {
          type: 'step',
          step: this.step,
          epoch,
          loss,
          learningRate: learningRateAt(this.schedule, this.step - 1),
          titlesPerSecond: (titles - reportedTitles) / (now - reported),
          secondsLeft: this.clock.secondsFor(this.schedule.totalSteps - this.step, epochs - epoch + 1),
        };
        reported = this.clock.seconds;
        reportedTitles = titles;
      }
      const { loss, steps } = await this.readLoss();
      lossTotal += loss * steps;
      const trained = this.clock.seconds;
      const validationLogits = await this.model.logits(this.validation);
      this.clock.evaluated(this.clock.seconds - trained);
      yield {
        type: 'epoch',
        epoch,
        step: this.step,
        trainLoss: lossTotal / (this.step - stepsBefore),
        validationLoss: meanLoss(validationLogits, this.validation.labels, this.options.posWeight),
        validationLogits,
        learningRate: learningRateAt(this.schedule, this.step - 1),
        titlesPerSecond: titles / (trained - epochStart),
        seconds: this.clock.seconds,
      };
    }
  }

  /** One step: records the work, does not wait for it. */
  private trainOn(indices: Uint32Array): void {
    const { model, train, options, parameters } = this;
    const rows = model.trainingRows;
    const batch = uploadBatch(packTitles(train, indices, rows), rows, true);
    const learningRate = learningRateAt(this.schedule, this.step);
    const seed = hash32(options.seed, this.step);
    const names = Object.keys(parameters);
    tidy(() => {
      const labels = tensor2d(labelsOf(train, indices), [indices.length, train.labelCount]);
      const lossOf = valueAndGrads((...values: Tensor[]) => {
        const named = Object.fromEntries(names.map((name, i) => [name, values[i]]));
        return binaryCrossEntropy(
          forward(named, batch, { config: model.config, training: true, seed }),
          labels,
          this.posWeight,
        );
      });
      const { value, grads } = lossOf(Object.values(parameters));
      this.optimiser.step(parameters, Object.fromEntries(names.map((name, i) => [name, grads[i]])), learningRate);
      const before = this.lossSum;
      this.lossSum = keep(before ? add(before, value) : value.clone());
      before?.dispose();
    });
    disposeBatch(batch);
    for (const table of [model.words, model.positions]) table.decay *= this.optimiser.decayFactor(learningRate);
    this.pending++;
    this.step++;
    if (onWebGpu()) submit();
  }

  /** Waits until the device is at most two steps behind, and lets waiting messages in. */
  private async letOthersIn(inFlight: Promise<void>[]): Promise<void> {
    await nextTask();
    if (!onWebGpu()) return;
    inFlight.push(submittedWorkDone());
    if (inFlight.length > 2) await inFlight.shift();
  }

  /** Mean loss of the steps since the last call, and how many they were. */
  private async readLoss(): Promise<{ loss: number; steps: number }> {
    const { lossSum, pending: steps } = this;
    this.lossSum = null;
    this.pending = 0;
    if (!lossSum) return { loss: 0, steps: 0 };
    const [sum] = await lossSum.data();
    lossSum.dispose();
    if (Number.isFinite(sum)) return { loss: sum / steps, steps };
    throw new RungError(
      'training-diverged',
      `Training diverged: the loss became ${sum} around step ${this.step} of ${this.schedule.totalSteps}.`,
      'Lower the learning rate (a tenth of it is a good try) or lengthen the warm-up, and train again.',
    );
  }

  dispose(): void {
    this.lossSum?.dispose();
    this.lossSum = null;
    this.posWeight.dispose();
    this.optimiser.dispose();
  }
}

/** Time that counts: pauses are left out. */
class Clock {
  private readonly started = performance.now();
  private paused = 0;
  private steps = 0;
  private firstStep = 0;
  private evaluation = 0;

  get seconds(): number {
    return (performance.now() - this.started - this.paused) / 1000;
  }

  async pausedDuring(gate: Promise<void>): Promise<void> {
    const from = performance.now();
    await gate;
    this.paused += performance.now() - from;
  }

  stepTaken(): void {
    // The first step compiles the kernels and says nothing about the others.
    if (this.steps++ === 0) this.firstStep = this.seconds;
  }

  evaluated(seconds: number): void {
    this.evaluation = seconds;
  }

  /** Estimate for so many steps and evaluations; null before the third step. */
  secondsFor(steps: number, evaluations: number): number | null {
    if (this.steps < 3) return null;
    return ((this.seconds - this.firstStep) / (this.steps - 1)) * steps + this.evaluation * evaluations;
  }
}

function distinct(a: Int32Array, b: Int32Array): Set<number> {
  const ids = new Set(a);
  for (const id of b) ids.add(id);
  return ids;
}

function labelsOf(examples: Examples, indices: Uint32Array): Float32Array<ArrayBuffer> {
  const { labels, labelCount: C } = examples;
  const picked = new Float32Array(indices.length * C);
  for (const [i, row] of indices.entries()) picked.set(labels.subarray(row * C, (row + 1) * C), i * C);
  return picked;
}
