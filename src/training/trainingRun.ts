/**
 * The training loop, as an async generator: batches, forward, backward, AdamW, and an evaluation after every epoch. It waits for the
 * device where losses are read (a few times a second) and two steps behind the one being recorded, nowhere else.
 */
import {
  dispose,
  tensor1d,
  tensor2d,
  tidy,
  zeros,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { binaryCrossEntropy, meanLoss } from '../kernels/bce.ts';
import { keepAll, onWebGpu, valueAndGradients } from '../kernels/device.ts';
import { hash32 } from '../kernels/dropout.ts';
import { compileAhead, submit, submittedWorkDone } from '../kernels/webgpuProgram.ts';
import { writeAt } from '../kernels/writeAt.ts';
import { classify } from '../models/model.ts';
import { disposeBatch, packTitles, uploadBatch } from '../nn/packedBatch.ts';
import type { Examples } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { AdamW } from './adamw.ts';
import { epochBatches, stepsPerEpoch } from './batches.ts';
import { Clock } from './clock.ts';
import { checkTitles, type DeviceModel } from './deviceModel.ts';
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
/** Milliseconds between two step events. */
const reportInterval = 300;

/** One run of the loop over a model; `dispose` frees what it holds beside the model. */
export class TrainingRun {
  private readonly model: DeviceModel;
  private readonly options: TrainerOptions;
  private readonly train: Examples;
  private readonly validation: Examples;
  private readonly schedule: Schedule;
  private readonly posWeight: Tensor1D;
  private readonly parameters: Record<string, Tensor>;
  private readonly optimiser: AdamW;
  /** Losses of the epoch's steps, on the device. */
  private readonly losses: Tensor1D;
  private readonly perEpoch: number;
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
    model.loadRows(distinct(train.ids, validation.ids), longest);
    const { learningRate, warmup } = options;
    this.perEpoch = stepsPerEpoch(count, options.batchSize);
    const totalSteps = this.perEpoch * options.epochs;
    this.schedule = { kind: options.schedule, learningRate, warmup, totalSteps };
    this.parameters = model.trainingParameters();
    const vectors = keepAll(() => ({
      losses: zeros<Rank.R1>([this.perEpoch]),
      posWeight: tensor1d(options.posWeight ?? new Float32Array(train.labelCount).fill(1)),
    }));
    this.losses = vectors.losses;
    this.posWeight = vectors.posWeight;
    try {
      this.optimiser = new AdamW(this.parameters, options);
    } catch (thrown) {
      dispose(vectors);
      throw thrown;
    }
  }

  async *events(signal: AbortSignal, gate: () => Promise<void>): AsyncGenerator<LoopEvent, void> {
    const { batchSize, epochs, seed } = this.options;
    const count = this.train.starts.length - 1;
    await this.prepare();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let reportedSteps = 0;
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
        const steps = this.step - stepsBefore;
        const loss = await this.meanLossOf(reportedSteps, steps);
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
        reportedSteps = steps;
      }
      const trainLoss = await this.meanLossOf(0, this.perEpoch);
      const trained = this.clock.seconds;
      const { logits: validationLogits, loss: validationLoss } = await this.evaluate();
      this.clock.evaluated(this.clock.seconds - trained);
      yield {
        type: 'epoch',
        epoch,
        step: this.step,
        trainLoss,
        validationLoss,
        validationLogits,
        learningRate: learningRateAt(this.schedule, this.step - 1),
        titlesPerSecond: titles / (trained - epochStart),
        seconds: this.clock.seconds,
      };
    }
  }

  /** Compiles the kernels of a step before the first, where that takes long. */
  private async prepare(): Promise<void> {
    if (!onWebGpu()) return;
    const count = Math.min(this.options.batchSize, this.train.starts.length - 1);
    const indices = Uint32Array.from({ length: count }, (_, i) => i);
    await compileAhead(() => tidy(() => void this.record(indices)));
  }

  /** One step: records the work, does not wait for it. */
  private trainOn(indices: Uint32Array): void {
    const { model } = this;
    tidy(() => writeAt(this.losses, this.step % this.perEpoch, this.record(indices)));
    model.decayRows(this.optimiser.decayFactor(learningRateAt(this.schedule, this.step)));
    this.step++;
    if (onWebGpu()) submit();
  }

  /** Forward, backward and update on the titles at `indices`; returns the loss. Inside a tidy. */
  private record(indices: Uint32Array): Scalar {
    const { model, train, options, parameters } = this;
    const { config } = model;
    const rows = model.trainingRows;
    const batch = uploadBatch(packTitles(train, indices, rows), rows, true);
    const labels = tensor2d(labelsOf(train, indices), [indices.length, train.labelCount]);
    const seed = hash32(options.seed, this.step);
    const names = Object.keys(parameters);
    const lossOf = (...values: Tensor[]): Scalar => {
      const named = Object.fromEntries(names.map((name, i) => [name, values[i]]));
      return binaryCrossEntropy(classify(config, named, batch, { training: true, seed }), labels, this.posWeight);
    };
    const { value, grads } = valueAndGradients(lossOf, Object.values(parameters));
    const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i]]));
    this.optimiser.step(parameters, gradients, learningRateAt(this.schedule, this.step), this.step + 1);
    disposeBatch(batch);
    return value;
  }

  /** Waits until the device is at most two steps behind, and lets waiting messages in. */
  private async letOthersIn(inFlight: Promise<void>[]): Promise<void> {
    await nextTask();
    if (!onWebGpu()) return;
    inFlight.push(submittedWorkDone());
    if (inFlight.length > 2) await inFlight.shift();
  }

  /** Mean loss of the epoch's steps from `first` to `end`, summed in step order whatever was read before. */
  private async meanLossOf(first: number, end: number): Promise<number> {
    const losses = await this.losses.data<'float32'>();
    const mean = losses.subarray(first, end).reduce((sum, loss) => sum + loss, 0) / (end - first);
    if (!Number.isFinite(mean)) throw this.diverged(`the loss became ${mean}`);
    return mean;
  }

  /** Logits and loss of the validation titles: the only look at what the last update has done. */
  private async evaluate(): Promise<{ logits: Float32Array<ArrayBuffer>; loss: number }> {
    const logits = await this.model.logits(this.validation);
    const wrong = logits.find((logit) => !Number.isFinite(logit));
    if (wrong !== undefined) throw this.diverged(`a prediction for the validation titles became ${wrong}`);
    const loss = meanLoss(logits, this.validation.labels, this.options.posWeight);
    if (logits.length > 0 && !Number.isFinite(loss)) throw this.diverged(`the validation loss became ${loss}`);
    return { logits, loss };
  }

  private diverged(what: string): RungError {
    return new RungError(
      'training-diverged',
      `Training diverged: ${what} around step ${this.step} of ${this.schedule.totalSteps}.`,
      'Lower the learning rate (a tenth of it is a good try) or lengthen the warm-up, and train again.',
    );
  }

  dispose(): void {
    this.losses.dispose();
    this.posWeight.dispose();
    this.optimiser.dispose();
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
