/**
 * DeBERTa's attention inside each title (He et al. 2021, arXiv:2006.03654, section 3.1), with dropout of the probabilities: the score of
 * query i and key j, whose distance takes row m of the relative positions, is
 *   (q_i . k_j + q_i . pk_m + k_j . pq_m) / sqrt(D terms)
 * with the content-to-position term (pk, positions as keys) and the position-to-content term (pq, positions as queries) as the config
 * asks. Both read the same row: Hugging Face transposes the second after gathering it with the negated distance.
 * As in attention.ts no score leaves the registers; the gradients of the positions are summed by a kernel of their own, one workgroup a
 * row and head, in a fixed order. With ds_ij the gradient of a score before its division:
 *   dq_i = sum_j ds_ij (k_j + pk_m);  dk_j = sum_i ds_ij (q_i + pq_m);  dpk_m = sum_ij ds_ij q_i;  dpq_m = sum_ij ds_ij k_j
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { attentionSeedStride, type EachPart } from './attention.ts';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { backwardWasm, forwardWasm, scoreRoot, type DisentangledCall } from './disentangledWasm.ts';
import { dropThreshold, dropoutWgsl, keepScale, type Dropout } from './dropout.ts';
import { isSoftwareAdapter, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** Relative positions, projected. */
export interface RelativePositions {
  /** [count, W]: a row for each stretch of distances. */
  projected: Tensor2D;
  /** Column of `projected` where its keys begin, H of them; null: no content-to-position term. */
  keysAt: number | null;
  /** The same of its queries; null: no position-to-content term. */
  queriesAt: number | null;
  /** int32, as `RelativeRows.places`. */
  places: Tensor1D;
  /** Titles have at most this many tokens. */
  reach: number;
}

/** qkv [N, 3H] -> [N, H]. `tokens` [5, N] as in PackedBatch; it must outlive the gradient. The result belongs to the caller's tidy. */
export function disentangledAttention(
  qkv: Tensor2D,
  relative: RelativePositions,
  tokens: Tensor2D,
  heads: number,
  dropout: Dropout,
): Tensor2D {
  const [N, width] = qkv.shape;
  const { projected, keysAt, queriesAt, places, reach } = relative;
  const [count, W] = projected.shape;
  const end = Math.max(keysAt ?? 0, queriesAt ?? 0) + width / 3;
  const fits = width % (3 * heads) === 0 && tokens.shape[1] === N && end <= W;
  if (!fits || places.size !== 2 * reach - 1 + 2 * count || (keysAt === null && queriesAt === null))
    throw new Error(
      `disentangledAttention: ${shapesOf({ qkv, projected, places, tokens })} with ${heads} heads do not fit together`,
    );
  return differentiable<Tensor2D>([qkv, projected], (save) => {
    const call: DisentangledCall = { heads, dropout, keysAt, queriesAt, reach, tokens };
    const [value, logSums] = onWebGpu()
      ? forwardWebGpu(qkv, projected, places, call)
      : forwardWasm(qkv, projected, places, call);
    save([qkv, projected, places, value, logSums]);
    return {
      value: value as Tensor2D,
      gradient: (dy, saved) => (onWebGpu() ? backwardWebGpu(saved, dy, call) : backwardWasm(saved, dy, call)),
    };
  });
}

type Pass = 'forward' | 'backward' | 'positions';

const kernels = new Map<string, Kernel>();

function kernelOf(pass: Pass, headSize: number, call: DisentangledCall): Kernel {
  const dropping = call.dropout.rate > 0;
  const terms = { c2p: call.keysAt !== null, p2c: call.queriesAt !== null };
  const lanes = isSoftwareAdapter() ? 1 : 64;
  const name = `disentangled ${pass} ${headSize} ${terms.c2p} ${terms.p2c} ${dropping}${pass === 'positions' ? ` ${lanes}` : ''}`;
  let kernel = kernels.get(name);
  if (!kernel) {
    const vec = headSize % 4 === 0;
    const type = vec ? 'vec4<f32>' : 'f32';
    const parts = headSize / (vec ? 4 : 1);
    const each: EachPart = (line) => Array.from({ length: parts }, (_, p) => line(p)).join('\n');
    const inputs = { qkv: type, rel: type, places: 'i32', tokens: 'i32' };
    const body = { forward: forwardWgsl, backward: backwardWgsl, positions: positionsWgsl(lanes) }[pass](each, terms);
    kernel = {
      name,
      inputs: pass === 'forward' ? inputs : { ...inputs, y: type, sums: 'f32', dy: type },
      outputs: pass === 'forward' ? { y: type, sums: 'f32' } : { [pass === 'backward' ? 'dqkv' : 'drel']: type },
      uniforms: {
        N: 'u32',
        A: 'u32',
        reach: 'u32',
        count: 'u32',
        W: 'u32',
        keys_at: 'u32',
        queries_at: 'u32',
        seed: 'u32',
        threshold: 'u32',
        scale: 'f32',
      },
      body: `${dropoutWgsl}
alias Part = ${type};
const parts = ${parts}u;
const root = ${scoreRoot(headSize, call)};
fn product(a: Part, b: Part) -> f32 { return ${vec ? 'dot(a, b)' : 'a * b'}; }
fn keep(i: u32, a: u32, j: u32) -> f32 {
  return ${dropping ? `keep_factor(u.seed, u.threshold, u.scale, (i * u.A + a) * ${attentionSeedStride}u + j)` : 'u.scale'};
}
fn q_at(i: u32, a: u32) -> u32 { return (i * 3u * u.A + a) * parts; }
/** Where the relative position of query i and key j begins, counted in parts. */
fn row_of(i: u32, j: u32, a: u32) -> u32 { return u32(places[i + u.reach - 1u - j]) * u.W + a * parts; }
${body}`,
    };
    kernels.set(name, kernel);
  }
  return kernel;
}

interface Terms {
  c2p: boolean;
  p2c: boolean;
}

const itemHead = (items: string): string => /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let item = id.y * groups.x * 64u + id.x;
  if (item >= ${items}) { return; }`;

/** The score of q (divided already) and key part p. */
const scorePart = (p: number, q: string, k: string, row: string, { c2p, p2c }: Terms): string =>
  `score += product(${q}, ${k}${c2p ? ` + rel[${row} + u.keys_at + ${p}u]` : ''})${
    p2c ? ` + product(${k}, rel[${row} + u.queries_at + ${p}u]) / root` : ''
  };`;

const forwardWgsl = (each: EachPart, terms: Terms): string => /* wgsl */ `
${itemHead('u.N * u.A')}
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
    let row = row_of(i, j, a);
    var score = 0.0;
    ${each((p) => `let k${p} = qkv[key + ${p}u]; ${scorePart(p, `q${p}`, `k${p}`, 'row', terms)}`)}
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
}`;

const backwardWgsl = (each: EachPart, terms: Terms): string => /* wgsl */ `
${itemHead('2u * u.N * u.A')}
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
      let row = row_of(i, j, a);
      var score = 0.0;
      var dp = 0.0;
      ${each((p) => `let k${p} = qkv[key + ${p}u]; ${scorePart(p, `q${p}`, `k${p}`, 'row', terms)}`)}
      ${each((p) => `dp += product(g${p}, qkv[key + heads + ${p}u]);`)}
      let ds = exp(score - sum) * (keep(i, a, j - begin) * dp - d) / root;
      ${each((p) => `r${p} += ds * ${terms.c2p ? `(k${p} + rel[row + u.keys_at + ${p}u])` : `k${p}`};`)}
    }
    ${each((p) => `dqkv[at + ${p}u] = r${p};`)}
  } else {
    ${each((p) => `let k${p} = qkv[at + heads + ${p}u]; let v${p} = qkv[at + 2u * heads + ${p}u];`)}
    ${each((p) => `var r${p} = Part(); var t${p} = Part();`)}
    for (var j = begin; j < end; j++) {
      let other = j * u.A + a;
      let query = q_at(j, a);
      let row = row_of(j, i, a);
      var score = 0.0;
      var dp = 0.0;
      var d = 0.0;
      ${each((p) => `let q${p} = qkv[query + ${p}u]; ${scorePart(p, `q${p} / root`, `k${p}`, 'row', terms)}`)}
      ${each((p) => `let g${p} = dy[other * parts + ${p}u]; dp += product(g${p}, v${p}); d += product(g${p}, y[other * parts + ${p}u]);`)}
      let weight = exp(score - sums[other]);
      let kept = keep(j, a, i - begin);
      let ds = weight * (kept * dp - d) / root;
      ${each((p) => `r${p} += ds * ${terms.p2c ? `(q${p} + rel[row + u.queries_at + ${p}u])` : `q${p}`}; t${p} += weight * kept * g${p};`)}
    }
    ${each((p) => `dqkv[at + heads + ${p}u] = r${p}; dqkv[at + 2u * heads + ${p}u] = t${p};`)}
  }
}`;

/**
 * One workgroup a relative position and head. Its lanes take every `lanes`-th query each and go over the keys of the row's stretch of
 * distances; on a software adapter, where a barrier costs more than the row, there is one lane.
 */
const positionsWgsl =
  (lanes: number) =>
  (each: EachPart, terms: Terms): string => {
    const joined = (name: string, at: string): string =>
      lanes === 1
        ? each((p) => `drel[out + u.${at} + ${p}u] = ${name}${p};`)
        : each(
            (p) => `shared_parts[lane] = ${name}${p}; halve(lane);
  if (lane == 0u) { drel[out + u.${at} + ${p}u] = shared_parts[0]; }
  workgroupBarrier();`,
          );
    const halving = /* wgsl */ `
var<workgroup> shared_parts: array<Part, ${lanes}>;
fn halve(lane: u32) {
  workgroupBarrier();
  for (var width = ${lanes / 2}u; width > 0u; width /= 2u) {
    if (lane < width) { shared_parts[lane] += shared_parts[lane + width]; }
    workgroupBarrier();
  }
}`;
    return /* wgsl */ `${lanes === 1 ? '' : halving}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let m = group.x;
  let a = group.y;
  let heads = u.A * parts;
  let out = m * u.W + a * parts;
  let least = places[2u * u.reach - 1u + 2u * m];
  let largest = places[2u * u.reach + 2u * m];
  ${each((p) => `var c${p} = Part(); var r${p} = Part();`)}
  for (var i = lane; i < u.N; i += ${lanes}u) {
    let first = max(tokens[2u * u.N + i], i32(i) - largest);
    let last = min(tokens[3u * u.N + i] - 1, i32(i) - least);
    if (first > last) { continue; }
    let own = i * u.A + a;
    let at = q_at(i, a);
    var d = 0.0;
    ${each((p) => `d += product(dy[own * parts + ${p}u], y[own * parts + ${p}u]);`)}
    for (var j = u32(first); j <= u32(last); j++) {
      let key = q_at(j, a) + heads;
      var score = 0.0;
      var dp = 0.0;
      ${each((p) => `let q${p} = qkv[at + ${p}u]; let k${p} = qkv[key + ${p}u]; ${scorePart(p, `q${p} / root`, `k${p}`, 'out', terms)}`)}
      ${each((p) => `dp += product(dy[own * parts + ${p}u], qkv[key + heads + ${p}u]);`)}
      let ds = exp(score - sums[own]) * (keep(i, a, j - u32(tokens[2u * u.N + i])) * dp - d) / root;
      ${terms.c2p ? each((p) => `c${p} += ds * q${p};`) : ''}
      ${terms.p2c ? each((p) => `r${p} += ds * k${p};`) : ''}
    }
  }
  // Columns that are neither keys nor queries (the values of a shared projection) have no gradient.
  for (var column = lane; column < u.W; column += ${lanes}u) {
    let ours = (${terms.c2p} && column >= u.keys_at && column < u.keys_at + heads) ||
      (${terms.p2c} && column >= u.queries_at && column < u.queries_at + heads);
    if (a == 0u && !ours) { drel[m * u.W + column] = Part(); }
  }
  ${terms.c2p ? joined('c', 'keys_at') : ''}
  ${terms.p2c ? joined('r', 'queries_at') : ''}
}`;
  };

function uniformsOf(qkv: Tensor, projected: Tensor, call: DisentangledCall): number[] {
  const { heads, dropout, keysAt, queriesAt, reach } = call;
  const [N, width] = qkv.shape;
  const [count, W] = projected.shape;
  // In the kernels' units: vectors of four where the head size allows.
  const unit = (width / 3 / heads) % 4 === 0 ? 4 : 1;
  const columns = [W, keysAt ?? 0, queriesAt ?? 0].map((column) => column / unit);
  return [N, heads, reach, count, ...columns, dropout.seed, dropThreshold(dropout.rate), keepScale(dropout.rate)];
}

function forwardWebGpu(qkv: Tensor, projected: Tensor, places: Tensor, call: DisentangledCall): Tensor[] {
  const { heads, tokens } = call;
  const [N, width] = qkv.shape;
  const kernel = kernelOf('forward', width / 3 / heads, call);
  const outputs = [
    [N, width / 3],
    [N, heads],
  ];
  const inputs = [qkv, projected, places, tokens];
  return launch(kernel, inputs, outputs, uniformsOf(qkv, projected, call), workgroupsFor(N * heads, 64));
}

function backwardWebGpu([qkv, projected, places, y, sums]: Tensor[], dy: Tensor, call: DisentangledCall): Tensor[] {
  const { heads, tokens } = call;
  const [N, width] = qkv.shape;
  const headSize = width / 3 / heads;
  const inputs = [qkv, projected, places, tokens, y, sums, dy];
  const uniforms = uniformsOf(qkv, projected, call);
  const pairs = kernelOf('backward', headSize, call);
  const [dqkv] = launch(pairs, inputs, [qkv.shape], uniforms, workgroupsFor(2 * N * heads, 64));
  const positions = kernelOf('positions', headSize, call);
  const groups: [number, number, number] = [projected.shape[0], heads, 1];
  const [drel] = launch(positions, inputs, [projected.shape], uniforms, groups);
  return [dqkv, drel];
}
