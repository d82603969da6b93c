/** What every op needs to know: which backend runs, and how an op with its own gradient joins tfjs's tape. */
import { customGrad, getBackend, type Tensor } from '@tensorflow/tfjs-core';

/** Whether the current backend is WebGPU; else it is WASM. @throws Error on any other backend, which has no kernels here. */
export function onWebGpu(): boolean {
  const backend = getBackend();
  if (backend === 'webgpu') return true;
  if (backend === 'wasm') return false;
  throw new Error(`The kernels run on webgpu or wasm; the current backend is ${backend}`);
}

/** "x [2,3], weight [4,3]": for messages about shapes that do not fit. */
export function shapesOf(tensors: Record<string, Tensor>): string {
  return Object.entries(tensors)
    .map(([name, { shape }]) => `${name} [${shape.join()}]`)
    .join(', ');
}

/** The two halves of an op. `gradient` gets dy and what `save` kept, and returns one tensor for each input, in order. */
interface OpResult<T extends Tensor> {
  value: T;
  gradient: (dy: T, saved: Tensor[]) => Tensor[];
}

/**
 * Runs an op on `inputs` and puts its gradient on the tape. Tensors made inside are disposed of, but for the value and what is saved
 * (the tape disposes of that). A gradient must not return one tensor twice: clone it.
 */
export function differentiable<T extends Tensor>(
  inputs: Tensor[],
  run: (save: (tensors: Tensor[]) => void) => OpResult<T>,
): T {
  const op = customGrad((...args) => {
    const { value, gradient } = run(args.at(-1) as unknown as (tensors: Tensor[]) => void);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy as T, saved) };
  });
  return op(...inputs);
}
