/** Memory that ends, for tests: allocations beyond a budget fail as they do on a real device. */
import { engine } from '@tensorflow/tfjs-core';
import { RungError } from '../shared/errors.ts';

export interface MemoryLimit {
  /** Bytes that may be in use at once, those that are in use already included. */
  budget: number;
  /** Bytes in use, and the most there were. */
  used: number;
  peak: number;
  /** Allocations that were refused. */
  refused: number;
  lift(): void;
}

/** Limits the memory of the current backend; without an effect until a budget is set. */
export function limitMemory(): MemoryLimit {
  const { backend } = engine();
  return 'device' in backend ? limitGpu(backend.device as GPUDevice) : limitWasm(backend as unknown as WasmOwner);
}

function newLimit(used: number): MemoryLimit {
  return { budget: Infinity, used, peak: used, refused: 0, lift: () => undefined };
}

function take(limit: MemoryLimit, bytes: number): boolean {
  if (limit.used + bytes > limit.budget) {
    limit.refused++;
    return false;
  }
  limit.used += bytes;
  limit.peak = Math.max(limit.peak, limit.used);
  return true;
}

/** As Dawn does: a buffer without memory is one that every use of is refused, and an error of the innermost scope for it. */
function limitGpu(device: GPUDevice): MemoryLimit {
  const pool = engine().backend as unknown as { pool: { numBytesAllocated: number } };
  const limit = newLimit(pool.pool.numBytesAllocated);
  const scopes: { filter: GPUErrorFilter; error: GPUError | null }[] = [];
  const own = {
    createBuffer: device.createBuffer.bind(device),
    push: device.pushErrorScope.bind(device),
    pop: device.popErrorScope.bind(device),
  };
  const createBuffer = (descriptor: GPUBufferDescriptor): GPUBuffer => {
    const { size } = descriptor;
    if (!take(limit, size)) {
      const error = new GPUOutOfMemoryError(`no room for ${size} bytes`);
      const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
      if (scope) scope.error ??= error;
      else device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
      // These usages exclude each other: the buffer is no good.
      return own.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE });
    }
    const buffer = own.createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      limit.used -= size;
      destroy();
    };
    return buffer;
  };
  Object.assign(device, {
    createBuffer,
    pushErrorScope: (filter: GPUErrorFilter) => {
      scopes.push({ filter, error: null });
      own.push(filter);
    },
    popErrorScope: async () => {
      const scope = scopes.pop();
      const error = await own.pop();
      return scope?.error ?? error;
    },
  });
  limit.lift = () => {
    for (const name of ['createBuffer', 'pushErrorScope', 'popErrorScope']) Reflect.deleteProperty(device, name);
  };
  return limit;
}

interface WasmOwner {
  wasm: { _malloc: (bytes: number) => number; _free: (address: number) => void };
}

function limitWasm({ wasm }: WasmOwner): MemoryLimit {
  const limit = newLimit(0);
  const { _malloc: allocate, _free: free } = wasm;
  const sizes = new Map<number, number>();
  const limitedAllocate = (bytes: number): number => {
    if (!take(limit, bytes)) throw new RungError('out-of-memory', `no room for ${bytes} bytes`);
    const address = allocate(bytes);
    sizes.set(address >>> 0, bytes);
    return address;
  };
  const limitedFree = (address: number): void => {
    limit.used -= sizes.get(address >>> 0) ?? 0;
    sizes.delete(address >>> 0);
    free(address);
  };
  Object.assign(wasm, { _malloc: limitedAllocate, _free: limitedFree });
  limit.lift = () => Object.assign(wasm, { _malloc: allocate, _free: free });
  return limit;
}
