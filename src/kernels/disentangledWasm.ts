/** DeBERTa's attention on the processor: the formulas are in disentangledAttention.ts. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { attentionSeedStride, dot, keepFactor } from './attention.ts';
import type { Dropout } from './dropout.ts';
import { allocate, floats, integers } from './wasmHeap.ts';

/** What both passes need beside the saved tensors; columns as in `RelativePositions`. */
export interface DisentangledCall {
  heads: number;
  dropout: Dropout;
  keysAt: number | null;
  queriesAt: number | null;
  reach: number;
  tokens: Tensor;
}

/** What a score of head size D is divided by: the square root of D times its terms. */
export function scoreRoot(headSize: number, { keysAt, queriesAt }: DisentangledCall): number {
  return Math.sqrt(headSize * (1 + Number(keysAt !== null) + Number(queriesAt !== null)));
}

/** Heap views that a score is computed from. */
interface Scores {
  qkv: Float32Array;
  rel: Float32Array;
  places: Int32Array;
  /** Columns of qkv, of rel. */
  width: number;
  W: number;
}

function scoresOf(qkv: Tensor, projected: Tensor, places: Tensor): Scores {
  const [width, W] = [qkv.shape[1]!, projected.shape[1]!];
  return { qkv: floats(qkv), rel: floats(projected), places: integers(places), width, W };
}

/** Where the relative position of query i and key j begins for head a, in `rel`. */
function rowOf({ places, W }: Scores, i: number, j: number, a: number, D: number, reach: number): number {
  return places[i - j + reach - 1] * W + a * D;
}

/** The undivided score of a query at `query` and a key at `key` of qkv, with the position at `row` of rel. */
function score(
  { qkv, rel }: Scores,
  query: number,
  key: number,
  row: number,
  D: number,
  call: DisentangledCall,
): number {
  let sum = dot(qkv, query, qkv, key, D);
  if (call.keysAt !== null) sum += dot(qkv, query, rel, row + call.keysAt, D);
  if (call.queriesAt !== null) sum += dot(qkv, key, rel, row + call.queriesAt, D);
  return sum;
}

/** [y [N, H], log-sum-exp of the scores [N, A]] */
export function forwardWasm(qkv: Tensor, projected: Tensor, places: Tensor, call: DisentangledCall): Tensor[] {
  const { heads, dropout, reach, tokens } = call;
  const [N, width] = qkv.shape;
  const H = width / 3;
  const D = H / heads;
  const root = scoreRoot(D, call);
  const outputs = [allocate([N, H]), allocate([N, heads])];
  const [y, sums] = outputs.map(floats);
  y.fill(0);
  const from = scoresOf(qkv, projected, places);
  const place = integers(tokens);
  const weights = new Float64Array(attentionSeedStride);
  for (let i = 0; i < N; i++) {
    const begin = place[2 * N + i];
    const length = place[3 * N + i] - begin;
    for (let a = 0; a < heads; a++) {
      const query = i * width + a * D;
      let top = -Infinity;
      for (let j = 0; j < length; j++) {
        const key = (begin + j) * width + H + a * D;
        weights[j] = score(from, query, key, rowOf(from, i, begin + j, a, D, reach), D, call) / root;
        if (weights[j] > top) top = weights[j];
      }
      let total = 0;
      for (let j = 0; j < length; j++) total += weights[j] = Math.exp(weights[j] - top);
      sums[i * heads + a] = top + Math.log(total);
      for (let j = 0; j < length; j++) {
        const kept = (weights[j] / total) * keepFactor(dropout, i * heads + a, j);
        const value = (begin + j) * width + 2 * H + a * D;
        for (let d = 0; d < D; d++) y[i * H + a * D + d] += kept * from.qkv[value + d];
      }
    }
  }
  return outputs;
}

/** Gradients of qkv and of the projected positions; `saved` as forward saves them. */
export function backwardWasm(saved: Tensor[], dy: Tensor, call: DisentangledCall): Tensor[] {
  const [qkv, projected, places] = saved;
  const { heads, dropout, reach, tokens } = call;
  const [N, width] = qkv.shape;
  const H = width / 3;
  const D = H / heads;
  const root = scoreRoot(D, call);
  const outputs = [allocate(qkv.shape), allocate(projected.shape)];
  const [dqkv, drel] = outputs.map((output) => floats(output).fill(0));
  const from = scoresOf(qkv, projected, places);
  const [output, sums, slope] = [saved[3], saved[4], dy].map(floats);
  const place = integers(tokens);
  const { keysAt, queriesAt } = call;
  for (let i = 0; i < N; i++) {
    const begin = place[2 * N + i];
    const end = place[3 * N + i];
    for (let a = 0; a < heads; a++) {
      const query = i * width + a * D;
      const own = i * H + a * D;
      const d = dot(slope, own, output, own, D);
      for (let j = begin; j < end; j++) {
        const key = j * width + H + a * D;
        const row = rowOf(from, i, j, a, D, reach);
        const weight = Math.exp(score(from, query, key, row, D, call) / root - sums[i * heads + a]);
        const factor = keepFactor(dropout, i * heads + a, j - begin);
        const ds = (weight * (factor * dot(slope, own, from.qkv, key + H, D) - d)) / root;
        const kept = weight * factor;
        for (let k = 0; k < D; k++) {
          dqkv[query + k] += ds * from.qkv[key + k];
          dqkv[key + k] += ds * from.qkv[query + k];
          dqkv[key + H + k] += kept * slope[own + k];
        }
        if (keysAt !== null) addTerm(dqkv, query, drel, row + keysAt, from, ds, D);
        if (queriesAt !== null) addTerm(dqkv, key, drel, row + queriesAt, from, ds, D);
      }
    }
  }
  return outputs;
}

/** Gradients of ds times the product of qkv at `at` and rel at `row`. */
function addTerm(
  dqkv: Float32Array,
  at: number,
  drel: Float32Array,
  row: number,
  { qkv, rel }: Scores,
  ds: number,
  D: number,
): void {
  for (let k = 0; k < D; k++) {
    dqkv[at + k] += ds * rel[row + k];
    drel[row + k] += ds * qkv[at + k];
  }
}
