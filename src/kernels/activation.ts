/**
 * y = dropout(f(x)) with f GELU in its exact form (Hendrycks & Gimpel 2016, with erf) or ReLU: [N, F] -> [N, F].
 * Gradient: dx = dy * keep * f'(x), f' computed anew from x.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu } from './device.ts';
import { dropThreshold, dropoutWgsl, hash32, keepScale, type Dropout } from './dropout.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

export type Activation = 'gelu' | 'relu';

/** The result belongs to the caller's tidy. */
export function activation(x: Tensor2D, kind: Activation, dropout: Dropout): Tensor2D {
  return differentiable<Tensor2D>([x], (save) => {
    save([x]);
    return {
      value: onWebGpu() ? runWebGpu(kind, dropout, x, null) : runWasm(kind, dropout, x, null),
      gradient: (dy, [input]) => [onWebGpu() ? runWebGpu(kind, dropout, input, dy) : runWasm(kind, dropout, input, dy)],
    };
  });
}

/** Rational approximation of erf on [-4, 4], as Eigen's `generic_fast_erf_float`: within 2 ulp. */
const erfAlpha = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4,
  -2.95459980854025e-3, -1.60960333262415e-2,
];
const erfBeta = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2,
];

const horner = (coefficients: number[]): string =>
  coefficients.slice(1).reduce((sum, c) => `fma(${sum}, q, ${c})`, String(coefficients[0]));

const activationWgsl = /* wgsl */ `
fn erf(x: f32) -> f32 {
  let t = clamp(x, -4.0, 4.0);
  let q = t * t;
  return t * (${horner(erfAlpha)}) / (${horner(erfBeta)});
}
fn gelu(x: f32) -> f32 { return 0.5 * x * (1.0 + erf(x * 0.7071067811865476)); }
fn gelu_slope(x: f32) -> f32 {
  return 0.5 * (1.0 + erf(x * 0.7071067811865476)) + x * 0.3989422804014327 * exp(-0.5 * x * x);
}
fn relu(x: f32) -> f32 { return max(x, 0.0); }
fn relu_slope(x: f32) -> f32 { return select(0.0, 1.0, x > 0.0); }
`;

const kernels = new Map<string, Kernel>();

function kernelOf(kind: Activation, dropping: boolean, backward: boolean): Kernel {
  const name = `${kind}${dropping ? ' dropout' : ''}${backward ? ' gradient' : ''}`;
  let kernel = kernels.get(name);
  if (!kernel) {
    const value = backward ? `dy[item] * ${kind}_slope(x[item])` : `${kind}(x[item])`;
    kernel = {
      name,
      inputs: backward ? { x: 'f32', dy: 'f32' } : { x: 'f32' },
      outputs: { y: 'f32' },
      uniforms: { size: 'u32', seed: 'u32', threshold: 'u32', scale: 'f32' },
      body: `${dropoutWgsl}${activationWgsl}${itemsHead}
  y[item] = ${value}${dropping ? ' * keep_factor(u.seed, u.threshold, u.scale, item)' : ''};
}`,
    };
    kernels.set(name, kernel);
  }
  return kernel;
}

function runWebGpu(kind: Activation, { rate, seed }: Dropout, x: Tensor, dy: Tensor | null): Tensor2D {
  const kernel = kernelOf(kind, rate > 0, dy !== null);
  const uniforms = [x.size, seed, dropThreshold(rate), keepScale(rate)];
  return launch(kernel, dy ? [x, dy] : [x], [x.shape], uniforms, workgroupsFor(x.size, 64))[0] as Tensor2D;
}

function erf(x: number): number {
  const t = x > 4 ? 4 : x < -4 ? -4 : x;
  const q = t * t;
  const p =
    (((((erfAlpha[0] * q + erfAlpha[1]) * q + erfAlpha[2]) * q + erfAlpha[3]) * q + erfAlpha[4]) * q + erfAlpha[5]) * q;
  const r = (((erfBeta[0] * q + erfBeta[1]) * q + erfBeta[2]) * q + erfBeta[3]) * q + erfBeta[4];
  return (t * (p + erfAlpha[6])) / r;
}

function geluSlope(x: number): number {
  return 0.5 * (1 + erf(x * Math.SQRT1_2)) + x * 0.3989422804014327 * Math.exp(-0.5 * x * x);
}

function runWasm(kind: Activation, dropout: Dropout, x: Tensor, dy: Tensor | null): Tensor2D {
  const result = allocate<Tensor2D>(x.shape);
  const from = floats(x);
  const to = floats(result);
  const size = to.length;
  if (kind === 'gelu') {
    if (dy) for (let i = 0; i < size; i++) to[i] = geluSlope(from[i]);
    else for (let i = 0; i < size; i++) to[i] = 0.5 * from[i] * (1 + erf(from[i] * Math.SQRT1_2));
  } else if (dy) for (let i = 0; i < size; i++) to[i] = from[i] > 0 ? 1 : 0;
  else for (let i = 0; i < size; i++) to[i] = from[i] > 0 ? from[i] : 0;
  if (dy) {
    const slope = floats(dy);
    for (let i = 0; i < size; i++) to[i] *= slope[i];
  }
  dropWasm(to, dropout);
  return result;
}

/** Dropout in place. */
export function dropWasm(values: Float32Array, { rate, seed }: Dropout): void {
  if (rate === 0) return;
  const threshold = dropThreshold(rate);
  const scale = keepScale(rate);
  for (let i = 0; i < values.length; i++) values[i] = hash32(seed, i) < threshold ? 0 : values[i] * scale;
}
