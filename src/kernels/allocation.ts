/**
 * Work that may find no memory. WebAssembly says so at once; WebGPU makes buffers that are no good, refuses the commands that use them, and
 * says so later: what must not happen without its results has to wait for the word, but only where new buffers were made.
 */
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { RungError } from '../shared/errors.ts';
import { onWebGpu } from './device.ts';
import { PooledWebGpuBackend } from './webgpuBackend.ts';
import { destroyUnusedBuffers, submittedWorkDone } from './webgpuProgram.ts';

export interface Allocated<T> {
  value: T;
  /** Rejects with `out-of-memory` when the value is no good: dispose of it and call `recoverMemory`. Null: it is good. */
  settled: Promise<void> | null;
}

/** Runs `work`; what it records is sent off if it made new buffers. @throws RungError `out-of-memory` at once on WebAssembly. */
export function allocating<T>(work: () => T): Allocated<T> {
  const { backend } = engine();
  if (!(backend instanceof PooledWebGpuBackend)) return { value: work(), settled: null };
  const { device, pool } = backend;
  const { created } = pool;
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  try {
    const value = work();
    const grown = pool.created > created;
    if (grown) backend.submit();
    return { value, settled: grown ? verdict(device) : passOn(device) };
  } catch (thrown) {
    passOn(device);
    throw thrown;
  }
}

/** What the two scopes have caught; nothing from a device that is gone, which is reported elsewhere. */
function popScopes(device: GPUDevice): Promise<(GPUError | null)[]> {
  const scopes = [device.popErrorScope(), device.popErrorScope()];
  return Promise.all(scopes.map((scope) => scope.catch(() => null)));
}

async function verdict(device: GPUDevice): Promise<void> {
  const [memory, validation] = await popScopes(device);
  // Refused commands are the consequence of buffers without memory.
  if (memory) {
    const hint = 'Choose a smaller batch, or close other pages that use the graphics card.';
    throw new RungError('out-of-memory', `The graphics device has no memory left: ${memory.message}`, hint);
  }
  if (validation) announce(device, validation);
}

/** As if there had been no scopes. */
function passOn(device: GPUDevice): null {
  void popScopes(device).then((errors) => {
    for (const error of errors) if (error) announce(device, error);
  });
  return null;
}

function announce(device: GPUDevice, error: GPUError): void {
  device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
}

/** After work has failed and what it made is disposed of: frees the memory that it took. @throws what is not `out-of-memory`. */
export async function recoverMemory(thrown: unknown): Promise<RungError> {
  if (!(thrown instanceof RungError) || thrown.code !== 'out-of-memory') throw thrown;
  if (onWebGpu()) {
    await submittedWorkDone();
    destroyUnusedBuffers();
  }
  return thrown;
}

/**
 * Puts tensors on the device now, which happens else when they are first used: a failure then would take them along.
 * @throws RungError `out-of-memory`: dispose of them.
 */
export async function putOnDevice(tensors: readonly Tensor[]): Promise<void> {
  const { backend } = engine();
  if (!(backend instanceof PooledWebGpuBackend)) return;
  await allocating(() => {
    for (const { dataId } of tensors) backend.uploadToGPU(dataId);
  }).settled;
}
