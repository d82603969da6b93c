/** The first token's row of each title: [N, H] -> [B, H]; the gradient puts the rows back and is 0 elsewhere. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu } from './device.ts';
import { allocate, floats, integers } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** `firsts` and `tokens` as in PackedBatch; both must outlive the gradient. The result belongs to the caller's tidy. */
export function firstRows(x: Tensor2D, firsts: Tensor1D, tokens: Tensor2D): Tensor2D {
  return differentiable<Tensor2D>([x], () => ({
    value: gatherRows(x, firsts),
    gradient: (dy) => [spreadRows(dy, tokens)],
  }));
}

const gatherKernel: Kernel = {
  name: 'first rows',
  inputs: { x: 'f32', firsts: 'i32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', H: 'u32' },
  body: `${itemsHead}
  y[item] = x[u32(firsts[item / u.H]) * u.H + item % u.H];
}`,
};

const spreadKernel: Kernel = {
  name: 'first rows gradient',
  inputs: { dy: 'f32', tokens: 'i32' },
  outputs: { dx: 'f32' },
  uniforms: { size: 'u32', H: 'u32', N: 'u32' },
  body: `${itemsHead}
  let title = tokens[4u * u.N + item / u.H];
  dx[item] = select(0.0, dy[u32(max(title, 0)) * u.H + item % u.H], title >= 0);
}`,
};

function gatherRows(x: Tensor2D, firsts: Tensor1D): Tensor2D {
  const H = x.shape[1];
  const shape: [number, number] = [firsts.size, H];
  const size = firsts.size * H;
  if (onWebGpu()) return launch(gatherKernel, [x, firsts], [shape], [size, H], workgroupsFor(size, 64))[0] as Tensor2D;
  const result = allocate(shape) as Tensor2D;
  const to = floats(result);
  const from = floats(x);
  for (const [title, first] of integers(firsts).entries()) to.set(from.subarray(first * H, (first + 1) * H), title * H);
  return result;
}

function spreadRows(dy: Tensor2D, tokens: Tensor2D): Tensor {
  const H = dy.shape[1];
  const N = tokens.shape[1];
  if (onWebGpu()) return launch(spreadKernel, [dy, tokens], [[N, H]], [N * H, H, N], workgroupsFor(N * H, 64))[0];
  const result = allocate([N, H]);
  const to = floats(result).fill(0);
  const from = floats(dy);
  const titles = integers(tokens).subarray(4 * N);
  for (const [slot, title] of titles.entries()) {
    if (title >= 0) to.set(from.subarray(title * H, (title + 1) * H), slot * H);
  }
  return result;
}
