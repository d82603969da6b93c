/**
 * What the losses over labels share: the mean over [B, C] of a function of each logit z, its label y (0 to 1: smoothed ones too) and
 * the weight w of its label's positives. A loss gives that function and its slope, in WGSL and in JavaScript.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

type OfElement = (z: number, y: number, w: number, settings: readonly number[]) => number;

export interface LabelLoss {
  value: OfElement;
  /** Derivative by z. */
  slope: OfElement;
  mean: Kernel;
  gradient: Kernel;
}

/**
 * @param settings names of the loss's numbers: fields of `u` in WGSL, in the order of `settings` in JavaScript.
 * @param wgsl `fn value(z: f32, y: f32, w: f32) -> f32` and `fn slope` of the same; `softplus` is there.
 */
export function defineLabelLoss(
  name: string,
  settings: string[],
  wgsl: string,
  { value, slope }: Pick<LabelLoss, 'value' | 'slope'>,
): LabelLoss {
  const uniforms = Object.fromEntries(settings.map((setting): [string, 'f32'] => [setting, 'f32']));
  const shared = { inputs: { z: 'f32', labels: 'f32', weights: 'f32' }, functions: softplusWgsl + wgsl };
  return {
    value,
    slope,
    mean: {
      name,
      inputs: shared.inputs,
      outputs: { loss: 'f32' },
      uniforms: { size: 'u32', C: 'u32', ...uniforms },
      body: shared.functions + meanWgsl,
    },
    gradient: {
      name: `${name} gradient`,
      inputs: { ...shared.inputs, dy: 'f32' },
      outputs: { dz: 'f32' },
      uniforms: { size: 'u32', C: 'u32', ...uniforms },
      body: `${shared.functions}${itemsHead}
  dz[item] = dy[0] * slope(z[item], labels[item], weights[item % u.C]) / f32(u.size);
}`,
    },
  };
}

/** log(1 + exp(x)), also where exp(x) is too large for a number. */
export function softplus(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
}

// `x * f32(x > 0)` in place of max, which may turn a NaN into 0.
const softplusWgsl = /* wgsl */ `
fn softplus(x: f32) -> f32 { return log(1.0 + exp(-abs(x))) + select(x, 0.0, x <= 0.0); }
`;

const meanWgsl = /* wgsl */ `
var<workgroup> parts: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var at = lane; at < u.size; at += 64u) { sum += value(z[at], labels[at], weights[at % u.C]); }
  parts[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    sum = 0.0;
    for (var k = 0u; k < 64u; k++) { sum += parts[k]; }
    loss[0] = sum / f32(u.size);
  }
}`;

/**
 * The loss of logits and labels [B, C], weights [C]. The result belongs to the caller's tidy; labels and weights must outlive the
 * gradient. @throws Error when the shapes do not fit.
 */
export function applyLabelLoss(
  loss: LabelLoss,
  settings: readonly number[],
  logits: Tensor2D,
  labels: Tensor2D,
  posWeight: Tensor1D,
): Scalar {
  const C = logits.shape[1];
  if (logits.shape.join() !== labels.shape.join() || posWeight.size !== C) {
    throw new Error(`${loss.mean.name}: ${shapesOf({ logits, labels, posWeight })} do not fit together`);
  }
  const uniforms = [logits.size, C, ...settings];
  return differentiable<Scalar>([logits], (save) => {
    save([logits]);
    const value = onWebGpu()
      ? launch(loss.mean, [logits, labels, posWeight], [[]], uniforms, [1, 1, 1])[0]
      : meanWasm(loss, settings, logits, labels, posWeight);
    return {
      value: value as Scalar,
      gradient: (dy, [z]) => [
        onWebGpu()
          ? launch(loss.gradient, [z, labels, posWeight, dy], [z.shape], uniforms, workgroupsFor(z.size, 64))[0]
          : gradientWasm(loss, settings, [z, labels, posWeight, dy]),
      ],
    };
  });
}

function meanWasm(loss: LabelLoss, settings: readonly number[], ...inputs: Tensor[]): Tensor {
  const result = allocate([]);
  const [z, y, weights] = inputs.map(floats);
  floats(result)[0] = meanOfLabels(loss, settings, z, y, weights);
  return result;
}

/** The same loss of plain arrays, titles x labels, in double precision. @param posWeight null: 1 */
export function meanOfLabels(
  loss: LabelLoss,
  settings: readonly number[],
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  posWeight: ArrayLike<number> | null,
): number {
  const C = posWeight?.length ?? 1;
  let sum = 0;
  for (let at = 0; at < logits.length; at++) {
    sum += loss.value(logits[at], labels[at], posWeight ? posWeight[at % C] : 1, settings);
  }
  return sum / logits.length;
}

function gradientWasm(loss: LabelLoss, settings: readonly number[], inputs: Tensor[]): Tensor {
  const result = allocate(inputs[0].shape);
  const dz = floats(result);
  const [z, y, weights, dy] = inputs.map(floats);
  for (let at = 0; at < dz.length; at++) {
    dz[at] = (dy[0] * loss.slope(z[at], y[at], weights[at % weights.length], settings)) / dz.length;
  }
  return result;
}
