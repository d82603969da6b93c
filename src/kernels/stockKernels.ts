/**
 * The few stock kernels that are used beside our own, registered one by one: the complete sets weigh 300 kB. Tests that need the rest
 * (the composed ops) import the backends' full packages.
 */
import { engine, getKernel, registerKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { addConfig as addWasm } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Add';
import { concatConfig as concatWasm } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Concat';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul';
import { reshapeConfig as reshapeWasm } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape';
import { transposeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Transpose';
import { addConfig as addWebGpu } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Add';
import { concatConfig as concatWebGpu } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Concat';
import { identityConfig as identityWebGpu } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Identity';
import { reshapeConfig as reshapeWebGpu } from '@tensorflow/tfjs-backend-webgpu/dist/kernels/Reshape';
import { allocate, floats, integers } from './wasmHeap.ts';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The WASM backend lacks it; the gradient of tfjs's own gather needs it. Rows of x [N, ...] are added up by segment id. */
const unsortedSegmentSum: KernelConfig = {
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs }): TensorInfo => {
    const x = inputs.x as Tensor;
    const segments = Number(attrs?.numSegments);
    const result = allocate([segments, ...x.shape.slice(1)]);
    const to = floats(result).fill(0);
    const from = floats(x);
    const width = x.size / x.shape[0];
    for (const [row, segment] of integers(inputs.segmentIds as Tensor).entries()) {
      // As on the other backends, ids out of range are left out.
      if (segment < 0 || segment >= segments) continue;
      for (let i = 0; i < width; i++) to[segment * width + i] += from[row * width + i];
    }
    return result;
  },
};

/** A clone that shares the data, as on WebGPU. The WASM backend's own one copies: every tensor saved for a gradient would be there twice. */
const identityWasm: KernelConfig = {
  kernelName: 'Identity',
  backendName: 'wasm',
  kernelFunc: ({ inputs: { x } }): TensorInfo => {
    const { dataId, shape, dtype } = x as Tensor;
    engine().backend.incRef(dataId);
    return { dataId, shape, dtype };
  },
};

/** Registers each kernel once; does nothing for those that are there already. */
export function registerStockKernels(): void {
  const wasm = [
    addWasm,
    concatWasm,
    _fusedMatMulConfig,
    identityWasm,
    reshapeWasm,
    transposeConfig,
    unsortedSegmentSum,
  ];
  const webgpu = [addWebGpu, concatWebGpu, identityWebGpu, reshapeWebGpu];
  for (const config of [...wasm, ...webgpu]) {
    if (!getKernel(config.kernelName, config.backendName)) registerKernel(config);
  }
}
