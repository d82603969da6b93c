/** Measures training steps on one backend. */
import { memory } from '@tensorflow/tfjs-core';
import { startBackend } from '../src/kernels/backend.ts';
import type { Backend, DeviceReport } from '../src/shared/training.ts';
import { learnableExamples } from '../src/testing/examples.ts';
import { randomTrainer } from './randomTrainer.ts';

export interface BenchRequest {
  backend: Backend;
  /** Sizes of the model; names as in config.json. */
  model: Record<string, number>;
  batchSize: number;
  /** Training titles an epoch. */
  titles: number;
  epochs: number;
}

export interface BenchResult {
  device: DeviceReport;
  /** Of each epoch, the evaluation left out. */
  titlesPerSecond: number[];
  secondsAStep: number[];
  losses: number[];
  tensors: number;
}

self.addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  measure(data).then(
    (result) => self.postMessage(result, { transfer: [] }),
    (thrown: unknown) => self.postMessage(String(thrown instanceof Error ? thrown.stack : thrown), { transfer: [] }),
  );
});

async function measure(request: BenchRequest): Promise<BenchResult> {
  const device = await startBackend(request.backend, self.location.href);
  const train = learnableExamples(request.titles, 6, 1500, 1, 12);
  const validation = learnableExamples(Math.max(1, Math.round(request.titles / 8)), 6, 1500, 2, 12);
  const trainer = randomTrainer(request.model, request.epochs, request.batchSize);
  const result: BenchResult = { device, titlesPerSecond: [], secondsAStep: [], losses: [], tensors: 0 };
  console.log('mark epoch 1');
  for await (const event of trainer.run(train, validation, new AbortController().signal)) {
    if (event.type !== 'epoch') continue;
    console.log(`mark epoch ${event.epoch + 1}`);
    result.titlesPerSecond.push(event.titlesPerSecond);
    result.secondsAStep.push(request.titles / event.titlesPerSecond / (event.step / event.epoch));
    result.losses.push(event.trainLoss);
  }
  console.log('mark');
  result.tensors = memory().numTensors;
  trainer.dispose();
  return result;
}
