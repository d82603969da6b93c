/**
 * Chooses the device and starts tfjs on it: WebGPU on a real graphics card, else WASM. A software WebGPU adapter is slower than WASM and
 * is used only when asked for.
 */
import { findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { RungError } from '../shared/errors.ts';
import type { Backend, DeviceReport } from '../shared/training.ts';
import { registerStockKernels } from './stockKernels.ts';
import { createWasmBackend, wasmFeatures } from './wasmModule.ts';
import { PooledWebGpuBackend } from './webgpuBackend.ts';
import { setSoftwareAdapter } from './webgpuProgram.ts';

/** Backends that run; each is started once. */
const running = new Map<Backend, DeviceReport>();
/** The device of the WebGPU backend. */
let current: GPUDevice | null = null;
const failureListeners = new Set<(error: RungError) => void>();

/**
 * Called when the GPU is taken away (`device-lost`: driver reset, sleep; every tensor is gone then, `startBackend` starts anew), has no
 * memory left (`out-of-memory`) or refuses a command (`internal`). WebGPU reports these beside the calls. Trainers and predictors made
 * before go on failing with this error: dispose of them, call `startBackend` and make new ones. Returns the remover.
 */
export function onDeviceFailure(listener: (error: RungError) => void): () => void {
  failureListeners.add(listener);
  return () => failureListeners.delete(listener);
}

function fail(error: RungError): void {
  for (const listener of failureListeners) listener(error);
}

/**
 * Starts the best backend there is, or the one that is forced, and makes it the current one. One that runs already is kept, with its
 * tensors; dispose of models on the other backend before switching.
 * @param wasmBaseUrl what relative addresses of the .wasm files are resolved against; a worker passes its own address.
 * @throws RungError `device-unavailable`.
 */
export async function startBackend(force: Backend | null, wasmBaseUrl: string): Promise<DeviceReport> {
  registerStockKernels();
  const webgpu = force === 'wasm' ? null : await startWebGpu(force === 'webgpu');
  const report = webgpu && !('reason' in webgpu) ? webgpu : await startWasm(webgpu?.reason ?? null, wasmBaseUrl);
  if (!(await setBackend(report.backend))) {
    const message = `Starting the ${report.backend} engine failed.`;
    throw new RungError('device-unavailable', message, 'Reload the page or choose another device.');
  }
  setSoftwareAdapter(report.software);
  running.set(report.backend, report);
  return report;
}

/** Why WebGPU is not used, as the start of a sentence. */
interface Refusal {
  reason: string;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

async function startWebGpu(forced: boolean): Promise<DeviceReport | Refusal> {
  const refuse = (reason: string): Refusal => {
    if (!forced) return { reason };
    const hint = 'Choose the automatic device, or use a recent Chrome or Edge with hardware acceleration switched on.';
    throw new RungError('device-unavailable', `Starting WebGPU failed: ${reason}.`, hint);
  };
  const before = running.get('webgpu');
  if (before && (forced || !before.software)) return before;
  const gpu: GPU | undefined = navigator.gpu;
  if (!gpu) return refuse('this browser has no WebGPU');
  const adapter = await adapterOf(gpu, forced || current !== null ? 5 : 1);
  if (!adapter) return refuse('the browser offers no graphics adapter');
  const { info } = adapter;
  const names = [info.vendor, info.architecture, info.device, info.description].filter((part) => part !== '');
  const software = info.isFallbackAdapter || names.some((name) => softwareNames.test(name));
  if (software && !forced) return refuse('the only graphics adapter is a software one, slower than WebAssembly');
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      requiredLimits: wantedLimits(adapter.limits),
      // Matrix products on a software adapter exchange values between lanes.
      requiredFeatures: software && adapter.features.has('subgroups') ? ['subgroups'] : [],
    });
  } catch (thrown) {
    return refuse(
      `the graphics adapter gives no device (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
  const name = info.description || [...new Set(names)].join(' ') || 'Unnamed graphics adapter';
  const backend = new PooledWebGpuBackend(device, info);
  register('webgpu', () => backend);
  current = device;
  watch(backend, name);
  const explanation = software
    ? `Computes with WebGPU on a software adapter (${name}): correct, but slow. Meant for tests.`
    : `Computes on your graphics card (${name}) with WebGPU. Nothing leaves this machine.`;
  return { backend: 'webgpu', name, software, threads: 0, explanation };
}

/** The faster adapter. One that is known to exist may be away for a moment: a browser whose GPU process died starts another. */
async function adapterOf(gpu: GPU, attempts: number): Promise<GPUAdapter | null> {
  for (let left = attempts; left > 0; left--) {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
    if (adapter || left === 1) return adapter;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return null;
}

/** The largest buffers and workgroups that the adapter has, and the most buffers: defaults would cap a table of embeddings at 128 MB. */
function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
  };
}

function watch({ device, pool }: PooledWebGpuBackend, name: string): void {
  device.addEventListener('uncapturederror', ({ error }) => {
    const outOfMemory = error instanceof GPUOutOfMemoryError;
    if (outOfMemory) pool.retireAll();
    const hint = outOfMemory ? 'Choose a smaller batch, or close other pages that use the graphics card.' : '';
    const message = `The graphics device (${name}) refused a command: ${error.message}`;
    fail(new RungError(outOfMemory ? 'out-of-memory' : 'internal', message, hint));
  });
  void device.lost.then((info) => {
    // Destroyed on purpose, or replaced by another meanwhile.
    if (info.reason === 'destroyed' || device !== current) return;
    running.delete('webgpu');
    removeBackend('webgpu');
    const message = `The graphics device (${name}) was lost while in use: ${info.message || 'the browser gives no reason'}.`;
    const hint =
      'Start again: finished epochs are kept. If it happens often, choose a smaller batch or the WebAssembly device.';
    fail(new RungError('device-lost', message, hint));
  });
}

async function startWasm(refusal: string | null, baseUrl: string): Promise<DeviceReport> {
  const features = wasmFeatures();
  const { simd } = features;
  let threads = running.get('wasm')?.threads;
  if (threads === undefined) {
    const backend = await createWasmBackend(features, baseUrl);
    register('wasm', () => backend);
    // What it really computes with, which is not always what was asked for.
    threads = backend.wasm.tfjs.getThreadsCount();
  }
  const name = `${threads} ${threads === 1 ? 'thread' : 'threads'}${simd ? ', SIMD' : ''}`;
  const why = refusal ? `No graphics card is used: ${refusal}. ` : '';
  const single = 'The page is not cross-origin isolated, so only one thread can be used. ';
  const slow = !globalThis.crossOriginIsolated ? single : '';
  const explanation = `${why}Computes on the processor with WebAssembly (${name}). ${slow}Training takes longer than on a graphics card.`;
  return { backend: 'wasm', name, software: false, threads, explanation };
}

function register(
  name: Backend,
  create: () => PooledWebGpuBackend | Awaited<ReturnType<typeof createWasmBackend>>,
): void {
  if (findBackendFactory(name)) removeBackend(name);
  registerBackend(name, create);
}
