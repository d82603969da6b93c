/**
 * AdamW (Loshchilov & Hutter 2019), as torch.optim.AdamW after clip_grad_norm_, in place:
 *   g *= min(1, maxNorm / (norm + 1e-6));  p *= 1 - lr wd;  m, v = moments;  p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
 * The norm over all gradients never leaves the GPU. Sums run in a fixed order, so a run repeats to the bit.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { onWebGpu } from './device.ts';
import { floats, forgetPacked } from './wasmHeap.ts';
import { itemsHead, laneType, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** One parameter with its gradient and moments, all of one size. */
export interface AdamWItem {
  parameter: Tensor;
  gradient: Tensor;
  mean: Tensor;
  variance: Tensor;
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

/** Updates parameters and moments in place. Temporary tensors belong to the caller's tidy. */
export function adamWStep(items: AdamWItem[], options: AdamWStep): void {
  if (onWebGpu()) stepWebGpu(items, options);
  else stepWasm(items, options);
}

/** Elements whose squares one workgroup sums. */
const elementsPerPart = 8192;

const squaresKernel: Kernel = {
  name: 'gradient squares',
  inputs: { gradient: 'f32' },
  outputs: { parts: 'f32' },
  uniforms: { size: 'u32', first: 'u32' },
  body: /* wgsl */ `
var<workgroup> lanes: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  let end = min(u.size, (group.x + 1u) * ${elementsPerPart}u);
  for (var at = group.x * ${elementsPerPart}u + lane; at < end; at += 64u) { sum += gradient[at] * gradient[at]; }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    sum = 0.0;
    for (var k = 0u; k < 64u; k++) { sum += lanes[k]; }
    parts[u.first + group.x] = sum;
  }
}`,
};

const clipKernel: Kernel = {
  name: 'gradient clip',
  inputs: { parts: 'f32' },
  outputs: { clip: 'f32' },
  uniforms: { size: 'u32', max_norm: 'f32' },
  body: /* wgsl */ `
var<workgroup> lanes: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var at = lane; at < u.size; at += 64u) { sum += parts[at]; }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    sum = 0.0;
    for (var k = 0u; k < 64u; k++) { sum += lanes[k]; }
    // Not min, which may turn a NaN into 1.
    let factor = u.max_norm / (sqrt(sum) + 1e-6);
    clip[0] = select(factor, 1.0, factor > 1.0);
  }
}`,
};

const updateKernels = new Map<string, Kernel>();

function updateKernel(size: number): Kernel {
  const { type } = laneType(size);
  let kernel = updateKernels.get(type);
  if (!kernel) {
    kernel = {
      name: `AdamW ${type}`,
      inputs: { gradient: type, clip: 'f32' },
      outputs: { parameter: type, mean: type, variance: type },
      uniforms: {
        size: 'u32',
        rate: 'f32',
        shrink: 'f32',
        beta1: 'f32',
        beta2: 'f32',
        epsilon: 'f32',
        root2: 'f32',
        rest1: 'f32',
        rest2: 'f32',
      },
      body: `${itemsHead}
  let g = gradient[item] * clip[0];
  let m = u.beta1 * mean[item] + u.rest1 * g;
  let v = u.beta2 * variance[item] + u.rest2 * g * g;
  mean[item] = m;
  variance[item] = v;
  parameter[item] = parameter[item] * u.shrink - u.rate * m / (sqrt(v) / u.root2 + u.epsilon);
}`,
    };
    updateKernels.set(type, kernel);
  }
  return kernel;
}

function stepWebGpu(items: AdamWItem[], options: AdamWStep): void {
  const partsOf = items.map(({ gradient }) => Math.ceil(gradient.size / elementsPerPart));
  const total = partsOf.reduce((sum, n) => sum + n, 0);
  let parts: Tensor | number[] = [total];
  let first = 0;
  for (const [i, { gradient }] of items.entries()) {
    parts = launch(squaresKernel, [gradient], [parts], [gradient.size, first], [partsOf[i], 1, 1])[0];
    first += partsOf[i];
  }
  if (Array.isArray(parts)) return;
  const [clip] = launch(clipKernel, [parts], [[1]], [total, options.maxGradientNorm], [1, 1, 1]);
  const { beta1, beta2, epsilon } = options;
  for (const item of items) {
    const { rate, shrink, root2 } = factors(options, item);
    const count = item.gradient.size / laneType(item.gradient.size).lanes;
    const uniforms = [count, rate, shrink, beta1, beta2, epsilon, root2, 1 - beta1, 1 - beta2];
    const inPlace = [item.parameter, item.mean, item.variance];
    launch(updateKernel(item.gradient.size), [item.gradient, clip], inPlace, uniforms, workgroupsFor(count, 64));
  }
}

function factors(options: AdamWStep, item: AdamWItem): { rate: number; shrink: number; root2: number } {
  const { weightDecay, beta1, beta2, step } = options;
  const learningRate = options.learningRate * item.rateFactor;
  return {
    rate: learningRate / (1 - beta1 ** step),
    shrink: item.decayed ? 1 - learningRate * weightDecay : 1,
    root2: Math.sqrt(1 - beta2 ** step),
  };
}

function stepWasm(items: AdamWItem[], options: AdamWStep): void {
  let squares = 0;
  for (const { gradient } of items) {
    squares += sumOfSquares(floats(gradient));
  }
  const clip = Math.min(1, options.maxGradientNorm / (Math.sqrt(squares) + 1e-6));
  for (const item of items) {
    updateWasm(item, options, clip);
    forgetPacked(item.parameter);
  }
}

/** Four sums side by side: one alone waits for each addition before the next. */
function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * values[i];
    b += values[i + 1] * values[i + 1];
    c += values[i + 2] * values[i + 2];
    d += values[i + 3] * values[i + 3];
  }
  for (let i = whole; i < values.length; i++) a += values[i] * values[i];
  return a + b + c + d;
}

function updateWasm(item: AdamWItem, options: AdamWStep, clip: number): void {
  const { rate, shrink, root2 } = factors(options, item);
  const { beta1, beta2, epsilon } = options;
  const [p, gradient, mean, variance] = [item.parameter, item.gradient, item.mean, item.variance].map(floats);
  for (let i = 0; i < p.length; i++) {
    const g = gradient[i] * clip;
    const m = beta1 * mean[i] + (1 - beta1) * g;
    const v = beta2 * variance[i] + (1 - beta2) * g * g;
    mean[i] = m;
    variance[i] = v;
    p[i] = p[i] * shrink - (rate * m) / (Math.sqrt(v) / root2 + epsilon);
  }
}
