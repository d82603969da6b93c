/**
 * Contrastive fine-tuning of an encoder: titles against the texts they belong to, mean pooled, the other texts of the batch as negatives
 * (see nn/contrastive.ts). A step reads a few texts once each with several titles of every one: texts are descriptions of forty tokens,
 * titles of six, so a pair of both for each title would cost three times as much. Every text stands once in a batch: a second one
 * would be taken for wrong.
 */
import {
  dispose,
  tensor1d,
  tidy,
  zeros,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { allocating, putOnDevice, recoverMemory } from '../kernels/allocation.ts';
import { onDeviceFailure } from '../kernels/backend.ts';
import { keepAll, onWebGpu, valueAndGradients } from '../kernels/device.ts';
import { hash32 } from '../kernels/dropout.ts';
import { sliceRows } from '../kernels/sliceRows.ts';
import { submit, submittedWorkDone } from '../kernels/webgpuProgram.ts';
import { writeAt } from '../kernels/writeAt.ts';
import { embedTitles, headNames, type ModelConfig } from '../models/model.ts';
import { contrastiveLossAmong } from '../nn/contrastive.ts';
import { packTitles, uploadBatch } from '../nn/packedBatch.ts';
import type { NamedArrays, TokenisedTitles } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { AdamW } from './adamw.ts';
import { Clock } from './clock.ts';
import { contrastiveBatches, type BatchShape, type ContrastiveBatch } from './contrastiveBatches.ts';
import { checkTitles, DeviceModel } from './deviceModel.ts';
import { nextTask } from './eventLoop.ts';
import { learningRateAt } from './schedule.ts';

export interface ContrastiveOptions extends BatchShape {
  epochs: number;
  /** Peak; it rises over the first tenth of the steps and falls to 0. */
  learningRate: number;
  /** Cosines are divided by it. */
  temperature: number;
  dropout: number;
  seed: number;
}

export interface ContrastiveExamples {
  /** The titles, then the texts. */
  tokens: TokenisedTitles;
  /** By title: its text, from 0. */
  textOf: Uint32Array;
}

export interface ContrastiveStep {
  step: number;
  totalSteps: number;
  /** Counted from 1. */
  epoch: number;
  /** Mean over the steps since the last event. */
  loss: number;
  secondsLeft: number | null;
}

/** Milliseconds between two events. */
const reportInterval = 300;
const warmup = 0.1;

export class ContrastiveTrainer {
  readonly totalSteps: number;
  /** Epochs that are done. */
  epochsDone = 0;
  private readonly model: DeviceModel;
  private readonly options: ContrastiveOptions;
  private readonly examples: ContrastiveExamples;
  private readonly parameters: Record<string, Tensor>;
  private readonly optimiser: AdamW;
  /** Losses since the last event, on the device. */
  private readonly losses: Tensor1D;
  private readonly epochs: ContrastiveBatch[][];
  private readonly clock = new Clock();
  private readonly release: () => void;
  private failure: RungError | null = null;
  private step = 0;

  /**
   * The head, which embeddings do not use, is not trained. The caller disposes of the trainer.
   * @throws RungError `weights-mismatch`, or `too-few-rows` without titles of at least two texts.
   */
  constructor(config: ModelConfig, weights: NamedArrays, examples: ContrastiveExamples, options: ContrastiveOptions) {
    const { textOf, tokens } = examples;
    if (new Set(textOf).size < 2) {
      const message = `Fine-tuning: expected titles of at least two entries to tell apart, found ${textOf.length} titles of ${new Set(textOf).size}.`;
      throw new RungError('too-few-rows', message, 'Drop a file with other names of the entries, by code.');
    }
    const { dropout, seed } = options;
    this.options = options;
    this.examples = examples;
    this.epochs = Array.from({ length: options.epochs }, (_, epoch) =>
      contrastiveBatches(textOf, options, hash32(seed, epoch)),
    );
    this.totalSteps = this.epochs.reduce((sum, batches) => sum + batches.length, 0);
    this.model = new DeviceModel({ ...config, dropout, attentionDropout: dropout }, weights);
    this.model.loadRows(tokens.ids, checkTitles(config, tokens));
    const head = new Set(headNames(config));
    const all = Object.entries(this.model.trainingParameters()).filter(([name]) => !head.has(name));
    this.parameters = Object.fromEntries(all);
    this.losses = keepAll(() => zeros<Rank.R1>([this.totalSteps]));
    this.optimiser = new AdamW(this.parameters, { weightDecay: 0.01, maxGradientNorm: 1 });
    this.release = onDeviceFailure((error) => (this.failure ??= error));
  }

  /**
   * Trains to the end, or until `signal` is aborted.
   * @throws RungError `training-diverged`, `out-of-memory`, `device-lost`.
   */
  async *run(signal: AbortSignal): AsyncGenerator<ContrastiveStep, void> {
    await putOnDevice([...Object.values(this.parameters), ...this.optimiser.tensors, this.losses]);
    const inFlight: Promise<void>[] = [];
    let [reported, reportedStep] = [this.clock.seconds, 0];
    for (const [epoch, batches] of this.epochs.entries()) {
      for (const [i, batch] of batches.entries()) {
        if (signal.aborted) return;
        if (this.failure) throw this.failure;
        await this.trainOn(batch);
        await letOthersIn(inFlight);
        this.clock.stepTaken();
        const last = i === batches.length - 1;
        if ((this.clock.seconds - reported) * 1000 < reportInterval && !last) continue;
        yield {
          step: this.step,
          totalSteps: this.totalSteps,
          epoch: epoch + 1,
          loss: await this.meanLossSince(reportedStep),
          secondsLeft: this.clock.secondsFor(this.totalSteps - this.step, 0),
        };
        [reported, reportedStep] = [this.clock.seconds, this.step];
      }
      this.epochsDone = epoch + 1;
    }
  }

  /** All parameters under their Hugging Face names. */
  read(): Promise<NamedArrays> {
    if (this.failure) throw this.failure;
    return this.model.read();
  }

  dispose(): void {
    this.release();
    this.losses.dispose();
    this.optimiser.dispose();
    this.model.dispose();
  }

  /** One step: records the work, and waits for it only where new memory is taken. */
  private async trainOn(batch: ContrastiveBatch): Promise<void> {
    const { learningRate } = this.options;
    const { totalSteps } = this;
    // The first step of a warm-up has rate 0: of a handful it would be a waste.
    const schedule = { kind: 'linear', learningRate, warmup: totalSteps < 20 ? 0 : warmup, totalSteps } as const;
    const rate = learningRateAt(schedule, this.step);
    let made: { loss: Scalar; grads: Tensor[] } | null = null;
    try {
      const { value, settled } = allocating(() => tidy(() => this.gradientsOf(batch)));
      made = value;
      if (settled) await settled;
      const { loss, grads } = value;
      tidy(() => {
        const byName = Object.fromEntries(Object.keys(this.parameters).map((name, i) => [name, grads[i]]));
        this.optimiser.step(this.parameters, byName, rate, this.step + 1);
        writeAt(this.losses, this.step, loss);
      });
    } catch (thrown) {
      // A part of a batch has other negatives, so it cannot be read in parts as a classifier's batch is.
      const shortage = await recoverMemory(thrown);
      const message = `Fine-tuning ran out of memory with ${batch.texts.length} entries a step. ${shortage.message}`;
      throw new RungError('out-of-memory', message, 'Take fewer entries a step.', { cause: shortage });
    } finally {
      if (made) dispose([made.loss, ...made.grads]);
    }
    this.model.decayRows(this.optimiser.decayFactor(rate));
    this.step++;
    if (onWebGpu()) submit();
  }

  /** Inside a tidy. */
  private gradientsOf({ titles, texts, targets }: ContrastiveBatch): { loss: Scalar; grads: Tensor[] } {
    const { model, parameters, options, examples } = this;
    const { config } = model;
    const names = Object.keys(parameters);
    const all = model.trainingParameters();
    const rows = model.trainingRows;
    const firstText = examples.textOf.length;
    const indices = Uint32Array.from([...titles, ...Array.from(texts, (text) => firstText + text)]);
    const batch = uploadBatch(packTitles(examples.tokens, indices, rows), rows, true);
    const right = tensor1d(targets, 'int32');
    const lossOf = (...values: Tensor[]): Scalar => {
      const named = { ...all };
      for (const [i, name] of names.entries()) named[name] = values[i];
      const seed = hash32(options.seed, this.step);
      const embedded = embedTitles(config, named, batch, { training: true, seed }); // [M + K, H]
      const a = sliceRows(embedded, 0, titles.length); // [M, H]
      const b = sliceRows(embedded, titles.length, texts.length); // [K, H]
      return contrastiveLossAmong(a, b, right, options.temperature);
    };
    const { value, grads } = valueAndGradients(lossOf, Object.values(parameters));
    return { loss: value, grads };
  }

  private async meanLossSince(first: number): Promise<number> {
    const losses = await this.losses.data<'float32'>();
    const mean = losses.subarray(first, this.step).reduce((sum, loss) => sum + loss, 0) / (this.step - first);
    if (Number.isFinite(mean)) return mean;
    const message = `Fine-tuning diverged: the loss became ${mean} around step ${this.step} of ${this.totalSteps}.`;
    throw new RungError('training-diverged', message, 'Lower the learning rate (a third of it is a good try).');
  }
}

/** Waits until the device is at most two steps behind, and lets waiting messages in. */
async function letOthersIn(inFlight: Promise<void>[]): Promise<void> {
  await nextTask();
  if (!onWebGpu()) return;
  inFlight.push(submittedWorkDone());
  if (inFlight.length > 2) await inFlight.shift();
}
