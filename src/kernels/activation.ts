/**
 * y = dropout(f(x)): [N, F] -> [N, F], with f GELU in its exact form (Hendrycks & Gimpel 2016, with erf) or with tanh (`gelu_new`), ReLU,
 * tanh, or nothing (dropout alone). Gradient: dx = dy * keep * f'(x), f' computed anew from x.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu } from './device.ts';
import { dropThreshold, dropoutWgsl, hash32, keepScale, type Dropout } from './dropout.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, laneType, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

export type Activation = 'gelu' | 'gelu_new' | 'relu' | 'tanh' | 'identity';

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

/** Of GELU's approximation with tanh: sqrt(2 / pi), and the factor of the cube. */
const geluRoot = 0.7978845608028654;
const geluCube = 0.044715;

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
// Not the built-in one, which overflows on some GPUs; a NaN comes out as one.
fn tanh_of(x: V) -> V {
  let e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}
fn gelu_new(x: V) -> V { return 0.5 * x * (1.0 + tanh_of(${geluRoot} * (x + ${geluCube} * x * x * x))); }
fn gelu_new_slope(x: V) -> V {
  let t = tanh_of(${geluRoot} * (x + ${geluCube} * x * x * x));
  return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * ${geluRoot} * (1.0 + ${3 * geluCube} * x * x);
}
fn tanh_slope(x: V) -> V { let t = tanh_of(x); return 1.0 - t * t; }
fn identity(x: V) -> V { return x; }
fn identity_slope(x: V) -> V { return V(1.0); }
fn relu(x: V) -> V { return select(x, V(0.0), x <= V(0.0)); }
fn relu_slope(x: V) -> V { return select(V(0.0), V(1.0), x > V(0.0)); }
`;

const kernels = new Map<string, Kernel>();

function kernelOf(kind: Activation, dropping: boolean, backward: boolean, size: number): Kernel {
  const { lanes, type } = laneType(size);
  const name = `${kind}${dropping ? ' dropout' : ''}${backward ? ' gradient' : ''} ${type}`;
  let kernel = kernels.get(name);
  if (!kernel) {
    const value = backward ? `dy[item] * ${kind}_slope(x[item])` : `${kind === 'tanh' ? 'tanh_of' : kind}(x[item])`;
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

/** A function and its slope on a grid of 1/1024 from -8 to 8, read with linear interpolation: off by 2e-7 at most, three times faster. */
interface Tables {
  value: Float32Array;
  slope: Float32Array;
}

const tableStep = 1024;
const tableEdge = 8;
const tablesOf = new Map<'gelu' | 'gelu_new', Tables>();

function tables(kind: 'gelu' | 'gelu_new'): Tables {
  let made = tablesOf.get(kind);
  if (!made) {
    const size = 2 * tableEdge * tableStep + 2;
    made = { value: new Float32Array(size), slope: new Float32Array(size) };
    for (let i = 0; i < size; i++) {
      const x = i / tableStep - tableEdge;
      const { below, density } = kind === 'gelu' ? exactGelu(x) : tanhGelu(x);
      made.value[i] = x * below;
      made.slope[i] = below + x * density;
    }
    tablesOf.set(kind, made);
  }
  return made;
}

/** GELU is x below(x); `density` is below's slope. */
interface GeluPoint {
  below: number;
  density: number;
}

function exactGelu(x: number): GeluPoint {
  return { below: 0.5 * (1 + erf(x * Math.SQRT1_2)), density: Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI) };
}

function tanhGelu(x: number): GeluPoint {
  const t = Math.tanh(geluRoot * (x + geluCube * x ** 3));
  return { below: 0.5 * (1 + t), density: 0.5 * (1 - t * t) * geluRoot * (1 + 3 * geluCube * x * x) };
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
  const slope = dy && floats(dy);
  if (kind === 'gelu' || kind === 'gelu_new') geluWasm(kind, from, to, slope);
  else if (kind === 'identity') to.set(slope ?? from);
  else if (kind === 'tanh') {
    for (let i = 0; i < to.length; i++) {
      const t = Math.tanh(from[i]);
      to[i] = slope ? slope[i] * (1 - t * t) : t;
    }
  } else if (slope) {
    for (let i = 0; i < to.length; i++) to[i] = from[i] > 0 ? slope[i] : 0;
    // A NaN must come out as one, or a diverged run would look sound.
  } else for (let i = 0; i < to.length; i++) to[i] = from[i] <= 0 ? 0 : from[i];
  dropWasm(to, dropout);
  return result;
}

/** GELU, or with `dy` its gradient. */
function geluWasm(kind: 'gelu' | 'gelu_new', from: Float32Array, to: Float32Array, dy: Float32Array | null): void {
  const { value, slope } = tables(kind);
  const table = dy ? slope : value;
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
