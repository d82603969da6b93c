import { engine, getBackend, memory, tensor1d, tidy, type KernelBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { startBackend } from './backend.ts';
import { allocate } from './wasmHeap.ts';

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
}

// The tests' Chromium has a software WebGPU adapter and is cross-origin isolated.
describe('choosing a device', () => {
  it('prefers WebAssembly to a software graphics adapter, and says why', async () => {
    const report = await startBackend(null, location.href);
    expect(report).toMatchObject({ backend: 'wasm', software: false });
    expect(report.explanation).toMatch(/No graphics card is used: .*software.*WebAssembly/);
    expect(getBackend()).toBe('wasm');
  });

  it('computes with as many threads as it says', async () => {
    const processors = navigator.hardwareConcurrency;
    const report = await startBackend('wasm', location.href);
    expect(report.threads).toBe(
      Math.max(1, processors <= 4 ? processors - 1 : Math.max(3, Math.min(8, Math.ceil(processors / 2)))),
    );
    expect(report.name).toBe(`${report.threads} ${report.threads === 1 ? 'thread' : 'threads'}, SIMD`);
    expect(navigator.hardwareConcurrency).toBe(processors);
  });

  it('refuses what does not fit into the WebAssembly heap, uploads too, and keeps what is there', async () => {
    await startBackend('wasm', location.href);
    const held = tensor1d([1, 2, 3]);
    const before = memory();
    const backend: KernelBackend = engine().backend;
    const dataIds = backend.numDataIds();
    // 4 GiB less 4 bytes, and more than 32 bits can say.
    for (const size of [2 ** 30 - 1, 2 ** 30 + 4]) {
      // `write` is how tensor() uploads.
      const failures = [
        caught(() => backend.write(new Float32Array(0), [size], 'float32')),
        caught(() => tidy(() => allocate([size]))),
      ];
      for (const failure of failures) {
        expect(failure).toBeInstanceOf(RungError);
        expect(failure).toMatchObject({ code: 'out-of-memory', hint: expect.stringContaining('smaller batch') });
      }
    }
    expect(memory()).toEqual(before);
    expect(backend.numDataIds()).toBe(dataIds);
    expect([...(await held.data())]).toEqual([1, 2, 3]);
    held.dispose();
  });

  it('uses the software adapter when that is forced', async () => {
    const report = await startBackend('webgpu', location.href);
    expect(report).toMatchObject({ backend: 'webgpu', software: true, threads: 0 });
    expect(report.explanation).toContain('software');
    expect(getBackend()).toBe('webgpu');
  });

  it('keeps a backend that runs, with its tensors', async () => {
    await startBackend('webgpu', location.href);
    const held = tensor1d([1, 2, 3]);
    await startBackend('webgpu', location.href);
    expect((await startBackend(null, location.href)).backend).toBe('wasm');
    await startBackend('webgpu', location.href);
    expect([...(await held.data())]).toEqual([1, 2, 3]);
    held.dispose();
  });
});
