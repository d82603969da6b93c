/** What a training is told. Settings that are left out have the value that changes nothing. */
import type { LossKind } from './loss.ts';
import type { ScheduleKind } from './schedule.ts';

export interface TrainerOptions {
  epochs: number;
  /** Titles a step. */
  batchSize: number;
  /** Peak. */
  learningRate: number;
  schedule: ScheduleKind;
  /** Share of all steps in which the learning rate rises from 0. */
  warmup: number;
  weightDecay: number;
  /** Of embeddings, attention probabilities and feed-forward outputs. 0 switches the head's off too. */
  dropout: number;
  /** Binary cross-entropy if left out. */
  loss?: LossKind;
  /** Share of a label's 0 or 1 (of a class, with cross-entropy) that is taken away and spread evenly. */
  labelSmoothing?: number;
  /** Weight of each label's positives in the loss, of each class with cross-entropy; null: 1. */
  posWeight: Float32Array | null;
  maxGradientNorm: number;
  /** Parts that each batch is read in, one after the other, before its one update: the memory of a part, the result of the whole. */
  gradientAccumulation?: number;
  /** The learning rate of each layer over that of the next one up (Clark et al. 2020, ELECTRA, arXiv:2003.10555); the head's is whole. */
  layerDecay?: number;
  /** Layers that are not trained, counted from below, the embeddings first. More than there are leave the head. */
  frozenLayers?: number;
  /** Of schedule 'plateau'. */
  plateau?: PlateauOptions;
  /** What the same run trains afterwards at the same pace: it counts in the time left. */
  after?: Remaining;
  seed: number;
}

export interface Remaining {
  steps: number;
  evaluations: number;
}

export const nothingAfter: Remaining = { steps: 0, evaluations: 0 };

export interface PlateauOptions {
  /** Multiplies the learning rate each time. */
  factor: number;
  /** Epochs without a rise of the score that are let pass. */
  patience: number;
  /** Higher is better. The loss, negative, if left out. */
  score?: (validationLogits: Float32Array<ArrayBuffer>) => number;
}
