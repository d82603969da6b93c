/**
 * Softmax attention inside each title (Vaswani et al. 2017, 3.2): qkv [N, 3H] -> [N, H], with dropout of the probabilities.
 * No score leaves the registers: the forward pass keeps each row's log-sum-exp [N, A] only and the gradient computes the probabilities
 * anew (as FlashAttention, Dao et al. 2022, without its tiling: titles are short). With d_i = dy_i . y_i:
 *   ds_ij = p_ij (keep_ij dy_i . v_j - d_i);  dq_i = sum_j ds_ij k_j / sqrt(D);  dk_j = sum_i ds_ij q_i / sqrt(D);
 *   dv_j = sum_i p_ij keep_ij dy_i
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { dropThreshold, dropoutWgsl, hash32, keepScale, type Dropout } from './dropout.ts';
import { allocate, floats, integers } from './wasmHeap.ts';
import { launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** Dropout index of (token i, head a, j-th key of its title) is `(i * A + a) * stride + j`: no title is longer. */
export const attentionSeedStride = 4096;

/** `tokens` [5, N] as in PackedBatch. The result belongs to the caller's tidy; `tokens` must outlive the gradient. */
export function attention(qkv: Tensor2D, tokens: Tensor2D, heads: number, dropout: Dropout): Tensor2D {
  const [N, width] = qkv.shape;
  if (width % (3 * heads) !== 0 || tokens.shape[1] !== N) {
    throw new Error(`attention: ${shapesOf({ qkv, tokens })} with ${heads} heads do not fit together`);
  }
  return differentiable<Tensor2D>([qkv], (save) => {
    const [value, logSums] = onWebGpu()
      ? forwardWebGpu(qkv, tokens, heads, dropout)
      : forwardWasm(qkv, tokens, heads, dropout);
    save([qkv, value, logSums]);
    return {
      value: value as Tensor2D,
      gradient: (dy, [input, y, sums]) => [
        onWebGpu()
          ? backwardWebGpu(input, y, sums, dy, tokens, heads, dropout)
          : backwardWasm(input, y, sums, dy, tokens, heads, dropout),
      ],
    };
  });
}

const kernels = new Map<string, Kernel>();

/** WGSL of both passes: one thread for each token and head; in the gradient a second one, for the key side. */
function kernelOf(headSize: number, dropping: boolean, backward: boolean): Kernel {
  const name = `attention ${headSize}${dropping ? ' dropout' : ''}${backward ? ' gradient' : ''}`;
  let kernel = kernels.get(name);
  if (!kernel) {
    const lanes = headSize % 4 === 0 ? 4 : 1;
    const type = lanes === 4 ? 'vec4<f32>' : 'f32';
    const each: EachPart = (line) => Array.from({ length: headSize / lanes }, (_, p) => line(p)).join('\n');
    kernel = {
      name,
      inputs: backward ? { qkv: type, y: type, sums: 'f32', dy: type, tokens: 'i32' } : { qkv: type, tokens: 'i32' },
      outputs: backward ? { dqkv: type } : { y: type, sums: 'f32' },
      uniforms: { N: 'u32', A: 'u32', seed: 'u32', threshold: 'u32', scale: 'f32' },
      body: `${dropoutWgsl}
alias Part = ${type};
const parts = ${headSize / lanes}u;
const root = ${Math.sqrt(headSize)};
fn product(a: Part, b: Part) -> f32 { return ${lanes === 4 ? 'dot(a, b)' : 'a * b'}; }
fn keep(i: u32, a: u32, j: u32) -> f32 {
  return ${dropping ? `keep_factor(u.seed, u.threshold, u.scale, (i * u.A + a) * ${attentionSeedStride}u + j)` : 'u.scale'};
}
fn q_at(i: u32, a: u32) -> u32 { return (i * 3u * u.A + a) * parts; }
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let item = id.y * groups.x * 64u + id.x;
  ${(backward ? backwardWgsl : forwardWgsl)(each)}
}`,
    };
    kernels.set(name, kernel);
  }
  return kernel;
}

/** One line for each vector of a head: named variables stay in registers where an array with a running index need not. */
export type EachPart = (line: (p: number) => string) => string;

const forwardWgsl = (each: EachPart): string => /* wgsl */ `
  if (item >= u.N * u.A) { return; }
  let i = item / u.A;
  let a = item % u.A;
  let begin = u32(tokens[2u * u.N + i]);
  let end = u32(tokens[3u * u.N + i]);
  let at = q_at(i, a);
  let heads = u.A * parts;
  ${each((p) => `let q${p} = qkv[at + ${p}u] / root; var s${p} = Part();`)}
  var top = -3.0e38;
  var total = 0.0;
  for (var j = begin; j < end; j++) {
    let key = q_at(j, a) + heads;
    var score = 0.0;
    ${each((p) => `score += product(q${p}, qkv[key + ${p}u]);`)}
    let higher = max(top, score);
    let fade = exp(top - higher);
    let weight = exp(score - higher);
    top = higher;
    total = total * fade + weight;
    let kept = weight * keep(i, a, j - begin);
    ${each((p) => `s${p} = s${p} * fade + kept * qkv[key + heads + ${p}u];`)}
  }
  ${each((p) => `y[item * parts + ${p}u] = s${p} / total;`)}
  sums[item] = top + log(total);
`;

const backwardWgsl = (each: EachPart): string => /* wgsl */ `
  if (item >= 2u * u.N * u.A) { return; }
  let key_side = item >= u.N * u.A;
  let own = item % (u.N * u.A);
  let i = own / u.A;
  let a = own % u.A;
  let begin = u32(tokens[2u * u.N + i]);
  let end = u32(tokens[3u * u.N + i]);
  let at = q_at(i, a);
  let heads = u.A * parts;
  if (!key_side) {
    var d = 0.0;
    let sum = sums[own];
    ${each((p) => `let q${p} = qkv[at + ${p}u] / root; let g${p} = dy[own * parts + ${p}u]; var r${p} = Part();`)}
    ${each((p) => `d += product(g${p}, y[own * parts + ${p}u]);`)}
    for (var j = begin; j < end; j++) {
      let key = q_at(j, a) + heads;
      var score = 0.0;
      var dp = 0.0;
      ${each((p) => `let k${p} = qkv[key + ${p}u]; score += product(q${p}, k${p});`)}
      ${each((p) => `dp += product(g${p}, qkv[key + heads + ${p}u]);`)}
      let ds = exp(score - sum) * (keep(i, a, j - begin) * dp - d) / root;
      ${each((p) => `r${p} += ds * k${p};`)}
    }
    ${each((p) => `dqkv[at + ${p}u] = r${p};`)}
  } else {
    ${each((p) => `let k${p} = qkv[at + heads + ${p}u] / root; let v${p} = qkv[at + 2u * heads + ${p}u];`)}
    ${each((p) => `var r${p} = Part(); var t${p} = Part();`)}
    for (var j = begin; j < end; j++) {
      let other = j * u.A + a;
      let query = q_at(j, a);
      var score = 0.0;
      var dp = 0.0;
      var d = 0.0;
      ${each((p) => `let q${p} = qkv[query + ${p}u]; score += product(k${p}, q${p});`)}
      ${each((p) => `let g${p} = dy[other * parts + ${p}u]; dp += product(g${p}, v${p}); d += product(g${p}, y[other * parts + ${p}u]);`)}
      let weight = exp(score - sums[other]);
      let kept = keep(j, a, i - begin);
      let ds = weight * (kept * dp - d) / root;
      ${each((p) => `r${p} += ds * q${p}; t${p} += weight * kept * g${p};`)}
    }
    ${each((p) => `dqkv[at + heads + ${p}u] = r${p}; dqkv[at + 2u * heads + ${p}u] = t${p};`)}
  }
`;

function uniformsOf(N: number, heads: number, { rate, seed }: Dropout): number[] {
  return [N, heads, seed, dropThreshold(rate), keepScale(rate)];
}

function forwardWebGpu(qkv: Tensor, tokens: Tensor, heads: number, dropout: Dropout): Tensor[] {
  const [N, width] = qkv.shape;
  const kernel = kernelOf(width / 3 / heads, dropout.rate > 0, false);
  const outputs = [
    [N, width / 3],
    [N, heads],
  ];
  return launch(kernel, [qkv, tokens], outputs, uniformsOf(N, heads, dropout), workgroupsFor(N * heads, 64));
}

function backwardWebGpu(
  qkv: Tensor,
  y: Tensor,
  sums: Tensor,
  dy: Tensor,
  tokens: Tensor,
  heads: number,
  dropout: Dropout,
): Tensor {
  const [N, width] = qkv.shape;
  const kernel = kernelOf(width / 3 / heads, dropout.rate > 0, true);
  const inputs = [qkv, y, sums, dy, tokens];
  return launch(kernel, inputs, [[N, width]], uniformsOf(N, heads, dropout), workgroupsFor(2 * N * heads, 64))[0];
}

/** Dot product of two stretches of one array or two; four sums side by side, since one alone waits for each addition. */
export function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[atA + i] * b[atB + i];
    s1 += a[atA + i + 1] * b[atB + i + 1];
    s2 += a[atA + i + 2] * b[atB + i + 2];
    s3 += a[atA + i + 3] * b[atB + i + 3];
  }
  for (; i < length; i++) s0 += a[atA + i] * b[atB + i];
  return s0 + s1 + s2 + s3;
}

/** 0 or the scale, for the j-th key of token i's title. */
export function keepFactor({ rate, seed }: Dropout, head: number, j: number): number {
  if (rate === 0) return 1;
  return hash32(seed, head * attentionSeedStride + j) < dropThreshold(rate) ? 0 : keepScale(rate);
}

function forwardWasm(qkv: Tensor, tokens: Tensor, heads: number, dropout: Dropout): Tensor[] {
  const [N, width] = qkv.shape;
  const H = width / 3;
  const D = H / heads;
  const outputs = [allocate([N, H]), allocate([N, heads])];
  const [y, sums] = outputs.map(floats);
  y.fill(0);
  const from = floats(qkv);
  const place = integers(tokens);
  const weights = new Float64Array(attentionSeedStride);
  for (let i = 0; i < N; i++) {
    const begin = place[2 * N + i];
    const length = place[3 * N + i] - begin;
    for (let a = 0; a < heads; a++) {
      const query = i * width + a * D;
      let top = -Infinity;
      for (let j = 0; j < length; j++) {
        weights[j] = dot(from, query, from, (begin + j) * width + H + a * D, D) / Math.sqrt(D);
        if (weights[j] > top) top = weights[j];
      }
      let total = 0;
      for (let j = 0; j < length; j++) total += weights[j] = Math.exp(weights[j] - top);
      sums[i * heads + a] = top + Math.log(total);
      for (let j = 0; j < length; j++) {
        const kept = (weights[j] / total) * keepFactor(dropout, i * heads + a, j);
        const value = (begin + j) * width + 2 * H + a * D;
        for (let d = 0; d < D; d++) y[i * H + a * D + d] += kept * from[value + d];
      }
    }
  }
  return outputs;
}

function backwardWasm(
  qkv: Tensor,
  y: Tensor,
  sums: Tensor,
  dy: Tensor,
  tokens: Tensor,
  heads: number,
  dropout: Dropout,
): Tensor {
  const [N, width] = qkv.shape;
  const H = width / 3;
  const D = H / heads;
  const result = allocate([N, width]);
  const to = floats(result).fill(0);
  const [from, output, logSums, slope] = [qkv, y, sums, dy].map(floats);
  const place = integers(tokens);
  for (let i = 0; i < N; i++) {
    const begin = place[2 * N + i];
    const end = place[3 * N + i];
    for (let a = 0; a < heads; a++) {
      const query = i * width + a * D;
      const own = i * H + a * D;
      const d = dot(slope, own, output, own, D);
      for (let j = begin; j < end; j++) {
        const key = j * width + H + a * D;
        const weight = Math.exp(dot(from, query, from, key, D) / Math.sqrt(D) - logSums[i * heads + a]);
        const factor = keepFactor(dropout, i * heads + a, j - begin);
        const ds = (weight * (factor * dot(slope, own, from, key + H, D) - d)) / Math.sqrt(D);
        const kept = weight * factor;
        for (let k = 0; k < D; k++) {
          to[query + k] += ds * from[key + k];
          to[key + k] += ds * from[query + k];
          to[key + H + k] += kept * slope[own + k];
        }
      }
    }
  }
  return result;
}
