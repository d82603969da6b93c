/**
 * y = dropout(f(x)) with f GELU in its exact form (Hendrycks & Gimpel 2016, with erf) or ReLU: [N, F] -> [N, F].
 * Gradient: dx = dy * keep * f'(x), f' computed anew from x.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu } from './device.ts';
import { dropThreshold, dropoutWgsl, hash32, keepScale, type Dropout } from './dropout.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, laneType, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

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
  coefficients.slice(1).reduce((sum, c) => `fma(${sum}, q, V(${c}))`, `V(${coefficients[0]})`);

/** Over `V`, f32 or vec4<f32>. ReLU by `select`: `max` may turn a NaN into 0, and a diverged run would look sound. */
const activationWgsl = /* wgsl */ `
fn erf(x: V) -> V {
  let t = clamp(x, V(-4.0), V(4.0));
  let q = t * t;
  return t * (${horner(erfAlpha)}) / (${horner(erfBeta)});
}
fn gelu(x: V) -> V { return 0.5 * x * (1.0 + erf(x * 0.7071067811865476)); }
fn gelu_slope(x: V) -> V {
  return 0.5 * (1.0 + erf(x * 0.7071067811865476)) + x * 0.3989422804014327 * exp(-0.5 * x * x);
}
fn relu(x: V) -> V { return select(x, V(0.0), x <= V(0.0)); }
fn relu_slope(x: V) -> V { return select(V(0.0), V(1.0), x > V(0.0)); }
`;

const kernels = new Map<string, Kernel>();

function kernelOf(kind: Activation, dropping: boolean, backward: boolean, size: number): Kernel {
  const { lanes, type } = laneType(size);
  const name = `${kind}${dropping ? ' dropout' : ''}${backward ? ' gradient' : ''} ${type}`;
  let kernel = kernels.get(name);
  if (!kernel) {
    const value = backward ? `dy[item] * ${kind}_slope(x[item])` : `${kind}(x[item])`;
    const keep = lanes === 4 ? 'keep_factor4' : 'keep_factor';
    kernel = {
      name,
      inputs: backward ? { x: type, dy: type } : { x: type },
      outputs: { y: type },
      uniforms: { size: 'u32', seed: 'u32', threshold: 'u32', scale: 'f32' },
      body: `alias V = ${type};${dropoutWgsl}${activationWgsl}${itemsHead}
  y[item] = ${value}${dropping ? ` * ${keep}(u.seed, u.threshold, u.scale, item * ${lanes}u)` : ''};
}`,
    };
    kernels.set(name, kernel);
  }
  return kernel;
}

function runWebGpu(kind: Activation, { rate, seed }: Dropout, x: Tensor, dy: Tensor | null): Tensor2D {
  const kernel = kernelOf(kind, rate > 0, dy !== null, x.size);
  const items = x.size / laneType(x.size).lanes;
  const uniforms = [items, seed, dropThreshold(rate), keepScale(rate)];
  return launch(kernel, dy ? [x, dy] : [x], [x.shape], uniforms, workgroupsFor(items, 64))[0] as Tensor2D;
}

/** GELU and its slope on a grid of 1/1024 from -8 to 8, read with linear interpolation: off by 2e-7 at most, three times faster. */
interface GeluTables {
  value: Float32Array;
  slope: Float32Array;
}

const tableStep = 1024;
const tableEdge = 8;
let geluTables: GeluTables | null = null;

function tables(): GeluTables {
  if (!geluTables) {
    const size = 2 * tableEdge * tableStep + 2;
    geluTables = { value: new Float32Array(size), slope: new Float32Array(size) };
    for (let i = 0; i < size; i++) {
      const x = i / tableStep - tableEdge;
      const below = 0.5 * (1 + erf(x * Math.SQRT1_2));
      geluTables.value[i] = x * below;
      geluTables.slope[i] = below + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
    }
  }
  return geluTables;
}

/** Abramowitz & Stegun 7.1.6, all terms positive: to double precision. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function runWasm(kind: Activation, dropout: Dropout, x: Tensor, dy: Tensor | null): Tensor2D {
  const result = allocate(x.shape) as Tensor2D;
  const from = floats(x);
  const to = floats(result);
  if (kind === 'gelu') geluWasm(from, to, dy ? floats(dy) : null);
  else if (dy) {
    const slope = floats(dy);
    for (let i = 0; i < to.length; i++) to[i] = from[i] > 0 ? slope[i] : 0;
    // A NaN must come out as one, or a diverged run would look sound.
  } else for (let i = 0; i < to.length; i++) to[i] = from[i] <= 0 ? 0 : from[i];
  dropWasm(to, dropout);
  return result;
}

/** GELU, or with `dy` its gradient. */
function geluWasm(from: Float32Array, to: Float32Array, dy: Float32Array | null): void {
  const table = dy ? tables().slope : tables().value;
  for (let i = 0; i < to.length; i++) {
    const x = from[i];
    let y = dy ? 1 : x;
    if (x <= -tableEdge) y = 0;
    else if (x < tableEdge) {
      const at = (x + tableEdge) * tableStep;
      const below = Math.floor(at);
      y = table[below] + (at - below) * (table[below + 1] - table[below]);
    }
    to[i] = dy ? y * dy[i] : y;
  }
}

/** Dropout in place. */
export function dropWasm(values: Float32Array, { rate, seed }: Dropout): void {
  if (rate === 0) return;
  const threshold = dropThreshold(rate);
  const scale = keepScale(rate);
  for (let i = 0; i < values.length; i++) values[i] = hash32(seed, i) < threshold ? 0 : values[i] * scale;
}
