/**
 * y = x sigmoid(z), element by element: how much of each feature passes. Gradients, with s = sigmoid(z):
 * dx = dy s, dz = dy x s (1 - s).
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu, shapesOf } from './device.ts';
import { allocate, floats } from './wasmHeap.ts';
import { itemsHead, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** x and z of one shape. The result belongs to the caller's tidy. @throws Error when the shapes differ. */
export function gate(x: Tensor2D, z: Tensor2D): Tensor2D {
  if (x.shape.join() !== z.shape.join()) throw new Error(`gate: ${shapesOf({ x, z })} must be of one shape`);
  return differentiable<Tensor2D>([x, z], (save) => {
    save([x, z]);
    return {
      value: onWebGpu() ? valueWebGpu(x, z) : valueWasm(x, z),
      gradient: (dy, [input, by]) => (onWebGpu() ? gradientWebGpu(dy, input, by) : gradientWasm(dy, input, by)),
    };
  });
}

/** exp of what is not positive only, so that it cannot overflow. */
const sigmoidWgsl = /* wgsl */ `
fn sigmoid(z: f32) -> f32 {
  let e = exp(-abs(z));
  return select(e, 1.0, z >= 0.0) / (1.0 + e);
}
`;

const valueKernel: Kernel = {
  name: 'gate',
  inputs: { x: 'f32', z: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { size: 'u32' },
  body: `${sigmoidWgsl}${itemsHead}
  y[item] = x[item] * sigmoid(z[item]);
}`,
};

const gradientKernel: Kernel = {
  name: 'gate gradient',
  inputs: { x: 'f32', z: 'f32', dy: 'f32' },
  outputs: { dx: 'f32', dz: 'f32' },
  uniforms: { size: 'u32' },
  body: `${sigmoidWgsl}${itemsHead}
  let s = sigmoid(z[item]);
  dx[item] = dy[item] * s;
  dz[item] = dy[item] * x[item] * s * (1.0 - s);
}`,
};

function valueWebGpu(x: Tensor2D, z: Tensor2D): Tensor2D {
  return launch(valueKernel, [x, z], [x.shape], [x.size], workgroupsFor(x.size, 64))[0] as Tensor2D;
}

function gradientWebGpu(dy: Tensor, x: Tensor, z: Tensor): Tensor[] {
  return launch(gradientKernel, [x, z, dy], [x.shape, z.shape], [x.size], workgroupsFor(x.size, 64));
}

function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}

function valueWasm(x: Tensor2D, z: Tensor2D): Tensor2D {
  const result = allocate(x.shape) as Tensor2D;
  const [to, from, by] = [floats(result), floats(x), floats(z)];
  for (let i = 0; i < to.length; i++) to[i] = from[i] * sigmoid(by[i]);
  return result;
}

function gradientWasm(dy: Tensor, x: Tensor, z: Tensor): Tensor[] {
  const results = [allocate(x.shape), allocate(z.shape)];
  const [dx, dz] = results.map(floats);
  const [slope, from, by] = [floats(dy), floats(x), floats(z)];
  for (let i = 0; i < dx.length; i++) {
    const s = sigmoid(by[i]);
    dx[i] = slope[i] * s;
    dz[i] = slope[i] * from[i] * s * (1 - s);
  }
  return results;
}
