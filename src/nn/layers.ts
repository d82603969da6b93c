/** The layers that all encoders are built of, reading their parameters by Hugging Face name. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activation, type Activation } from '../kernels/activation.ts';
import { hash32, type Dropout } from '../kernels/dropout.ts';
import { linear } from '../kernels/linear.ts';
import { residualNorm } from '../kernels/norm.ts';

/** Layers over one set of parameters, for one forward pass. Results belong to the caller's tidy. */
export interface Layers {
  matrix(name: string): Tensor2D;
  vector(name: string): Tensor1D;
  /** The next dropout of this pass: each has a seed of its own. */
  dropout(rate: number): Dropout;
  /** x wT + b: [N, I] -> [N, O] */
  dense(x: Tensor2D, name: string): Tensor2D;
  /** dropout(f(dense(x))): [N, I] -> [N, O] */
  activated(x: Tensor2D, name: string, kind: Activation, rate?: number): Tensor2D;
  /** LayerNorm(residual + dropout(x)): [N, H] */
  residualNorm(x: Tensor2D, residual: Tensor2D, name: string, rate: number): Tensor2D;
}

/** `seed` is this step's; `training` switches dropout on. @throws Error from a layer whose parameter is missing. */
export function layersOver(
  parameters: Record<string, Tensor>,
  { training, seed, epsilon }: { training: boolean; seed: number; epsilon: number },
): Layers {
  let draws = 0;
  const parameterOf = (name: string, rank: number): Tensor => {
    const parameter = parameters[name];
    if (parameter?.rank !== rank)
      throw new Error(`forward: parameter ${name} is ${parameter ? `of rank ${parameter.rank}` : 'missing'}`);
    return parameter;
  };
  const matrix = (name: string): Tensor2D => parameterOf(name, 2) as Tensor2D;
  const vector = (name: string): Tensor1D => parameterOf(name, 1) as Tensor1D;
  const dropout = (rate: number): Dropout => ({ rate: training ? rate : 0, seed: hash32(seed, draws++) });
  const dense = (x: Tensor2D, name: string): Tensor2D => linear(x, matrix(`${name}.weight`), vector(`${name}.bias`));
  return {
    matrix,
    vector,
    dropout,
    dense,
    activated: (x, name, kind, rate = 0) => activation(dense(x, name), kind, dropout(rate)),
    residualNorm: (x, residual, name, rate) =>
      residualNorm(x, residual, vector(`${name}.weight`), vector(`${name}.bias`), epsilon, dropout(rate)),
  };
}
