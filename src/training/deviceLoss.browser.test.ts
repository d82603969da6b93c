/** A graphics device that is lost or fails while in use, and what works again after `startBackend`. */
import { memory } from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { onDeviceFailure, startBackend } from '../kernels/backend.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import type { RungError } from '../shared/errors.ts';
import { expectClose } from '../testing/close.ts';
import { learnableExamples } from '../testing/examples.ts';
import { createPredictor, createTrainer, type Trainer, type TrainerOptions } from './trainer.ts';

const config = parseModelConfig({
  model_type: 'distilbert',
  vocab_size: 60,
  max_position_embeddings: 20,
  n_layers: 1,
  n_heads: 2,
  dim: 16,
  hidden_dim: 32,
  id2label: { 0: 'a', 1: 'b', 2: 'c' },
});
const weights = initialParameters(config, 3);
const train = learnableExamples(200, 3, 40, 1);
const validation = learnableExamples(40, 3, 40, 2);
const never = new AbortController().signal;
const options: TrainerOptions = {
  epochs: 2,
  batchSize: 32,
  learningRate: 1e-2,
  schedule: 'linear',
  warmup: 0.1,
  weightDecay: 0.01,
  dropout: 0.1,
  posWeight: null,
  maxGradientNorm: 1,
  seed: 7,
};

/** The devices that were handed out; their loss looks like one by the driver, where `destroy` alone would be one on purpose. */
const devices: GPUDevice[] = [];
const requestAdapter = navigator.gpu.requestAdapter.bind(navigator.gpu);
vi.spyOn(navigator.gpu, 'requestAdapter').mockImplementation(async (wanted) => {
  const adapter = await requestAdapter(wanted);
  if (!adapter) return null;
  const requestDevice = adapter.requestDevice.bind(adapter);
  return Object.assign(adapter, {
    requestDevice: async (given?: GPUDeviceDescriptor) => watched(await requestDevice(given)),
  });
});

function watched(device: GPUDevice): GPUDevice {
  const lost = device.lost.then(() => ({ reason: 'unknown', message: 'driver reset' }));
  Object.defineProperty(device, 'lost', { value: lost });
  devices.push(device);
  return device;
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (thrown: unknown) => thrown,
  );

async function runThrough(trainer: Trainer, gate?: () => Promise<void>): Promise<number[]> {
  const losses: number[] = [];
  for await (const event of trainer.run(train, validation, never, gate))
    if (event.type === 'epoch') losses.push(event.validationLoss);
  return losses;
}

describe('a graphics device that is lost', () => {
  beforeEach(async () => {
    await startBackend('webgpu', location.href);
  });

  // With WebAssembly running beside it, tfjs would quietly go on there.
  it.each([false, true])('ends what runs on it; then all works anew (WebAssembly started too: %s)', async (both) => {
    if (both) {
      await startBackend('wasm', location.href);
      await startBackend('webgpu', location.href);
    }
    const heard: string[] = [];
    const remove = onDeviceFailure(({ code }) => heard.push(code));
    const before = memory().numTensors;
    const predictor = createPredictor(config, weights);
    const logits = await predictor.logits(validation);
    const sound = createTrainer(config, weights, options);
    const losses = await runThrough(sound);
    sound.dispose();

    const trainer = createTrainer(config, weights, options);
    let steps = 0;
    const gate = async (): Promise<void> => {
      if (++steps === 4) devices.at(-1)!.destroy();
    };
    const lost = { code: 'device-lost', message: expect.stringContaining('driver reset') };
    expect(await failureOf(runThrough(trainer, gate))).toMatchObject(lost);
    expect(steps).toBeLessThan(14);
    expect(await failureOf(trainer.parameters())).toMatchObject(lost);
    expect(await failureOf(predictor.logits(validation))).toMatchObject(lost);
    expect(heard).toEqual(['device-lost']);

    const count = devices.length;
    expect((await startBackend('webgpu', location.href)).backend).toBe('webgpu');
    expect(devices.length).toBe(count + 1);
    const [again, predictorAgain] = [createTrainer(config, weights, options), createPredictor(config, weights)];
    // Old ones may be disposed of after the new ones are made.
    trainer.dispose();
    predictor.dispose();
    expect(await runThrough(again)).toEqual(losses);
    expectClose(await predictorAgain.logits(validation), logits, 0, 'logits');
    again.dispose();
    predictorAgain.dispose();
    expect(memory().numTensors).toBe(before);
    expect(heard).toEqual(['device-lost']);
    remove();
  });

  it('fails a prediction that is under way', async () => {
    const predictor = createPredictor(config, weights);
    const many = learnableExamples(2000, 3, 40, 5);
    let batches = 0;
    const onProgress = (): void => {
      if (++batches === 2) devices.at(-1)!.destroy();
    };
    expect(await failureOf(predictor.logits(many, onProgress))).toMatchObject({ code: 'device-lost' });
    predictor.dispose();
  });

  it('out of memory fails what was made before, not what is made after', async () => {
    const predictor = createPredictor(config, weights);
    await predictor.logits(validation);
    const heard: RungError[] = [];
    const remove = onDeviceFailure((error) => heard.push(error));
    const error = new GPUOutOfMemoryError('no room');
    devices.at(-1)!.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
    expect(heard).toMatchObject([{ code: 'out-of-memory', message: expect.stringContaining('no room') }]);
    expect(await failureOf(predictor.logits(validation))).toBe(heard[0]);
    predictor.dispose();
    await startBackend('webgpu', location.href);
    const again = createPredictor(config, weights);
    expect((await again.logits(validation)).length).toBe(120);
    again.dispose();
    remove();
  });
});
