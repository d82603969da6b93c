/** Puts a scalar into a vector on the device: losses are gathered there, to be read many at a time. */
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { onWebGpu } from './device.ts';
import { floats } from './wasmHeap.ts';
import { launch, type Kernel } from './webgpuProgram.ts';

const kernel: Kernel = {
  name: 'write at',
  inputs: { value: 'f32' },
  outputs: { vector: 'f32' },
  uniforms: { index: 'u32' },
  body: /* wgsl */ `
@compute @workgroup_size(1)
fn main() { vector[u.index] = value[0]; }`,
};

/** vector[index] = value, in place. */
export function writeAt(vector: Tensor1D, index: number, value: Scalar): void {
  if (index < 0 || index >= vector.size) throw new Error(`writeAt: index ${index} of a vector of ${vector.size}`);
  if (onWebGpu()) launch(kernel, [value], [vector], [index], [1, 1, 1]);
  else floats(vector)[index] = floats(value)[0];
}
