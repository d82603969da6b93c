/** Contrastive fine-tuning: the gradient against the loss of pairs, and titles that find their texts afterwards. */
import { memory, tensor1d, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { valueAndGradients } from '../kernels/device.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import { contrastiveLoss, contrastiveLossAmong } from '../nn/contrastive.ts';
import { Random } from '../shared/random.ts';
import { expectClose } from '../testing/close.ts';
import { ContrastiveTrainer, type ContrastiveExamples, type ContrastiveOptions } from './contrastiveTrainer.ts';
import { createPredictor } from './trainer.ts';

const texts = 10;
const config = parseModelConfig({
  model_type: 'distilbert',
  vocab_size: 40,
  max_position_embeddings: 16,
  n_layers: 1,
  n_heads: 2,
  dim: 16,
  hidden_dim: 32,
  initializer_range: 0.1,
  id2label: { 0: 'a' },
});
const options: ContrastiveOptions = {
  epochs: 25,
  batchTexts: 5,
  titlesPerText: 2,
  titlesPerEpoch: 3,
  learningRate: 1e-2,
  temperature: 0.1,
  dropout: 0.1,
  seed: 4,
};

function cosine(x: Float32Array, y: Float32Array): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0) / (Math.hypot(...x) * Math.hypot(...y));
}

/** Text t says word 4 + 2t over and over; its titles say the next one, which has nothing in common with it. */
function examples(): ContrastiveExamples {
  const textOf = Uint32Array.from({ length: texts * 3 }, (_, i) => i % texts);
  const titles = Array.from(textOf, (text, i) => [2, ...Array(1 + (i % 3)).fill(5 + 2 * text), 3]);
  const long = Array.from({ length: texts }, (_, text) => [2, ...Array(8).fill(4 + 2 * text), 3]);
  const all = [...titles, ...long];
  const starts = new Uint32Array(all.length + 1);
  for (const [i, ids] of all.entries()) starts[i + 1] = starts[i] + ids.length;
  return { tokens: { ids: Int32Array.from(all.flat()), starts }, textOf };
}

describe.each(['wasm', 'webgpu'] as const)('contrastive fine-tuning on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it('has the loss and gradients of pairs where every title has a text of its own', async () => {
    const random = new Random(3);
    const drawn = (): number[] => Array.from({ length: 15 }, () => random.normal());
    const [a, b] = [drawn(), drawn()];
    const both = tidy(() => {
      const inputs = [tensor2d(a, [3, 5]), tensor2d(b, [3, 5])];
      const targets = tensor1d([0, 1, 2], 'int32');
      const pairs = valueAndGradients(
        (x, y) => contrastiveLoss(x as never, y as never, { temperature: 0.2, symmetric: false }),
        inputs,
      );
      const among = valueAndGradients((x, y) => contrastiveLossAmong(x as never, y as never, targets, 0.2), inputs);
      return [pairs, among].map(({ value, grads }) => [value as Tensor].concat(grads));
    });
    for (const i of [0, 1, 2]) {
      const [pairs, among] = await Promise.all(both.map((tensors) => tensors[i].data<'float32'>()));
      expectClose(among, pairs, 1e-6, `${i}`);
      expect(among.length).toBe([1, 15, 15][i]);
    }
    for (const tensor of both.flat()) tensor.dispose();
  });

  it('puts titles beside their texts, tells its losses, leaves the head alone and nothing behind', async () => {
    const before = memory().numTensors;
    const given = examples();
    const weights = initialParameters(config, 1);
    const trainer = new ContrastiveTrainer(config, weights, given, options);
    const losses: number[] = [];
    let last = 0;
    for await (const { loss, step, totalSteps } of trainer.run(new AbortController().signal)) {
      losses.push(loss);
      last = step;
      expect(totalSteps).toBe(trainer.totalSteps);
    }
    expect(last).toBe(trainer.totalSteps);
    expect(trainer.epochsDone).toBe(25);
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(0.3);
    const trained = await trainer.read();
    expectClose(trained.get('classifier.weight')!.data, weights.get('classifier.weight')!.data, 0, 'head');
    trainer.dispose();
    const reader = createPredictor(config, trained);
    const embedded = await reader.embeddings(given.tokens);
    reader.dispose();
    expect(memory().numTensors).toBe(before);
    const row = (i: number): Float32Array => embedded.subarray(i * 16, (i + 1) * 16);
    const right = Array.from(given.textOf, (own, title) => {
      const scores = Array.from({ length: texts }, (_, text) => cosine(row(title), row(given.textOf.length + text)));
      return scores.indexOf(Math.max(...scores)) === own;
    });
    expect(right.filter(Boolean).length).toBe(30);
  });

  it('stops when it is told to, and needs two texts', async () => {
    const abort = new AbortController();
    const trainer = new ContrastiveTrainer(config, initialParameters(config, 1), examples(), options);
    let steps = 0;
    for await (const { step } of trainer.run(abort.signal)) {
      steps = step;
      abort.abort();
    }
    expect(steps).toBeLessThan(trainer.totalSteps);
    trainer.dispose();
    const { tokens } = examples();
    const lone = { tokens, textOf: new Uint32Array(3) };
    expect(() => new ContrastiveTrainer(config, initialParameters(config, 1), lone, options)).toThrow(/two entries/);
  });
});
