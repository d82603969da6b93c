/** Times each hand-written kernel, forward and backward, and the stock tfjs ops that it stands for, on one backend. */
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { engine, memory, tidy, valueAndGrads, type Tensor } from '@tensorflow/tfjs-core';
import { startBackend } from '../src/kernels/backend.ts';
import type { Backend, DeviceReport } from '../src/shared/training.ts';
import { kernelCases, type KernelCase, type Op } from './kernelCases.ts';

export interface KernelRequest {
  backend: Backend;
  hidden: number;
  /** Titles of 8 tokens, the mean of JobLevelData. */
  titles: number;
  /** The fastest of so many counts. */
  times: number;
  /** Part of a name: no other is measured. */
  only: string;
}

/** Milliseconds, and on WebGPU dispatches and bytes bound to them: what they read and write, each buffer once a dispatch. */
export interface Cost {
  ms: number;
  dispatches: number;
  bytes: number;
}

export interface KernelResult {
  device: DeviceReport;
  rows: { name: string; own: Cost; composed: Cost | null }[];
}

self.addEventListener('message', ({ data }: MessageEvent<KernelRequest>) => {
  measure(data).then(
    (result) => self.postMessage(result, { transfer: [] }),
    (thrown: unknown) => self.postMessage(String(thrown instanceof Error ? thrown.stack : thrown), { transfer: [] }),
  );
});

async function measure({ backend, hidden, titles, times, only }: KernelRequest): Promise<KernelResult> {
  const device = await startBackend(backend, self.location.href);
  const traffic =
    backend === 'webgpu' ? new Traffic((engine().backend as unknown as { device: GPUDevice }).device) : null;
  const rows: KernelResult['rows'] = [];
  for (const one of kernelCases(hidden, titles)) {
    if (only && !one.name.includes(only)) continue;
    const own = await costOf(one, one.op, times, traffic);
    const composed = one.composed && (await costOf(one, one.composed, Math.min(times, 3), traffic));
    console.log(`  ${one.name}: ${own.ms.toFixed(1)} ms, composed ${composed?.ms.toFixed(1) ?? '-'} ms`);
    rows.push({ name: one.name, own, composed });
    one.dispose();
  }
  console.log(`  ${memory().numTensors} tensors are left`);
  return { device, rows };
}

/** Forward and, where the case has a dy, backward. */
async function costOf({ inputs, dy }: KernelCase, op: Op, times: number, traffic: Traffic | null): Promise<Cost> {
  const work = (): Tensor =>
    dy ? valueAndGrads((...values: Tensor[]) => op(...values))(inputs, dy).grads[0] : op(...inputs);
  let best: Cost = { ms: Infinity, dispatches: 0, bytes: 0 };
  // Once more than counts: the first compiles.
  for (let i = 0; i <= times; i++) {
    traffic?.reset();
    const from = performance.now();
    const last = tidy(work);
    await last.data();
    const ms = performance.now() - from;
    last.dispose();
    if (i > 0 && ms < best.ms) best = { ms, dispatches: traffic?.dispatches ?? 0, bytes: traffic?.bytes ?? 0 };
  }
  return best;
}

/** Counts the bind groups made, one a dispatch in both engines, and the bytes of storage in them. */
class Traffic {
  dispatches = 0;
  bytes = 0;

  constructor(device: GPUDevice) {
    const create = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      this.dispatches++;
      for (const { resource } of descriptor.entries) {
        if (!('buffer' in resource)) continue;
        const { buffer, size } = resource;
        if (buffer.usage & GPUBufferUsage.STORAGE) this.bytes += size ?? buffer.size;
      }
      return create(descriptor);
    };
  }

  reset(): void {
    this.dispatches = 0;
    this.bytes = 0;
  }
}
