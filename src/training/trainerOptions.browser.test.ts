/** What a training can be told beyond the usual: losses, schedules, rates by layer, frozen layers, batches in parts. */
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { initialParameters, layerOf, parseModelConfig, wordTable } from '../models/model.ts';
import type { Examples, NamedArrays } from '../shared/arrays.ts';
import { expectClose } from '../testing/close.ts';
import { learnableExamples } from '../testing/examples.ts';
import { createTrainer, type EpochEvent, type TrainerOptions } from './trainer.ts';

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
const initial = initialParameters(config, 3);
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
  dropout: 0,
  posWeight: null,
  maxGradientNorm: 1,
  seed: 7,
};
/** One update at the full rate. */
const oneStep: Partial<TrainerOptions> = { epochs: 1, batchSize: 200, schedule: 'constant', warmup: 0 };

async function trainWith(
  change: Partial<TrainerOptions>,
  examples: [Examples, Examples] = [train, validation],
): Promise<{ epochs: EpochEvent[]; weights: NamedArrays }> {
  const before = memory().numTensors;
  const trainer = createTrainer(config, initial, { ...options, ...change });
  const epochs: EpochEvent[] = [];
  for await (const event of trainer.run(...examples, never)) if (event.type === 'epoch') epochs.push(event);
  const weights = await trainer.parameters();
  trainer.dispose();
  expect(memory().numTensors).toBe(before);
  return { epochs, weights };
}

/** Largest change of a parameter. */
function moved(weights: NamedArrays, name: string): number {
  const before = initial.get(name)!.data;
  return weights.get(name)!.data.reduce((most, value, i) => Math.max(most, Math.abs(value - before[i])), 0);
}

/** Share of the pairs of a label that is there and one that is not, in one title, whose logits are in this order. */
function rankedRight(logits: Float32Array, { labels, labelCount }: Examples): number {
  let [pairs, right] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const row = i - (i % labelCount);
    for (let j = row; j < row + labelCount; j++) {
      if (labels[i] === 0 || labels[j] === 1) continue;
      pairs++;
      if (logits[i] > logits[j]) right++;
    }
  }
  return right / pairs;
}

/** The same titles with the first of their labels only, or the first label there is. */
function oneLabel(examples: Examples): Examples {
  const labels = new Uint8Array(examples.labels.length);
  for (let row = 0; row * 3 < labels.length; row++) {
    const first = examples.labels.indexOf(1, row * 3) - row * 3;
    labels[row * 3 + (first >= 0 && first < 3 ? first : 0)] = 1;
  }
  return { ...examples, labels };
}

describe.each(['wasm', 'webgpu'] as const)('a training on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it.each([
    ['focal', { loss: { kind: 'focal', gamma: 2 } }],
    ['asymmetric', { loss: { kind: 'asymmetric', positive: 0, negative: 4, margin: 0.05 } }],
    ['smoothed binary', { labelSmoothing: 0.1 }],
    ['one class', { loss: { kind: 'crossEntropy' }, labelSmoothing: 0.1, posWeight: Float32Array.of(1, 2, 3) }],
  ] as [string, Partial<TrainerOptions>][])('learns with the %s loss', async (name, change) => {
    const examples: [Examples, Examples] =
      name === 'one class' ? [oneLabel(train), oneLabel(validation)] : [train, validation];
    const { epochs } = await trainWith({ epochs: 12, ...change }, examples);
    expect(epochs.at(-1)!.validationLoss).toBeLessThan(0.75 * epochs[0].validationLoss);
    expect(rankedRight(epochs.at(-1)!.validationLogits, examples[1])).toBeGreaterThan(0.95);
  });

  it('leaves frozen layers as they are, the rows that no title uses included', async () => {
    const { weights } = await trainWith({ frozenLayers: 2, weightDecay: 0.5 });
    for (const name of initial.keys()) {
      if (name.endsWith('k_lin.bias')) continue;
      expect([name, moved(weights, name) > 1e-4]).toEqual([name, layerOf(config, name) >= 2]);
      expect([name, moved(weights, name) === 0]).toEqual([name, layerOf(config, name) < 2]);
    }
    const head = await trainWith({ frozenLayers: 99 });
    const changed = [...initial.keys()].filter((name) => moved(head.weights, name) > 0);
    expect(changed.map((name) => name.split('.')[0])).toEqual(
      ['pre_classifier', 'classifier'].flatMap((part) => [part, part]),
    );
  });

  it('moves each layer at its own rate', async () => {
    // Adam's first step moves every parameter with a gradient by the rate itself.
    const { weights } = await trainWith({ ...oneStep, weightDecay: 0.1, layerDecay: 0.5, learningRate: 1e-3 });
    for (const [name, factor] of [
      ['classifier.bias', 1],
      ['distilbert.transformer.layer.1.ffn.lin1.bias', 0.5],
      ['distilbert.transformer.layer.0.ffn.lin1.bias', 0.25],
      ['distilbert.embeddings.LayerNorm.bias', 0.125],
    ] as const) {
      expect([name, moved(weights, name) / 1e-3 / factor]).toEqual([name, expect.closeTo(1, 2)]);
    }
    const rows = initial.get(wordTable(config))!.data.subarray(55 * config.dim);
    const shrunk = Array.from(rows, (value) => value * (1 - 1e-3 * 0.125 * 0.1));
    const found = weights.get(wordTable(config))!.data.subarray(55 * config.dim);
    expect(expectClose(found, shrunk, 1e-7, 'unused rows')).toBeLessThan(1e-7);
  });

  it('counts what is trained afterwards in the time left', async () => {
    const after = { steps: 1e9, evaluations: 0 };
    const trainer = createTrainer(config, initial, { ...options, batchSize: 1, after });
    // Steps are told a few times a second: an epoch of 4,000 takes longer than that anywhere.
    for await (const event of trainer.run(learnableExamples(4000, 3, 40, 1), validation, never)) {
      if (event.type !== 'step' || event.secondsLeft === null) continue;
      // No machine takes a step in a microsecond.
      expect(event.secondsLeft).toBeGreaterThan(1000);
      break;
    }
    trainer.dispose();
    expect.assertions(1);
  });

  it('lowers its rate where the score has stopped rising', async () => {
    const scores = [1, 2, 2, 2, 2, 2];
    const plateau = { factor: 0.5, patience: 1, score: () => scores.shift()! };
    const { epochs } = await trainWith({ epochs: 6, schedule: 'plateau', warmup: 0.1, plateau });
    expect(epochs.map(({ learningRate }) => learningRate / 1e-2)).toEqual([1, 1, 1, 1, 0.5, 0.5]);
    const worse = await trainWith({
      epochs: 4,
      schedule: 'plateau',
      warmup: 0,
      plateau: { factor: 0.1, patience: 0, score: (logits) => -logits.length },
    });
    expect(worse.epochs.map(({ learningRate }) => learningRate)).toEqual(
      [1e-2, 1e-2, 1e-3, 1e-4].map((r) => expect.closeTo(r, 12)),
    );
  });

  it('comes to the same from batches in parts', async () => {
    const whole = await trainWith({});
    const parts = await trainWith({ gradientAccumulation: 5 });
    for (const [i, epoch] of whole.epochs.entries()) {
      expect(Math.abs(parts.epochs[i].trainLoss - epoch.trainLoss)).toBeLessThan(1e-4);
      expect(Math.abs(parts.epochs[i].validationLoss - epoch.validationLoss)).toBeLessThan(1e-3);
    }
  });
});
