/**
 * Kernels of our own in WebAssembly, beside tfjs's module and on its memory. They are written at the start (see wasmCode.ts), for what the
 * engine at hand can do; where it has no SIMD there are none, and loops in JavaScript or tfjs's kernels do the work.
 */
import { WasmCode } from './wasmCode.ts';
import { defineProducts } from './wasmProducts.ts';
import { defineUpdate } from './wasmUpdate.ts';

type Run = (...values: number[]) => void;

export interface WasmKernels {
  NT: Run;
  NN: Run;
  TN: Run;
  adamW: Run;
}

let kernels: WasmKernels | null = null;
let alone = true;

/** The bytes of their module. */
export function writtenKernels(relaxed: boolean, shared: boolean): Uint8Array<ArrayBuffer> {
  const code = new WasmCode();
  defineProducts(code, relaxed);
  defineUpdate(code);
  return code.bytes(shared);
}

/** Starts them on tfjs's memory, once that is there. `threads` is what tfjs computes with. */
export async function startWasmKernels(memory: WebAssembly.Memory, threads: number): Promise<void> {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const bytes = [writtenKernels(true, shared), writtenKernels(false, shared)].find((code) =>
    WebAssembly.validate(code),
  );
  if (!bytes) return;
  const { instance } = await WebAssembly.instantiate(bytes, { host: { memory } });
  kernels = instance.exports as unknown as WasmKernels;
  alone = threads === 1;
}

/** Null where the engine has no SIMD, and before the start. */
export function wasmKernels(): WasmKernels | null {
  return kernels;
}

/** Whether tfjs has no other threads, which its products would use and these do not. */
export function isAlone(): boolean {
  return alone;
}
