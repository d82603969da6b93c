/**
 * AdamW over the parameters of a model on the device, with Hugging Face's two groups (no decay on biases and LayerNorms) and clipping
 * of the norm over all gradients. Table rows that are not on the device only decay, in closed form (see RowTable).
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { adamWStep, zeroMoments } from '../kernels/adamw.ts';
import type { MomentSlot } from '../kernels/adamwItem.ts';
import { isDecayed } from '../models/model.ts';

export interface AdamWSettings {
  weightDecay: number;
  maxGradientNorm: number;
}

/** torch.optim.AdamW's defaults. */
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export class AdamW {
  private readonly settings: AdamWSettings;
  private readonly rateFactor: (name: string) => number;
  private readonly moments: Map<string, MomentSlot>;

  /**
   * Moments start at 0; `dispose` frees them.
   * @param rateFactor what the learning rate of a parameter is multiplied by.
   */
  constructor(
    parameters: Record<string, Tensor>,
    settings: AdamWSettings,
    rateFactor: (name: string) => number = () => 1,
  ) {
    this.settings = settings;
    this.rateFactor = rateFactor;
    const slots = zeroMoments(Object.values(parameters).map(({ size }) => size));
    this.moments = new Map(Object.keys(parameters).map((name, i) => [name, slots[i]]));
  }

  /** Step `step` (counted from 1): updates the parameters in place. `gradients` by the same names; the caller disposes of them. */
  step(
    parameters: Record<string, Tensor>,
    gradients: Record<string, Tensor>,
    learningRate: number,
    step: number,
  ): void {
    const items = Object.entries(parameters).map(([name, parameter]) => {
      const moments = this.moments.get(name);
      if (!moments) throw new Error(`AdamW: ${name} was not there at the start`);
      const [decayed, rateFactor] = [isDecayed(name), this.rateFactor(name)];
      return { parameter, gradient: gradients[name], moments, decayed, rateFactor };
    });
    adamWStep(items, { ...this.settings, learningRate, beta1, beta2, epsilon, step });
  }

  /** Everything that stays on the device. */
  get tensors(): Tensor[] {
    return [...new Set(Array.from(this.moments.values(), ({ flat }) => flat))];
  }

  /** By how much a decayed parameter without a gradient shrinks in one step at this rate of its own. */
  decayFactor(learningRate: number): number {
    return 1 - learningRate * this.settings.weightDecay;
  }

  dispose(): void {
    for (const tensor of this.tensors) tensor.dispose();
  }
}
