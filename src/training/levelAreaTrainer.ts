/**
 * Trains the network of `models/levelAreaNetwork.ts` on fixed embeddings: AdamW, both heads' weighted cross-entropy added up, the
 * validation loss after every epoch. It waits for the device where the losses of an epoch are read, and nowhere else.
 */
import {
  scalar,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  zeros,
  type Rank,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { accumulate } from '../kernels/accumulate.ts';
import { crossEntropy, meanCrossEntropy } from '../kernels/crossEntropy.ts';
import { differentiable, keepAll, onWebGpu, valueAndGradients } from '../kernels/device.ts';
import { hash32 } from '../kernels/dropout.ts';
import { firstRows } from '../kernels/firstRows.ts';
import { submit } from '../kernels/webgpuProgram.ts';
import { levelAreaHead, levelAreaShapes, levelAreaTrunk, type LevelAreaShape } from '../models/levelAreaNetwork.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { heads, type LevelAreaAnswers, type LevelAreaEpoch, type PerHead } from '../shared/levelArea.ts';
import { Random } from '../shared/random.ts';
import { AdamW } from './adamw.ts';
import { nextTask } from './eventLoop.ts';
import { watchedDevice, type WatchedDevice } from './watchedDevice.ts';

/** Features of titles with the class of each head; -1: no class, the head learns nothing from that title. */
export interface LevelAreaExamples {
  /** titles x I */
  features: Float32Array;
  classes: PerHead<Int16Array>;
}

export interface LevelAreaTrainerOptions {
  dropout: number;
  learningRate: number;
  weightDecay: number;
  batchSize: number;
  epochs: number;
  /** By class; null: 1. */
  classWeights: PerHead<number[] | null>;
  seed: number;
}

/** Norm that all gradients together are clipped to. */
const maxGradientNorm = 1;
/** Titles at a time where nothing is learnt. */
const answeredTitles = 1024;
/** Milliseconds of steps before messages get in. */
const turnMilliseconds = 50;

/** A network on the device. One call after the other; after a failure of the device every call throws it. */
export class LevelAreaTrainer {
  private readonly shape: LevelAreaShape;
  private readonly parameters: Record<string, Tensor>;
  private readonly device: WatchedDevice;

  /** @throws RungError `weights-mismatch`. The caller disposes of it. */
  constructor(shape: LevelAreaShape, weights: NamedArrays) {
    this.shape = shape;
    checkWeights(shape, weights);
    this.parameters = keepAll(() =>
      Object.fromEntries(
        Object.keys(levelAreaShapes(shape)).map((name): [string, Tensor] => {
          const { data, shape: size } = weights.get(name)!;
          return [name, tensor(data, size)];
        }),
      ),
    );
    this.device = watchedDevice();
  }

  /**
   * Epochs one by one, until they are done, `signal` is aborted or the caller breaks out.
   * @param refresh what an epoch learns from; asked before each.
   * @throws RungError `training-diverged`, `device-lost`, `out-of-memory`.
   */
  async *run(
    refresh: (epoch: number) => LevelAreaExamples,
    validation: LevelAreaExamples,
    options: LevelAreaTrainerOptions,
    signal: AbortSignal,
  ): AsyncGenerator<LevelAreaEpoch, void> {
    const { weightDecay, seed, epochs } = options;
    const optimiser = new AdamW(this.parameters, { weightDecay, maxGradientNorm });
    const { level, area } = options.classWeights;
    const weights = { level: weightTensor(level), area: weightTensor(area) };
    try {
      let step = 0;
      for (let epoch = 1; epoch <= epochs; epoch++) {
        // Epochs of few titles are over before a turn is: a stop must be heard between them.
        await nextTask();
        if (signal.aborted) return;
        const examples = refresh(epoch);
        const batches = batchesOf(examples, options.batchSize, new Random(hash32(seed, epoch)));
        const trainLoss = await this.device.watch(() =>
          this.epoch(examples, batches, optimiser, weights, options, step, signal),
        );
        step += batches.length;
        if (trainLoss === null) return;
        const validationLoss = await this.loss(validation, options.classWeights);
        if (!Number.isFinite(trainLoss + validationLoss)) {
          const message = `Training level and area: the loss of epoch ${epoch} is not a number.`;
          throw new RungError('training-diverged', message, 'Lower the learning rate.');
        }
        yield { epoch, trainLoss, validationLoss };
      }
    } finally {
      optimiser.dispose();
      weights.level?.dispose();
      weights.area?.dispose();
    }
  }

  /** Probabilities of titles x I. @throws RungError `aborted` soon after `signal` is. */
  async probabilities(features: Float32Array, signal?: AbortSignal): Promise<LevelAreaAnswers> {
    const answers = await this.logits(features, signal);
    for (const head of heads) softmaxRows(answers[head], this.shape.classes[head]);
    return answers;
  }

  /** Sum of both heads' weighted mean cross-entropies, in double precision. */
  private async loss(
    { features, classes }: LevelAreaExamples,
    classWeights: PerHead<number[] | null>,
  ): Promise<number> {
    const logits = await this.logits(features);
    let total = 0;
    for (const head of heads) {
      const width = this.shape.classes[head];
      const rows = rowsWithClass(classes[head]);
      if (rows.length === 0) continue;
      const picked = new Float32Array(rows.length * width);
      for (const [i, row] of rows.entries())
        picked.set(logits[head].subarray(row * width, (row + 1) * width), i * width);
      const targets = rows.map((row) => classes[head][row]);
      total += meanCrossEntropy(picked, targets, classWeights[head], 0);
    }
    return total;
  }

  private logits(features: Float32Array, signal?: AbortSignal): Promise<LevelAreaAnswers> {
    return this.device.watch(async () => {
      const { input, classes } = this.shape;
      const titles = features.length / input;
      const answers = {
        level: new Float32Array(titles * classes.level),
        area: new Float32Array(titles * classes.area),
      };
      for (let from = 0; from < titles; from += answeredTitles) {
        await nextTask();
        if (signal?.aborted)
          throw new RungError('aborted', `Prediction was stopped after ${from} of ${titles} titles.`);
        const rows = Math.min(answeredTitles, titles - from);
        const outputs = tidy(() => {
          const x = tensor2d(features.slice(from * input, (from + rows) * input), [rows, input]);
          const h = levelAreaTrunk(this.shape, this.parameters, x, { training: false, seed: 0, dropout: 0 });
          return heads.map((head) => levelAreaHead(this.parameters, h, head));
        });
        const values = await Promise.all(outputs.map((output) => output.data<'float32'>()));
        for (const [i, head] of heads.entries()) answers[head].set(values[i], from * classes[head]);
        for (const output of outputs) output.dispose();
      }
      return answers;
    });
  }

  /** Mean loss of the epoch's steps; null when it was stopped. */
  private async epoch(
    examples: LevelAreaExamples,
    batches: readonly Uint32Array[],
    optimiser: AdamW,
    weights: PerHead<Tensor1D | null>,
    options: LevelAreaTrainerOptions,
    before: number,
    signal: AbortSignal,
  ): Promise<number | null> {
    const total = keepAll(() => scalar(0));
    try {
      let turn = performance.now();
      for (const [i, batch] of batches.entries()) {
        if (performance.now() - turn > turnMilliseconds) {
          if (onWebGpu()) submit();
          await nextTask();
          this.device.check();
          if (signal.aborted) return null;
          turn = performance.now();
        }
        const step = before + i + 1;
        tidy(() => {
          const { value, gradients } = this.gradients(
            examples,
            batch,
            weights,
            options.dropout,
            hash32(options.seed, step),
          );
          optimiser.step(this.parameters, gradients, options.learningRate, step);
          accumulate(total, value);
        });
      }
      return (await total.data<'float32'>())[0] / Math.max(1, batches.length);
    } finally {
      total.dispose();
    }
  }

  /** Loss of a batch and its gradients by parameter; they belong to the caller's tidy. */
  private gradients(
    { features, classes }: LevelAreaExamples,
    batch: Uint32Array,
    weights: PerHead<Tensor1D | null>,
    dropout: number,
    seed: number,
  ): { value: Scalar; gradients: Record<string, Tensor> } {
    const { input } = this.shape;
    const names = Object.keys(this.parameters);
    const picked = new Float32Array(batch.length * input);
    for (const [i, row] of batch.entries()) picked.set(features.subarray(row * input, (row + 1) * input), i * input);
    const x = tensor2d(picked, [batch.length, input]);
    const parts = heads.flatMap((head) => {
      const targets = Array.from(batch, (row) => classes[head][row]);
      const rows = rowsWithClass(targets);
      if (rows.length === 0) return [];
      return [
        {
          head,
          ...placesOf(rows, batch.length),
          targets: tensor1d(
            rows.map((row) => targets[row]),
            'int32',
          ),
        },
      ];
    });
    // A head without a title in this batch is out of the loss; its parameters take no part then.
    const learning = names.filter((name) => parts.some(({ head }) => name.startsWith(`${head}.`)) || !isHeadName(name));
    const { value, grads } = valueAndGradients(
      (...values) => {
        const by = { ...this.parameters, ...Object.fromEntries(learning.map((name, i) => [name, values[i]])) };
        const h = levelAreaTrunk(this.shape, by, x, { training: true, seed, dropout });
        return sum(
          parts.map(({ head, rows, places, targets }) => {
            const logits = levelAreaHead(by, firstRows(h, rows, places), head);
            return crossEntropy(logits, targets, { classWeights: weights[head], smoothing: 0 });
          }),
        );
      },
      learning.map((name) => this.parameters[name]),
    );
    const gradients = Object.fromEntries(learning.map((name, i) => [name, grads[i]]));
    for (const name of names) gradients[name] ??= zeros(this.parameters[name].shape);
    return { value, gradients };
  }

  /** Weights as they stand. */
  async read(): Promise<NamedArrays> {
    const read = Object.entries(this.parameters).map(async ([name, parameter]): Promise<[string, NamedArrayOf]> => [
      name,
      { shape: [...parameter.shape], data: Float32Array.from(await parameter.data<'float32'>()) },
    ]);
    return this.device.watch(async () => new Map(await Promise.all(read)));
  }

  dispose(): void {
    this.device.release();
    for (const parameter of Object.values(this.parameters)) parameter.dispose();
  }
}

type NamedArrayOf = NamedArrays extends Map<string, infer A> ? A : never;

function isHeadName(name: string): boolean {
  return heads.some((head) => name.startsWith(`${head}.`));
}

function weightTensor(weights: number[] | null): Tensor1D | null {
  return weights && keepAll(() => tensor1d(weights));
}

function rowsWithClass(classes: ArrayLike<number>): number[] {
  return Array.from({ length: classes.length }, (_, row) => row).filter((row) => classes[row] >= 0);
}

/** Titles that teach at least one head, in the order of `random`. */
function batchesOf({ classes }: LevelAreaExamples, size: number, random: Random): Uint32Array[] {
  const rows = Uint32Array.from(classes.level, (_, row) => row).filter((row) =>
    heads.some((head) => classes[head][row] >= 0),
  );
  random.shuffle(rows);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.subarray(i * size, (i + 1) * size));
}

/** `rows` of a batch as `firstRows` takes them: where they are, and which of them each title of the batch is. */
function placesOf(rows: readonly number[], titles: number): { rows: Tensor1D; places: Tensor2D } {
  const places = new Int32Array(5 * titles).fill(-1);
  for (const [i, row] of rows.entries()) places[4 * titles + row] = i;
  return { rows: tensor1d(Int32Array.from(rows), 'int32'), places: tensor2d(places, [5, titles], 'int32') };
}

/** Of scalars, on the tape. */
function sum(parts: Scalar[]): Scalar {
  return differentiable<Scalar>(parts, () => {
    const value = zeros<Rank.R0>([]);
    for (const part of parts) accumulate(value, part);
    return { value, gradient: (dy) => parts.map(() => dy.clone()) };
  });
}

function softmaxRows(logits: Float32Array, width: number): void {
  for (let at = 0; at < logits.length; at += width) {
    const row = logits.subarray(at, at + width);
    const most = row.reduce((largest, z) => Math.max(largest, z), -Infinity);
    let total = 0;
    for (let i = 0; i < width; i++) total += row[i] = Math.exp(row[i] - most);
    for (let i = 0; i < width; i++) row[i] /= total;
  }
}

function checkWeights(shape: LevelAreaShape, weights: NamedArrays): void {
  for (const [name, size] of Object.entries(levelAreaShapes(shape))) {
    const found = weights.get(name);
    if (found?.shape.join() === size.join()) continue;
    const message = `Loading a level and area model: ${name} must be [${size.join()}], found ${found ? `[${found.shape.join()}]` : 'none'}.`;
    throw new RungError('weights-mismatch', message, 'Use the JSON and the safetensors file of one download together.');
  }
}
