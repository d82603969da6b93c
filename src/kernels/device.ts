/** What every op needs to know: which backend runs, and how an op with its own gradient joins tfjs's tape. */
import {
  customGrad,
  getBackend,
  engine,
  keep,
  tensor_util,
  tidy,
  valueAndGrads,
  type Tensor,
  type TensorContainer,
} from '@tensorflow/tfjs-core';

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

/** The tensors that `make` returns outlive every tidy; when it fails half way, those it has made are disposed of. */
export function keepAll<T extends TensorContainer>(make: () => T): T {
  return tidy(() => {
    const made = make();
    for (const tensor of tensor_util.getTensorsInContainer(made)) keep(tensor);
    return made;
  });
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
    let kept: Tensor[] = [];
    const { value, gradient } = run((tensors) => {
      kept = tensors;
    });
    // Not earlier: nobody disposes of what an op has saved that then fails.
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    save(kept);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy as T, saved) };
  });
  return op(...inputs);
}

/**
 * As tfjs's `valueAndGrads`, which on a failure half way does not dispose of what the ops until then have saved.
 * @param dy gradient of what is asked for with respect to the value, in its shape; 1 if left out.
 */
export function valueAndGradients<T extends Tensor>(
  f: (...inputs: Tensor[]) => T,
  inputs: Tensor[],
  dy?: T,
): { value: T; grads: Tensor[] } {
  try {
    return valueAndGrads(f)(inputs, dy);
  } catch (thrown) {
    const { state } = engine();
    for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor.dispose();
    state.activeTape = [];
    throw thrown;
  }
}
