/**
 * AdamW over the parameters of a model on the device, with Hugging Face's two groups (no decay on biases and LayerNorms) and clipping
 * of the norm over all gradients. Table rows that are not on the device only decay, in closed form (see RowTable).
 */
import { dispose, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { adamWStep } from '../kernels/adamw.ts';
import { keepAll } from '../kernels/device.ts';
import { isDecayed } from '../models/model.ts';

export interface AdamWSettings {
  weightDecay: number;
  maxGradientNorm: number;
}

/** torch.optim.AdamW's defaults. */
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

// A type alias, not an interface: only that has the index signature which tidy asks for.
type Moments = {
  mean: Tensor;
  variance: Tensor;
};

export class AdamW {
  private readonly settings: AdamWSettings;
  private readonly moments: Record<string, Moments>;

  /** Moments start at 0; `dispose` frees them. */
  constructor(parameters: Record<string, Tensor>, settings: AdamWSettings) {
    this.settings = settings;
    this.moments = keepAll(() => {
      const entries = Object.entries(parameters);
      return Object.fromEntries(
        entries.map(([name, { shape }]): [string, Moments] => [name, { mean: zeros(shape), variance: zeros(shape) }]),
      );
    });
  }

  /** Step `step` (counted from 1): updates the parameters in place. `gradients` by the same names; the caller disposes of them. */
  step(
    parameters: Record<string, Tensor>,
    gradients: Record<string, Tensor>,
    learningRate: number,
    step: number,
  ): void {
    const items = Object.entries(parameters).map(([name, parameter]) => {
      if (!Object.hasOwn(this.moments, name)) throw new Error(`AdamW: ${name} was not there at the start`);
      const { mean, variance } = this.moments[name];
      return { parameter, gradient: gradients[name], mean, variance, decayed: isDecayed(name), rateFactor: 1 };
    });
    adamWStep(items, { ...this.settings, learningRate, beta1, beta2, epsilon, step });
  }

  /** By how much a decayed parameter without a gradient shrinks in one step. */
  decayFactor(learningRate: number): number {
    return 1 - learningRate * this.settings.weightDecay;
  }

  dispose(): void {
    dispose(this.moments);
  }
}
