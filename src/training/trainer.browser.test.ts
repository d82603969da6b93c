import { engine, memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { initialParameters, parseModelConfig, wordTable } from '../models/model.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { expectClose } from '../testing/close.ts';
import { learnableExamples } from '../testing/examples.ts';
import {
  createPredictor,
  createTrainer,
  type EpochEvent,
  type LoopEvent,
  type Trainer,
  type TrainerOptions,
} from './trainer.ts';

const config = parseModelConfig({
  model_type: 'distilbert',
  vocab_size: 60,
  max_position_embeddings: 20,
  n_layers: 2,
  n_heads: 2,
  dim: 16,
  hidden_dim: 32,
  initializer_range: 0.1,
  id2label: { 0: 'a', 1: 'b', 2: 'c' },
});
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

interface Outcome {
  events: LoopEvent[];
  weights: NamedArrays;
  logits: Float32Array;
}

async function trainWith(change: Partial<TrainerOptions>, gate?: () => Promise<void>): Promise<Outcome> {
  const trainer = createTrainer(config, initialParameters(config, 3), { ...options, ...change });
  const events: LoopEvent[] = [];
  for await (const event of trainer.run(train, validation, never, gate)) events.push(event);
  const weights = await trainer.parameters();
  const logits = await trainer.logits(validation);
  trainer.dispose();
  return { events, weights, logits };
}

/** What training one epoch throws; null when it gets through. */
async function attempt(): Promise<unknown> {
  let trainer: Trainer | null = null;
  try {
    trainer = createTrainer(config, initialParameters(config, 3), { ...options, epochs: 1, batchSize: 200 });
    for await (const event of trainer.run(train, validation, never)) if (event.type === 'epoch') return null;
    return 'no epoch';
  } catch (thrown) {
    return thrown;
  } finally {
    trainer?.dispose();
  }
}

const epochsOf = (events: LoopEvent[]): EpochEvent[] => events.filter((event) => event.type === 'epoch');

describe.each(['wasm', 'webgpu'] as const)('training on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it('learns which token sets which label', async () => {
    // Dropout would leave it to luck in 16 dimensions.
    const { events, logits } = await trainWith({ epochs: 20, dropout: 0 });
    const epochs = epochsOf(events);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(epochs.at(-1)!.step).toBe(20 * 7);
    expect(epochs.at(-1)!.trainLoss).toBeLessThan(0.25 * epochs[0].trainLoss);
    const right = Array.from(logits).filter((logit, i) => logit > 0 === (validation.labels[i] === 1)).length;
    expect(right / logits.length).toBeGreaterThan(0.95);
    expect([...epochs.at(-1)!.validationLogits]).toEqual([...logits]);
    expect(epochs.at(-1)!.learningRate).toBeLessThan(epochs[2].learningRate);
  });

  it('repeats to the bit with the same seed, and not with another', async () => {
    const first = await trainWith({});
    const second = await trainWith({});
    const other = await trainWith({ seed: 8 });
    expect([...second.logits]).toEqual([...first.logits]);
    expect(epochsOf(second.events).map(({ trainLoss }) => trainLoss)).toEqual(
      epochsOf(first.events).map(({ trainLoss }) => trainLoss),
    );
    for (const [name, { data }] of first.weights) expectClose(second.weights.get(name)!.data, data, 0, name);
    expect([...other.logits]).not.toEqual([...first.logits]);
  });

  it('decays the rows that no title uses, by the product of 1 - rate x decay', async () => {
    const { weights } = await trainWith({ weightDecay: 0.5, schedule: 'constant', warmup: 0, learningRate: 1e-3 });
    const before = initialParameters(config, 3).get(wordTable(config))!.data;
    const unused = 55 * config.dim; // ids run to 39
    const factor = (1 - 0.5e-3) ** 14;
    const { data } = weights.get(wordTable(config))!;
    const rows = Array.from(before.subarray(unused), (value) => value * factor);
    expectClose(data.subarray(unused), rows, 1e-7, 'unused rows');
    expect(data[20 * config.dim]).not.toBeCloseTo(before[20 * config.dim] * factor, 6);
  });

  it('predicts the same from its parameters, for titles with tokens it never saw too', async () => {
    const trainer = createTrainer(config, initialParameters(config, 3), options);
    for await (const event of trainer.run(train, validation, never)) if (event.type === 'epoch') break;
    const strange = learnableExamples(30, 3, 60, 5, 20);
    const predictor = createPredictor(config, await trainer.parameters());
    const progress: number[] = [];
    const logits = await predictor.logits(strange, (done, total) => progress.push(done / total));
    expectClose(await trainer.logits(strange), logits, 1e-5, 'logits');
    expect(progress.at(-1)).toBe(1);
    // One title at a time gives the same as all together.
    const third = {
      ids: strange.ids.slice(strange.starts[2], strange.starts[3]),
      starts: Uint32Array.of(0, strange.starts[3] - strange.starts[2]),
    };
    expectClose(await predictor.logits(third), logits.subarray(6, 9), 1e-5, 'third title');
    expect((await predictor.logits({ ids: new Int32Array(0), starts: new Uint32Array(1) })).length).toBe(0);
    trainer.dispose();
    predictor.dispose();
  });

  it('keeps no tensor after dispose, also when stopped in the middle', async () => {
    const before = memory().numTensors;
    const stop = new AbortController();
    const trainer = createTrainer(config, initialParameters(config, 3), { ...options, epochs: 50 });
    let gates = 0;
    const gate = async (): Promise<void> => {
      if (++gates === 9) stop.abort();
    };
    let epochs = 0;
    for await (const event of trainer.run(train, validation, stop.signal, gate)) if (event.type === 'epoch') epochs++;
    expect([epochs, gates]).toEqual([1, 9]);
    expect((await trainer.parameters()).size).toBe(2 * 16 + 8);
    trainer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('says so when training diverges', async () => {
    const failure = await trainWith({ learningRate: 1e30, warmup: 0, schedule: 'constant' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(RungError);
    expect(failure).toMatchObject({ code: 'training-diverged', hint: expect.stringContaining('learning rate') });
  });

  it('says so when the very last update diverges, after which no loss is taken', async () => {
    const change = { epochs: 1, batchSize: 200, learningRate: 1e30, warmup: 0, schedule: 'constant' } as const;
    const failure = await trainWith(change).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'training-diverged', message: expect.stringContaining('validation') });
  });

  it('stops predicting soon after it is told to', async () => {
    const predictor = createPredictor(config, initialParameters(config, 3));
    const before = memory().numTensors;
    const many = learnableExamples(3000, 3, 40, 9);
    const stop = new AbortController();
    const progress: number[] = [];
    // As a message to the worker does it: in a task of its own, while the prediction goes on.
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => stop.abort());
    port1.start();
    const onProgress = (done: number): void => {
      if (progress.push(done) === 2) port2.postMessage(null);
    };
    const failure = await predictor.logits(many, onProgress, stop.signal).catch((thrown: unknown) => thrown);
    port1.close();
    expect(failure).toBeInstanceOf(RungError);
    expect(failure).toMatchObject({ code: 'aborted', message: expect.stringContaining('of 3000 titles') });
    expect(progress.length).toBeGreaterThanOrEqual(2);
    expect(progress.length).toBeLessThan(6);
    expect(memory().numTensors).toBe(before);
    expect((await predictor.logits(validation, undefined, new AbortController().signal)).length).toBe(120);
    predictor.dispose();
  });

  it('keeps no tensor when an upload fails, whichever it is', async () => {
    const before = memory().numTensors;
    const { backend: device } = engine();
    const write = device.write.bind(device);
    // The same code uploads on both backends: one of seven is enough on the slow one.
    const stride = backend === 'wasm' ? 1 : 7;
    const failures: unknown[] = [];
    let allowed = 0;
    for (let failure: unknown = 'none yet'; failure; allowed += stride) {
      let left = allowed;
      const spy = vi.spyOn(device, 'write').mockImplementation((...written) => {
        if (left-- <= 0) throw new RungError('out-of-memory', 'full');
        return write(...written);
      });
      failure = await attempt();
      spy.mockRestore();
      failures.push(failure);
      expect([allowed, memory().numTensors]).toEqual([allowed, before]);
    }
    // Weights, moments, a batch; then the run that got through.
    expect(allowed).toBeGreaterThan(3 * 32);
    expect(failures.slice(0, -1).every((failure) => failure instanceof RungError)).toBe(true);
  });

  it('refuses weights of another shape and tokens outside the vocabulary', async () => {
    const weights = initialParameters(config, 3);
    weights.delete('classifier.bias');
    expect(() => createPredictor(config, weights)).toThrow(/classifier\.bias must be \[3\], found none/);
    const predictor = createPredictor(config, initialParameters(config, 3));
    const wrong = { ids: Int32Array.of(2, 60, 3), starts: Uint32Array.of(0, 3) };
    await expect(predictor.logits(wrong)).rejects.toThrow(/Token 60 is outside/);
    const long = { ids: new Int32Array(21).fill(9), starts: Uint32Array.of(0, 21) };
    await expect(predictor.logits(long)).rejects.toThrow(/21 tokens/);
    predictor.dispose();
  });
});
