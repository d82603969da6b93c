/** Rows `first` to `first + count` of x: [R, H] -> [count, H]; the gradient is 0 in the other rows. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** The result belongs to the caller's tidy. @throws Error when the rows are not all there. */
export function sliceRows(x: Tensor2D, first: number, count: number): Tensor2D {
  const [R, H] = x.shape;
  if (first < 0 || count < 1 || first + count > R)
    throw new Error(`sliceRows: ${shapesOf({ x })} has no rows ${first} to ${first + count}`);
  return differentiable<Tensor2D>([x], () => ({
    value: shifted(x, first, count),
    gradient: (dy) => [shifted(dy, -first, R)],
  }));

  /** [rows, H] whose row r is row r + by of `from`, or 0 where there is none. */
  function shifted(from: Tensor2D, by: number, rows: number): Tensor2D {
    const size = rows * H;
    if (onWebGpu()) {
      const uniforms = [size, H, Math.max(by, 0), Math.max(-by, 0), from.shape[0]];
      return launch(kernel, [from], [[rows, H]], uniforms, workgroupsFor(size, 64))[0] as Tensor2D;
    }
    const result = allocate([rows, H]);
    const to = floats(result).fill(0);
    const start = Math.max(by, 0) * H;
    const source = floats(from);
    to.set(source.subarray(start, Math.min(source.length, start + size)), Math.max(-by, 0) * H);
    return result as Tensor2D;
  }
}

const kernel: Kernel = {
  name: 'slice rows',
  inputs: { x: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32', H: 'u32', skip: 'u32', lead: 'u32', rows: 'u32' },
  body: `${itemsHead}
  let row = item / u.H + u.skip;
  let inside = row >= u.lead && row - u.lead < u.rows;
  var value = 0.0;
  if (inside) { value = x[(row - u.lead) * u.H + item % u.H]; }
  y[item] = value;
}`,
};
