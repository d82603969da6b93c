/**
 * The mean of each title's tokens, special ones included, as sentence-transformers pools (Reimers & Gurevych 2019): [N, H] -> [B, H].
 * Gradient: each token gets its title's dy over the title's length; slots of no title get 0.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { allocate, floats, integers } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** `firsts` and `tokens` as in PackedBatch; both must outlive the gradient. The result belongs to the caller's tidy. */
export function meanPool(x: Tensor2D, firsts: Tensor1D, tokens: Tensor2D): Tensor2D {
  if (tokens.shape[1] !== x.shape[0]) throw new Error(`meanPool: ${shapesOf({ x, tokens })} do not fit together`);
  return differentiable<Tensor2D>([x], () => ({
    value: pool(x, firsts, tokens),
    gradient: (dy) => [spread(dy, tokens)],
  }));
}

const poolKernel: Kernel = {
  name: 'mean pool',
  inputs: { x: 'f32', firsts: 'i32', tokens: 'i32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', H: 'u32', N: 'u32' },
  body: `${itemsHead}
  let begin = u32(firsts[item / u.H]);
  let end = u32(tokens[3u * u.N + begin]);
  var sum = 0.0;
  for (var row = begin; row < end; row++) { sum += x[row * u.H + item % u.H]; }
  y[item] = sum / f32(end - begin);
}`,
};

const spreadKernel: Kernel = {
  name: 'mean pool gradient',
  inputs: { dy: 'f32', tokens: 'i32' },
  outputs: { dx: 'f32' },
  uniforms: { size: 'u32', H: 'u32', N: 'u32' },
  body: `${itemsHead}
  let slot = item / u.H;
  let begin = u32(tokens[2u * u.N + slot]);
  let end = u32(tokens[3u * u.N + slot]);
  let title = tokens[4u * u.N + begin];
  dx[item] = select(0.0, dy[u32(max(title, 0)) * u.H + item % u.H] / f32(end - begin), title >= 0);
}`,
};

function pool(x: Tensor2D, firsts: Tensor1D, tokens: Tensor2D): Tensor2D {
  const [N, H] = x.shape;
  const B = firsts.size;
  if (onWebGpu())
    return launch(poolKernel, [x, firsts, tokens], [[B, H]], [B * H, H, N], workgroupsFor(B * H, 64))[0] as Tensor2D;
  const result = allocate([B, H]) as Tensor2D;
  const to = floats(result).fill(0);
  const from = floats(x);
  const ends = integers(tokens).subarray(3 * N);
  for (const [title, begin] of integers(firsts).entries()) {
    const end = ends[begin];
    for (let row = begin; row < end; row++) for (let i = 0; i < H; i++) to[title * H + i] += from[row * H + i];
    for (let i = 0; i < H; i++) to[title * H + i] /= end - begin;
  }
  return result;
}

function spread(dy: Tensor2D, tokens: Tensor2D): Tensor {
  const H = dy.shape[1];
  const N = tokens.shape[1];
  if (onWebGpu()) return launch(spreadKernel, [dy, tokens], [[N, H]], [N * H, H, N], workgroupsFor(N * H, 64))[0];
  const result = allocate([N, H]);
  const to = floats(result).fill(0);
  const from = floats(dy);
  const place = integers(tokens);
  for (let slot = 0; slot < N; slot++) {
    const begin = place[2 * N + slot];
    const title = place[4 * N + begin];
    if (title < 0) continue;
    const length = place[3 * N + slot] - begin;
    for (let i = 0; i < H; i++) to[slot * H + i] = from[title * H + i] / length;
  }
  return result;
}
