/** A thousand steps of varying length leave nothing behind, on the backend or on the device. */
import { engine, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import type { Backend } from '../shared/training.ts';
import { learnableExamples } from '../testing/examples.ts';
import { createTrainer } from './trainer.ts';

const config = parseModelConfig({
  model_type: 'distilbert',
  vocab_size: 40,
  max_position_embeddings: 40,
  n_layers: 1,
  n_heads: 1,
  dim: 8,
  hidden_dim: 16,
  id2label: { 0: 'a', 1: 'b' },
});
// 3 to 38 tokens a title and 4 titles a step: 32 to 160 slots.
const train = learnableExamples(400, 2, 40, 1, 38);
const validation = learnableExamples(20, 2, 40, 2, 38);
const epochs = 10;

/** Buffers created and not destroyed, and how many were created, on the device of the WebGPU backend from now on. */
interface DeviceBuffers {
  alive: number;
  created: number;
}

function watchBuffers(backend: Backend): DeviceBuffers {
  const counts = { alive: 0, created: 0 };
  if (backend === 'wasm') return counts;
  const { device } = engine().backend as unknown as { device: GPUDevice };
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    counts.alive++;
    counts.created++;
    buffer.destroy = () => {
      counts.alive--;
      destroy();
    };
    return buffer;
  };
  onTestFinished(() => {
    device.createBuffer = create;
  });
  return counts;
}

interface Held extends DeviceBuffers {
  tensors: number;
  tensorBytes: number;
  dataIds: number;
}

describe.each(['wasm', 'webgpu'] as const)('memory on %s', (backend) => {
  it('is the same after every epoch of 1,000 steps, and as before in the end', async () => {
    await startBackend(backend, location.href);
    const before = memory();
    const buffers = watchBuffers(backend);
    const heap = (): number => (backend === 'wasm' ? heapBytes() : 0);
    const trainer = createTrainer(config, initialParameters(config, 1), {
      epochs,
      batchSize: 4,
      learningRate: 1e-3,
      schedule: 'linear',
      warmup: 0.1,
      weightDecay: 0.01,
      dropout: 0.1,
      posWeight: null,
      maxGradientNorm: 1,
      seed: 3,
    });
    const held: (Held & { heap: number })[] = [];
    let steps = 0;
    for await (const event of trainer.run(train, validation, new AbortController().signal)) {
      if (event.type !== 'epoch') continue;
      const { numTensors: tensors, numBytes: tensorBytes } = memory();
      held.push({ tensors, tensorBytes, dataIds: engine().backend.numDataIds(), ...buffers, heap: heap() });
      steps = event.step;
    }
    expect(steps).toBe(1000);
    // The first epochs meet the longest batches: after them nothing is made anew.
    const settled = held.slice(2);
    expect(settled).toEqual(settled.map(() => settled[0]));
    const tensorsOnly = held.map(({ tensors, tensorBytes, dataIds }) => ({ tensors, tensorBytes, dataIds }));
    expect(tensorsOnly).toEqual(tensorsOnly.map(() => tensorsOnly[0]));
    trainer.dispose();
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
  });
});

function heapBytes(): number {
  return (engine().backend as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
}
