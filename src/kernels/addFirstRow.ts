/**
 * A table of embeddings with the first row of another added to every row: x [R, H], types [T, H] -> [R, H]. Titles are of token type 0
 * throughout, so this is all that token types do. Gradient: dx = dy; the first row of types gets the sum of dy's rows, the others 0.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** The result belongs to the caller's tidy. @throws Error when the shapes do not fit. */
export function addFirstRow(x: Tensor2D, types: Tensor2D): Tensor2D {
  const [R, H] = x.shape;
  const [T] = types.shape;
  if (types.shape[1] !== H || T === 0) throw new Error(`addFirstRow: ${shapesOf({ x, types })} do not fit together`);
  return differentiable<Tensor2D>([x, types], () => ({
    value: onWebGpu()
      ? (launch(addKernel, [x, types], [[R, H]], [R * H, H], workgroupsFor(R * H, 64))[0] as Tensor2D)
      : addWasm(x, types),
    gradient: (dy) => [dy.clone(), sumIntoFirst(dy, T)],
  }));
}

const addKernel: Kernel = {
  name: 'add first row',
  inputs: { x: 'f32', types: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', H: 'u32' },
  body: `${itemsHead}
  y[item] = x[item] + types[item % u.H];
}`,
};

const sumKernel: Kernel = {
  name: 'add first row gradient',
  inputs: { dy: 'f32' },
  outputs: { dtypes: 'f32' },
  uniforms: { size: 'u32', H: 'u32', R: 'u32' },
  body: `${itemsHead}
  var sum = 0.0;
  if (item < u.H) {
    for (var row = 0u; row < u.R; row++) { sum += dy[row * u.H + item]; }
  }
  dtypes[item] = sum;
}`,
};

function addWasm(x: Tensor2D, types: Tensor2D): Tensor2D {
  const H = x.shape[1];
  const result = allocate(x.shape) as Tensor2D;
  const to = floats(result);
  const from = floats(x);
  const added = floats(types);
  for (let at = 0; at < to.length; at += H) for (let i = 0; i < H; i++) to[at + i] = from[at + i] + added[i];
  return result;
}

/** [rows, H] with the sum of all rows of dy [R, H] in the first and 0 in the others. */
function sumIntoFirst(dy: Tensor2D, rows: number): Tensor {
  const [R, H] = dy.shape;
  const size = rows * H;
  if (onWebGpu()) return launch(sumKernel, [dy], [[rows, H]], [size, H, R], workgroupsFor(size, 64))[0];
  const result = allocate([rows, H]);
  const to = floats(result).fill(0);
  const from = floats(dy);
  for (let row = 0; row < R; row++) for (let i = 0; i < H; i++) to[i] += from[row * H + i];
  return result;
}
