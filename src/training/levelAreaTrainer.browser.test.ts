/** The trainer of level and area learns both heads, from titles that have one answer only too, and can be stopped and repeated. */
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { initialLevelArea, levelAreaShapes, type LevelAreaShape } from '../models/levelAreaNetwork.ts';
import type { LevelAreaEpoch } from '../shared/levelArea.ts';
import { Random } from '../shared/random.ts';
import { LevelAreaTrainer, type LevelAreaExamples, type LevelAreaTrainerOptions } from './levelAreaTrainer.ts';

const shape: LevelAreaShape = { input: 8, hidden: 16, blocks: 1, reduction: 4, classes: { level: 2, area: 3 } };
const options: LevelAreaTrainerOptions = {
  dropout: 0.1,
  learningRate: 5e-3,
  weightDecay: 0.01,
  batchSize: 16,
  epochs: 12,
  classWeights: { level: [1, 2], area: null },
  seed: 7,
};

/** The level is the sign of the first feature, the area the largest of the next three. A third of the titles lacks one answer. */
function examples(titles: number, seed: number): LevelAreaExamples {
  const random = new Random(seed);
  const features = Float32Array.from({ length: titles * 8 }, () => random.normal());
  const row = (i: number): Float32Array => features.subarray(8 * i, 8 * (i + 1));
  const level = Int16Array.from({ length: titles }, (_, i) => (i % 6 === 0 ? -1 : Number(row(i)[0] > 0)));
  const area = Int16Array.from({ length: titles }, (_, i) => {
    const three = row(i).subarray(1, 4);
    return i % 6 === 1 ? -1 : three.indexOf(Math.max(...three));
  });
  return { features, classes: { level, area } };
}

const train = examples(400, 1);
const validation = examples(100, 2);

async function losses(asked: LevelAreaTrainerOptions, signal = new AbortController().signal) {
  const trainer = new LevelAreaTrainer(shape, initialLevelArea(shape, 3));
  const epochs: LevelAreaEpoch[] = [];
  for await (const epoch of trainer.run(() => train, validation, asked, signal)) epochs.push(epoch);
  const answers = await trainer.probabilities(validation.features);
  const weights = await trainer.read();
  trainer.dispose();
  return { epochs, answers, weights };
}

describe.each(['wasm', 'webgpu'] as const)('the trainer of level and area on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it('learns both heads and leaves no tensor', async () => {
    const before = memory().numTensors;
    const { epochs, answers, weights } = await losses(options);
    expect(memory().numTensors).toBe(before);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(epochs[11].validationLoss).toBeLessThan(0.5 * epochs[0].validationLoss);
    const right = (head: 'level' | 'area', width: number): number => {
      const truth = validation.classes[head];
      const rows = [...truth.keys()].filter((row) => truth[row] >= 0);
      const hits = rows.filter((row) => {
        const p = answers[head].subarray(row * width, (row + 1) * width);
        expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
        return p.indexOf(Math.max(...p)) === truth[row];
      });
      return hits.length / rows.length;
    };
    expect(right('level', 2)).toBeGreaterThan(0.85);
    expect(right('area', 3)).toBeGreaterThan(0.8);
    expect(Object.fromEntries([...weights].map(([name, array]) => [name, array.shape]))).toEqual(
      levelAreaShapes(shape),
    );
  });

  it('repeats itself with the same seed', async () => {
    const short = { ...options, epochs: 2 };
    const [first, second] = [await losses(short), await losses(short)];
    expect(second.epochs).toEqual(first.epochs);
    expect(second.answers).toEqual(first.answers);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    const trainer = new LevelAreaTrainer(shape, initialLevelArea(shape, 3));
    const epochs: number[] = [];
    for await (const { epoch } of trainer.run(() => train, validation, { ...options, epochs: 10_000 }, abort.signal)) {
      epochs.push(epoch);
      if (epoch === 2) abort.abort();
    }
    trainer.dispose();
    expect(epochs).toEqual([1, 2]);
  });

  it('learns from a batch in which no title has one of the answers', async () => {
    const only: LevelAreaExamples = { ...train, classes: { ...train.classes, area: new Int16Array(400).fill(-1) } };
    const trainer = new LevelAreaTrainer(shape, initialLevelArea(shape, 3));
    const found: number[] = [];
    const signal = new AbortController().signal;
    for await (const { trainLoss } of trainer.run(() => only, only, options, signal)) found.push(trainLoss);
    trainer.dispose();
    expect(found.at(-1)).toBeLessThan(0.5 * found[0]);
  });
});

it('refuses weights of another shape', async () => {
  await startBackend('wasm', location.href);
  const weights = initialLevelArea({ ...shape, classes: { level: 4, area: 3 } }, 3);
  expect(() => new LevelAreaTrainer(shape, weights)).toThrow('level.weight must be [2,16], found [4,16]');
});
