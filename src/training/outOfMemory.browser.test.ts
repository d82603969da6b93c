/** What happens when memory ends: smaller parts, the same result, and nothing changed by a step that failed. */
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onDeviceFailure, startBackend } from '../kernels/backend.ts';
import { destroyUnusedBuffers } from '../kernels/webgpuProgram.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import type { RungError } from '../shared/errors.ts';
import { expectClose } from '../testing/close.ts';
import { learnableExamples } from '../testing/examples.ts';
import { limitMemory, type MemoryLimit } from '../testing/memoryLimit.ts';
import { createPredictor, createTrainer, type TrainerOptions } from './trainer.ts';

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
const weights = initialParameters(config, 3);
const train = learnableExamples(512, 3, 40, 1);
const validation = learnableExamples(40, 3, 40, 2);
const never = new AbortController().signal;
const options: TrainerOptions = {
  epochs: 2,
  batchSize: 128,
  learningRate: 1e-2,
  schedule: 'linear',
  warmup: 0.1,
  weightDecay: 0.01,
  dropout: 0,
  posWeight: null,
  maxGradientNorm: 1,
  seed: 7,
};

interface Outcome {
  weights: NamedArrays;
  losses: number[];
  notices: string[];
  failure: unknown;
}

/** Trains; `atStep` is called before each step with its number. */
async function run(atStep: (step: number) => void = () => undefined): Promise<Outcome> {
  const trainer = createTrainer(config, weights, options);
  const outcome: Outcome = { weights: new Map(), losses: [], notices: [], failure: null };
  let step = 0;
  const gate = async (): Promise<void> => atStep(++step);
  try {
    for await (const event of trainer.run(train, validation, never, gate)) {
      if (event.type === 'epoch') outcome.losses.push(event.trainLoss, event.validationLoss);
      if (event.type === 'notice') outcome.notices.push(event.message);
    }
    outcome.weights = await trainer.parameters();
  } catch (thrown) {
    outcome.failure = thrown;
  }
  trainer.dispose();
  return outcome;
}

/** Largest difference of all parameters but those whose gradient is zero in exact arithmetic. */
function largestDifference(found: NamedArrays, expected: NamedArrays): number {
  const compared = [...expected].filter(([name]) => !name.endsWith('k_lin.bias'));
  return Math.max(...compared.map(([name, { data }]) => expectClose(found.get(name)!.data, data, 1e-3, name)));
}

describe.each(['wasm', 'webgpu'] as const)('memory that ends on %s', (backend) => {
  const heard: RungError[] = [];
  let limit: MemoryLimit;
  beforeAll(async () => {
    await startBackend(backend, location.href);
    onDeviceFailure((error) => heard.push(error));
  });
  afterEach(() => limit.lift());

  it('in the middle of a training: the same result from smaller parts, and a notice', async () => {
    limit = limitMemory();
    const whole = await run();
    expect(whole.notices).toEqual([]);
    const before = memory().numTensors;
    const taken = limit.peak;
    const small = await run((step) => {
      if (step !== 6) return;
      // What idles is given back first, so that the next step has to allocate.
      destroyUnusedBuffers();
      limit.budget = limit.used + 0.4 * (taken - limit.used);
    });
    expect(small.failure).toBeNull();
    expect(limit.refused).toBeGreaterThan(0);
    expect(small.notices.length).toBeGreaterThan(0);
    expect(small.notices[0]).toMatch(/from step 6 on each batch of 128 is read (64|32) titles at a time/);
    expect(largestDifference(small.weights, whole.weights)).toBeLessThan(1e-3);
    expectClose(small.losses, whole.losses, 1e-4, 'losses');
    expect(memory().numTensors).toBe(before);
    expect(heard).toEqual([]);
  });

  it('from the first step on: the same', async () => {
    limit = limitMemory();
    destroyUnusedBuffers();
    const idle = limit.used;
    const whole = await run();
    const taken = limit.peak;
    destroyUnusedBuffers();
    limit.budget = idle + 0.6 * (taken - idle);
    const small = await run();
    expect(small.failure).toBeNull();
    // A longer batch later on may need still smaller parts.
    expect(small.notices[0]).toMatch(/from step 1 on/);
    expect(largestDifference(small.weights, whole.weights)).toBeLessThan(1e-3);
    expect(heard).toEqual([]);
  });

  it('for a single title too: says so, and works again when there is memory', async () => {
    limit = limitMemory();
    const before = memory().numTensors;
    const none = await run((step) => {
      if (step !== 3) return;
      destroyUnusedBuffers();
      limit.budget = limit.used;
    });
    expect(none.failure).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('one title at a time'),
    });
    expect(memory().numTensors).toBe(before);
    limit.budget = Infinity;
    const again = await run();
    expect(again.failure).toBeNull();
    expect(again.losses.every(Number.isFinite)).toBe(true);
    expect(heard).toEqual([]);
  });

  it('in a prediction: the same logits from smaller batches', async () => {
    limit = limitMemory();
    const many = learnableExamples(800, 3, 40, 9);
    const predictor = createPredictor(config, weights);
    destroyUnusedBuffers();
    const idle = limit.used;
    const logits = await predictor.logits(many);
    const taken = limit.peak;
    destroyUnusedBuffers();
    const before = memory().numTensors;
    limit.budget = idle + 0.5 * (taken - idle);
    const progress: number[] = [];
    const small = await predictor.logits(many, (done) => progress.push(done));
    expect(limit.refused).toBeGreaterThan(0);
    expect(expectClose(small, logits, 1e-5, 'logits')).toBeLessThan(1e-5);
    expect(progress.at(-1)).toBe(800);
    destroyUnusedBuffers();
    limit.budget = limit.used;
    await expect(predictor.logits(many)).rejects.toMatchObject({ code: 'out-of-memory' });
    limit.budget = Infinity;
    expectClose(await predictor.logits(many), logits, 1e-5, 'logits afterwards');
    expect(memory().numTensors).toBe(before);
    predictor.dispose();
    expect(heard).toEqual([]);
  });
});
