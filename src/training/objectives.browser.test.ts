/** Encoders learn without labels: to guess masked words, and to tell pairs of titles from each other. */
import {
  dispose,
  memory,
  tensor,
  tensor1d,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { keepAll, valueAndGradients } from '../kernels/device.ts';
import { meanPool } from '../kernels/meanPool.ts';
import {
  encode,
  fuseParameters,
  initialParameters,
  isHead,
  isPooler,
  parseModelConfig,
  wordTable,
} from '../models/model.ts';
import { contrastiveLoss } from '../nn/contrastive.ts';
import { maskedLmLogits, maskedLmLoss, maskedLmNames } from '../nn/maskedLm.ts';
import { maskTitles, packMasked } from '../nn/masking.ts';
import { packTitles, uploadBatch } from '../nn/packedBatch.ts';
import type { TokenisedTitles } from '../shared/arrays.ts';
import { Random } from '../shared/random.ts';
import { AdamW } from './adamw.ts';

const words = 24;
const H = 16;
const config = parseModelConfig({
  model_type: 'distilbert',
  vocab_size: words,
  max_position_embeddings: 16,
  n_layers: 1,
  n_heads: 2,
  dim: H,
  hidden_dim: 32,
  dropout: 0,
  attention_dropout: 0,
  initializer_range: 0.1,
});
const rows = { wordRow: Int32Array.from({ length: words }, (_, i) => i), words, positions: 16 };
const head = { ...maskedLmNames.distilbert, activation: 'gelu' as const, layerNormEpsilon: 1e-12 };
const headShapes: Record<string, number[]> = {
  [`${head.dense}.weight`]: [H, H],
  [`${head.dense}.bias`]: [H],
  [`${head.norm}.weight`]: [H],
  [`${head.norm}.bias`]: [H],
  [head.bias]: [words],
};

/** Each title says one word six times over. */
function titles(count: number, random: Random): TokenisedTitles {
  const ids: number[] = [];
  for (let i = 0; i < count; i++) {
    const id = 4 + random.int(words - 4);
    ids.push(2, id, id, id, id, id, id, 3);
  }
  return { ids: Int32Array.from(ids), starts: Uint32Array.from({ length: count + 1 }, (_, i) => 8 * i) };
}

/** The base model's parameters, and those of the masked-LM head, on the device. */
function parametersOf(withHead: boolean): Record<string, Tensor> {
  const arrays = [...fuseParameters(config, initialParameters(config, 1))].filter(
    ([name]) => !isHead(config, name) && !isPooler(config, name),
  );
  const random = new Random(2);
  return keepAll(() => {
    const base = arrays.map(([name, { data, shape }]): [string, Tensor] => [name, tensor(data, shape)]);
    const drawn = Object.entries(withHead ? headShapes : {}).map(([name, shape]): [string, Tensor] => {
      const size = shape.reduce((product, n) => product * n, 1);
      const one = name === `${head.norm}.weight`;
      const data = Float32Array.from({ length: size }, () =>
        one ? 1 : shape.length === 2 ? random.normal() * 0.1 : 0,
      );
      return [name, tensor(data, shape)];
    });
    return Object.fromEntries([...base, ...drawn]);
  });
}

function named(names: string[], tensors: Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
}

/** Losses of `steps` AdamW steps. `prepare` makes what a step needs besides the parameters, outside the gradient. */
async function train(
  parameters: Record<string, Tensor>,
  steps: number,
  prepare: (step: number) => (by: Record<string, Tensor>) => Scalar,
): Promise<number[]> {
  const optimiser = new AdamW(parameters, { weightDecay: 0, maxGradientNorm: 1 });
  const names = Object.keys(parameters);
  const losses: number[] = [];
  const before = memory().numTensors;
  for (let step = 1; step <= steps; step++) {
    const loss = tidy(() => {
      const lossOf = prepare(step);
      const inputs = Object.values(parameters);
      const { value, grads } = valueAndGradients((...values) => lossOf(named(names, values)), inputs);
      optimiser.step(parameters, named(names, grads), 1e-2, step);
      return value;
    });
    losses.push((await loss.data())[0]);
    loss.dispose();
  }
  expect(memory().numTensors).toBe(before);
  optimiser.dispose();
  dispose(parameters);
  return losses;
}

const forward = { training: true, seed: 0 };

describe.each(['wasm', 'webgpu'] as const)('an encoder on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it('learns to guess masked words', async () => {
    const random = new Random(4);
    const options = { rate: 0.15, maskId: 1, special: new Set([2, 3]), vocabulary: [4, 5, 6, 7], continues: null };
    const losses = await train(parametersOf(true), 80, (step) => {
      const masked = packMasked(
        maskTitles(titles(24, random), [...Array(24).keys()], { ...options, seed: step }),
        rows,
      );
      const batch = uploadBatch(masked.host, rows, true);
      const targets = tensor1d(masked.targets, 'int32');
      return (by) => {
        const hidden = encode(config, by, batch, forward);
        const table = by[wordTable(config)] as Tensor2D;
        return maskedLmLoss(maskedLmLogits(hidden, batch, by, table, head), targets);
      };
    });
    expect(losses[0]).toBeGreaterThan(0.8 * Math.log(words));
    expect(losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10).toBeLessThan(0.5 * losses[0]);
  });

  it('learns which titles belong together', async () => {
    const losses = await train(parametersOf(false), 40, (step) => {
      // Pair i: the words 4 + 2i and 5 + 2i, which have nothing in common but that.
      const pairs = new Random(step).shuffle(Array.from({ length: 10 }, (_, i) => 4 + 2 * i));
      const batchOf = (shift: number) => {
        const ids = Int32Array.from(pairs.flatMap((id) => [2, id + shift, id + shift, 3]));
        const starts = Uint32Array.from({ length: 11 }, (_, i) => 4 * i);
        return uploadBatch(packTitles({ ids, starts }, [...Array(10).keys()], rows), rows, true);
      };
      const [first, second] = [batchOf(0), batchOf(1)];
      return (by) => {
        const [a, b] = [first, second].map((batch) =>
          meanPool(encode(config, by, batch, forward), batch.firsts, batch.tokens),
        );
        return contrastiveLoss(a, b, { temperature: 0.1, symmetric: true });
      };
    });
    expect(losses[0]).toBeGreaterThan(1.5);
    expect(losses.at(-1)).toBeLessThan(0.3);
  });
});
