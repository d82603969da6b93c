/**
 * Loss and gradients of a batch of titles, read in parts one after the other where it would not fit at once: each part counts by its
 * share of the batch, so that the sum is that of the whole to rounding (with dropout each part draws masks of its own).
 */
import { dispose, scalar, tidy, zeros, type Rank, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { accumulate } from '../kernels/accumulate.ts';
import { valueAndGradients } from '../kernels/device.ts';
import { hash32 } from '../kernels/dropout.ts';
import { classify } from '../models/model.ts';
import { disposeBatch, packTitles, uploadBatch } from '../nn/packedBatch.ts';
import type { Examples } from '../shared/arrays.ts';
import type { DeviceModel } from './deviceModel.ts';
import type { ClassificationLoss } from './loss.ts';

// A type alias, not an interface: only that has the index signature which tidy asks for.
export type Gradients = {
  loss: Scalar;
  /** Of the parameters that are trained. */
  byName: Record<string, Tensor>;
};

export interface BatchGradientsInput {
  model: DeviceModel;
  loss: ClassificationLoss;
  train: Examples;
  /** Names of the parameters that are trained; the others get no gradient, and none is computed below the lowest that is. */
  trained: readonly string[];
  /** Whether the embedding tables are among them. */
  tablesTrained: boolean;
  seed: number;
}

export class BatchGradients {
  /** Most titles that are read at once. */
  partTitles: number;
  private readonly input: BatchGradientsInput;

  constructor(input: BatchGradientsInput, partTitles: number) {
    this.input = input;
    this.partTitles = partTitles;
  }

  /** Of the titles at `indices` in step `step` (its dropout masks depend on it). The caller disposes of all tensors. */
  of(indices: Uint32Array, step: number): Gradients {
    const { loss, train, seed } = this.input;
    const stepSeed = hash32(seed, step);
    if (indices.length <= this.partTitles) return tidy(() => this.ofPart(indices, stepSeed));
    const whole = loss.weightOf(train, indices);
    let sum: Gradients | null = null;
    try {
      for (let from = 0; from < indices.length; from += this.partTitles) {
        const part = indices.subarray(from, from + this.partTitles);
        const share = loss.weightOf(train, part) / whole;
        sum = this.add(sum, part, share, from === 0 ? stepSeed : hash32(stepSeed, from));
      }
      return sum!;
    } catch (thrown) {
      if (sum) dispose(sum);
      throw thrown;
    }
  }

  /** The sum with one more part; its first part's tensors are written to. */
  private add(sum: Gradients | null, part: Uint32Array, share: number, seed: number): Gradients {
    return tidy(() => {
      const { loss, byName } = this.ofPart(part, seed, scalar(share));
      const total = sum ?? { loss: zeros<Rank.R0>([]), byName };
      accumulate(total.loss, loss, share);
      if (sum) for (const [name, gradient] of Object.entries(byName)) accumulate(sum.byName[name], gradient);
      return total;
    });
  }

  /** Forward and backward on a part; `share` multiplies the gradients, not the loss. Inside a tidy. */
  private ofPart(part: Uint32Array, seed: number, share?: Scalar): Gradients {
    const { model, loss, train, trained, tablesTrained } = this.input;
    const { config } = model;
    const parameters = model.trainingParameters();
    const rows = model.trainingRows;
    const batch = uploadBatch(packTitles(train, part, rows), rows, tablesTrained);
    const targets = loss.targets(train, part);
    const lossOf = (...values: Tensor[]): Scalar => {
      const named = { ...parameters };
      for (const [i, name] of trained.entries()) named[name] = values[i];
      return loss.ofLogits(classify(config, named, batch, { training: true, seed }), targets);
    };
    const { value, grads } = valueAndGradients(
      lossOf,
      trained.map((name) => parameters[name]),
      share,
    );
    disposeBatch(batch);
    return { loss: value, byName: Object.fromEntries(trained.map((name, i) => [name, grads[i]])) };
  }
}
