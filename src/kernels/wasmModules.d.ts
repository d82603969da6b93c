declare module '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js' {
  /** Script of a thread of the threaded module. */
  export const wasmWorkerContents: string;
}
