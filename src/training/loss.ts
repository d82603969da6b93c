/** The losses a classifier can be trained with, on the device for a step and in double precision for an evaluation. */
import {
  keep,
  tensor1d,
  tensor2d,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { asymmetricLoss, meanAsymmetricLoss, type AsymmetricSettings } from '../kernels/asymmetric.ts';
import { binaryCrossEntropy, meanLoss } from '../kernels/bce.ts';
import { crossEntropy, meanCrossEntropy } from '../kernels/crossEntropy.ts';
import { focalLoss, meanFocalLoss } from '../kernels/focal.ts';
import type { Examples } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';

export type LossKind =
  /** Binary cross-entropy of each label. */
  | { kind: 'bce' }
  | { kind: 'focal'; gamma: number }
  | ({ kind: 'asymmetric' } & AsymmetricSettings)
  /** Softmax over the labels as classes: for titles with exactly one. */
  | { kind: 'crossEntropy' };

export interface LossOptions {
  loss: LossKind;
  labelSmoothing: number;
  /** Null: 1. */
  posWeight: Float32Array | null;
}

/** A loss over `labelCount` labels; `dispose` frees its weights. */
export class ClassificationLoss {
  private readonly options: LossOptions;
  private readonly weights: Tensor1D;

  constructor(options: LossOptions, labelCount: number) {
    this.options = options;
    this.weights = keep(tensor1d(options.posWeight ?? new Float32Array(labelCount).fill(1)));
  }

  /** What stays on the device. */
  get tensors(): Tensor[] {
    return [this.weights];
  }

  /** @throws RungError `internal` when the loss is one over classes and a title has not exactly one label. */
  check(examples: Examples): void {
    if (this.options.loss.kind !== 'crossEntropy') return;
    const { labels, labelCount: C } = examples;
    for (let row = 0; row < labels.length / C; row++) {
      const held = labels.subarray(row * C, (row + 1) * C).reduce((sum, label) => sum + label, 0);
      if (held === 1) continue;
      const message = `Cross-entropy over classes needs exactly one label a title; title ${row + 1} has ${held}.`;
      throw new RungError('internal', message, 'Choose a loss over labels.');
    }
  }

  /** The labels of the titles at `indices` as `ofLogits` takes them; the caller disposes of the tensor. */
  targets(examples: Examples, indices: Uint32Array): Tensor {
    const { labelCount: C } = examples;
    if (this.options.loss.kind === 'crossEntropy') return tensor1d(classesOf(examples, indices), 'int32');
    const picked = new Float32Array(indices.length * C);
    const targets = examples.targets ?? examples.labels;
    for (const [i, row] of indices.entries()) picked.set(targets.subarray(row * C, (row + 1) * C), i * C);
    return tensor2d(smoothed(picked, this.options.labelSmoothing), [indices.length, C]);
  }

  /** Mean over the titles; `targets` must outlive the gradient. The result belongs to the caller's tidy. */
  ofLogits(logits: Tensor2D, targets: Tensor): Scalar {
    const { loss, labelSmoothing, posWeight } = this.options;
    switch (loss.kind) {
      case 'bce':
        return binaryCrossEntropy(logits, targets as Tensor2D, this.weights);
      case 'focal':
        return focalLoss(logits, targets as Tensor2D, this.weights, loss.gamma);
      case 'asymmetric':
        return asymmetricLoss(logits, targets as Tensor2D, this.weights, loss);
      case 'crossEntropy':
        return crossEntropy(logits, targets as Tensor1D, {
          classWeights: posWeight && this.weights,
          smoothing: labelSmoothing,
        });
    }
  }

  /** What the mean over the titles at `indices` counts for in one over more titles: means add up when multiplied by shares. */
  weightOf(examples: Examples, indices: Uint32Array): number {
    const { loss, posWeight } = this.options;
    if (loss.kind !== 'crossEntropy' || !posWeight) return indices.length;
    return classesOf(examples, indices).reduce((sum, label) => sum + posWeight[label], 0);
  }

  /** The loss of all examples from their logits, titles x labels. */
  mean(logits: Float32Array, examples: Examples): number {
    const { loss, labelSmoothing, posWeight } = this.options;
    const count = logits.length / examples.labelCount;
    if (loss.kind === 'crossEntropy') {
      const targets = classesOf(
        examples,
        Uint32Array.from({ length: count }, (_, i) => i),
      );
      return meanCrossEntropy(logits, targets, posWeight, labelSmoothing);
    }
    const labels = smoothed(Float32Array.from(examples.labels), labelSmoothing);
    if (loss.kind === 'focal') return meanFocalLoss(logits, labels, posWeight, loss.gamma);
    if (loss.kind === 'asymmetric') return meanAsymmetricLoss(logits, labels, posWeight, loss);
    return meanLoss(logits, labels, posWeight);
  }

  dispose(): void {
    this.weights.dispose();
  }
}

/** 0 and 1 moved towards 1/2 by `smoothing`. */
function smoothed(labels: Float32Array<ArrayBuffer>, smoothing: number): Float32Array<ArrayBuffer> {
  return smoothing === 0 ? labels : labels.map((label) => label * (1 - smoothing) + smoothing / 2);
}

/** The one label of each title at `indices`. */
function classesOf({ labels, labelCount: C }: Examples, indices: Uint32Array): Int32Array<ArrayBuffer> {
  return Int32Array.from(indices, (row) => labels.indexOf(1, row * C) - row * C);
}
