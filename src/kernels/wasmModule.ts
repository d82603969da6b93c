/**
 * Starts tfjs's WASM module. tfjs's own starter fails in a bundled, protected page: it sends its threads the module's source as
 * `factory.toString()` in a blob, which a minifier has bound to names outside the function, and which a content security policy forbids
 * a worker to import. Here the threads import the module's file from the page's own origin.
 */
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm';
import type { BackendWasmModule } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm';
import createThreadedModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import { wasmWorkerContents } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';
import createPlainModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import threadedScriptUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { RungError } from '../shared/errors.ts';
import { startWasmKernels } from './wasmKernels.ts';

/** (module (func (drop (i8x16.popcnt (i8x16.splat (i32.const 0)))))): valid only where SIMD is. */
const simdProbe = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

export interface WasmFeatures {
  simd: boolean;
  /** 1 without shared memory, which only a cross-origin isolated page has. */
  threads: number;
}

/** The module has eight thread workers ready. */
const threadLimit = 8;

/** Above four, logical processors are mostly pairs that share one core's arithmetic. */
function threadsFor(logicalProcessors: number): number {
  // One is left to the page: with both of two taken an epoch took 36 s and the page stalled for 880 ms, with one 19 s and 290 ms.
  const useful = logicalProcessors <= 4 ? logicalProcessors - 1 : Math.max(3, Math.ceil(logicalProcessors / 2));
  return Math.max(1, Math.min(threadLimit, useful));
}

export function wasmFeatures(): WasmFeatures {
  const simd = WebAssembly.validate(simdProbe);
  const isolated = typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated;
  const threads = simd && isolated ? threadsFor(navigator.hardwareConcurrency) : 1;
  return { simd, threads };
}

/**
 * @param baseUrl what relative addresses of the .wasm files are resolved against.
 * @throws RungError `device-unavailable` when the module cannot be fetched or compiled.
 */
export async function createWasmBackend({ simd, threads }: WasmFeatures, baseUrl: string): Promise<BackendWasm> {
  const threaded = threads > 1;
  const wasmUrl = new URL(threaded ? threadedUrl : simd ? simdUrl : plainUrl, baseUrl).href;
  const threadUrl = threaded ? URL.createObjectURL(threadScript()) : '';
  let abort: (reason: Error) => void;
  const aborted = new Promise<never>((_, reject) => {
    abort = reject;
  });
  const settings = {
    locateFile: (path: string) => (path.endsWith('.wasm') ? wasmUrl : threadUrl),
    mainScriptUrlOrBlob: new URL(threadedScriptUrl, baseUrl).href,
    onAbort: (reason: string) => abort(new Error(reason)),
  };
  try {
    const create = (): Promise<BackendWasmModule> => (threaded ? createThreadedModule : createPlainModule)(settings);
    const module = await Promise.race([withProcessors(2 * threads, create), aborted]);
    bindRegistry(module as unknown as EmscriptenModule);
    refuseFullHeap(module as unknown as EmscriptenModule);
    setThreadsCount(threads);
    const backend = new BackendWasm(module);
    if (simd) await startWasmKernels(memoryOf(module), backend.wasm.tfjs.getThreadsCount());
    return backend;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `Starting the WebAssembly engine from ${wasmUrl} failed: ${reason}`;
    throw new RungError('device-unavailable', message, 'Reload the page; if it stays, try another browser.', {
      cause: thrown,
    });
  }
}

/**
 * tfjs caps its threads at half of `navigator.hardwareConcurrency`, read while the module starts: one thread on two processors. It is
 * shown this number instead for that long.
 */
async function withProcessors<T>(count: number, start: () => Promise<T>): Promise<T> {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: count, configurable: true });
  try {
    return await start();
  } finally {
    Reflect.deleteProperty(navigator, 'hardwareConcurrency');
  }
}

function threadScript(): Blob {
  // In the packaged text the escapes \n have become line breaks inside string literals.
  return new Blob([wasmWorkerContents.replaceAll('\n', String.raw`\n`)], { type: 'text/javascript' });
}

interface EmscriptenModule {
  cwrap(name: string, returnType: string | null, argumentTypes: string[]): (...args: number[]) => number;
  tfjs: Record<string, (...args: number[]) => number>;
  _malloc: (bytes: number) => number;
  _free: (address: number) => void;
}

/** A module with threads gets its memory from outside, one without has its own. */
function memoryOf(module: BackendWasmModule): WebAssembly.Memory {
  const { wasmMemory, asm } = module as unknown as {
    wasmMemory?: WebAssembly.Memory;
    asm: { memory?: WebAssembly.Memory };
  };
  const memory = wasmMemory ?? asm.memory;
  if (!memory) throw new Error('the module shows no memory');
  return memory;
}

/** Addresses have 32 bits. */
const heapLimit = 2 ** 32;

/** A full heap gives address 0, and tfjs would write the tensor over the beginning of the heap: throws `out-of-memory` instead. */
function refuseFullHeap(module: EmscriptenModule): void {
  const { _malloc: firstAllocate, _free: free } = module;
  // The module's own stub puts the real function in its place when it is called first.
  free(firstAllocate(1));
  const { _malloc: allocate } = module;
  const refusing = (bytes: number): number => {
    const address = bytes < heapLimit ? allocate(bytes) : 0;
    if (address !== 0) return address;
    const message = `The WebAssembly memory is full: no room for another ${(bytes / 2 ** 20).toFixed(1)} MiB.`;
    throw new RungError('out-of-memory', message, 'Choose a smaller batch, fewer tokens a title or a smaller model.');
  };
  Object.assign(module, { _malloc: refusing });
}

/** The functions that `BackendWasm` expects under `tfjs`. */
function bindRegistry(module: EmscriptenModule): void {
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
}
