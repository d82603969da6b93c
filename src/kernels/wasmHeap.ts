/**
 * The adapter to tfjs's WASM backend: tensors as views of its heap, so that plain loops run on them in place. A view is good until the
 * next allocation (the heap may grow and move): allocate every output first, then take the views.
 */
import { engine, type DataType, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** What is used of `BackendWasm`; it declares these private. */
interface WasmBackend {
  wasm: { HEAPU8: Uint8Array<ArrayBuffer>; tfjs: WasmRegistry };
  dataIdMap: { get(dataId: object): { id: number; memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
}

interface WasmRegistry {
  registerTensor(id: number, size: number, memoryOffset: number): void;
  disposeData(id: number): void;
}

function wasmBackend(): WasmBackend {
  return engine().backend as unknown as WasmBackend;
}

/** An uninitialised float32 tensor on the heap; the caller's tidy disposes of it. @throws RungError `out-of-memory`. */
export function allocate(shape: number[]): Tensor {
  return engine().makeTensorFromTensorInfo(wasmBackend().makeOutput(shape, 'float32'));
}

/** Where its values begin. */
export function addressOf(tensor: Tensor): number {
  return wasmBackend().dataIdMap.get(tensor.dataId).memoryOffset;
}

export function floats(tensor: Tensor): Float32Array<ArrayBuffer> {
  const { wasm, dataIdMap } = wasmBackend();
  return new Float32Array(wasm.HEAPU8.buffer, dataIdMap.get(tensor.dataId).memoryOffset, tensor.size);
}

export function integers(tensor: Tensor): Int32Array<ArrayBuffer> {
  const { wasm, dataIdMap } = wasmBackend();
  return new Int32Array(wasm.HEAPU8.buffer, dataIdMap.get(tensor.dataId).memoryOffset, tensor.size);
}

/** To be called after a tensor was written in place: XNNPACK keeps packed copies of matrices by tensor id and must forget this one. */
export function forgetPacked(tensor: Tensor): void {
  const { wasm, dataIdMap } = wasmBackend();
  const { id, memoryOffset } = dataIdMap.get(tensor.dataId);
  wasm.tfjs.disposeData(id);
  wasm.tfjs.registerTensor(id, tensor.size, memoryOffset);
}
