/** sum += addition, in place: gradients of one step's parts are added up where the first part's lie. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { onWebGpu } from './device.ts';
import { floats } from './wasmHeap.ts';
import { itemsHead, laneType, launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

const kernelOf = (type: string): Kernel => ({
  name: `accumulate ${type}`,
  inputs: { addition: type },
  outputs: { sum: type },
  uniforms: { size: 'u32', factor: 'f32' },
  body: `${itemsHead}
  sum[item] += u.factor * addition[item];
}`,
});
const kernels: Record<string, Kernel> = { f32: kernelOf('f32'), 'vec4<f32>': kernelOf('vec4<f32>') };

/** sum += factor x addition, of one size. No other tensor may share the memory of `sum`. */
export function accumulate(sum: Tensor, addition: Tensor, factor = 1): void {
  if (sum.size !== addition.size) throw new Error(`accumulate: ${addition.size} numbers onto ${sum.size}`);
  if (onWebGpu()) {
    const { lanes, type } = laneType(sum.size);
    const items = sum.size / lanes;
    launch(kernels[type], [addition], [sum], [items, factor], workgroupsFor(items, 64));
    return;
  }
  const [to, from] = [floats(sum), floats(addition)];
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
}
