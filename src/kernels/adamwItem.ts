/** What AdamW updates, and by how much: see adamw.ts. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** Where the two moments of a parameter lie: the mean from `at` on, the variance behind it, each padded to whole vec4s. */
export interface MomentSlot {
  flat: Tensor;
  /** A multiple of 4. */
  at: number;
}

/** One parameter with its gradient, of one size, and its moments. */
export interface AdamWItem {
  parameter: Tensor;
  gradient: Tensor;
  moments: MomentSlot;
  /** Whether weight decay applies. */
  decayed: boolean;
  /** Multiplies the learning rate, of the decay too, as a group's own `lr` does in torch: 1, or less with layer-wise decay. */
  rateFactor: number;
}

export interface AdamWStep {
  learningRate: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  maxGradientNorm: number;
  /** Counted from 1. */
  step: number;
}

/** What an item's rate, decay and second moment come to in this step. */
export function factors(options: AdamWStep, item: AdamWItem): { rate: number; shrink: number; root2: number } {
  const { weightDecay, beta1, beta2, step } = options;
  const learningRate = options.learningRate * item.rateFactor;
  return {
    rate: learningRate / (1 - beta1 ** step),
    shrink: item.decayed ? 1 - learningRate * weightDecay : 1,
    root2: Math.sqrt(1 - beta2 ** step),
  };
}

/** With whole vec4s. */
export const padded = (size: number): number => Math.ceil(size / 4) * 4;
