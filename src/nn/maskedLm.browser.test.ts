/** The masked-LM head against stock ops, its gradients included. */
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import {
  add,
  dispose,
  gather,
  memory,
  tensor,
  tensor1d,
  tidy,
  valueAndGrads,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { activationComposed, layerNormComposed, linearComposed } from '../kernels/composed.ts';
import { crossEntropyComposed } from '../kernels/composedLosses.ts';
import { noDropout } from '../kernels/dropout.ts';
import { Random } from '../shared/random.ts';
import { expectClose } from '../testing/close.ts';
import { maskedLmLogits, maskedLmLoss, maskedLmNames, type MaskedLmHead } from './maskedLm.ts';
import { maskTitles, packMasked } from './masking.ts';
import { disposeBatch, uploadBatch } from './packedBatch.ts';

const random = new Random(3);
const normals = (shape: number[], scale = 1): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, () => random.normal() * scale),
    shape,
  );
const head: MaskedLmHead = { ...maskedLmNames.bert, activation: 'gelu', layerNormEpsilon: 1e-12 };
const special = new Set([0, 1]);
const names = [`${head.dense}.weight`, `${head.dense}.bias`, `${head.norm}.weight`, `${head.norm}.bias`, head.bias];

const shapesOf = (H: number, V: number): number[][] => [[H, H], [H], [H], [H], [V]];
const rowsOf = (words: number) => ({
  wordRow: Int32Array.from({ length: words }, (_, i) => i),
  words,
  positions: 12,
});

/** Titles of 0, then words from 3 on, then 1. */
function titlesOf(lengths: number[], words: number) {
  const ids = lengths.flatMap((length) => [0, ...Array.from({ length }, () => 3 + random.int(words - 3)), 1]);
  const starts = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i] + length + 2;
  return { ids: Int32Array.from(ids), starts };
}

describe.each(['wasm', 'webgpu'] as const)('masked-LM head on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it.each([
    [[1], 4, 1],
    [[4, 1, 7], 9, 5],
    [[10, 10, 3, 8], 203, 12],
  ])('is its composed form, gradients included: titles of %j, %i words, width %i', async (lengths, V, H) => {
    const options = { rate: 0.3, seed: 5, maskId: 2, special, vocabulary: [3], continues: null };
    const masked = packMasked(maskTitles(titlesOf(lengths, V), [...lengths.keys()], options), rowsOf(V));
    const batch = uploadBatch(masked.host, rowsOf(V), false);
    const targets = tensor1d(masked.targets, 'int32');
    const firsts = tensor1d(masked.host.firsts, 'int32');
    const ones = tensor1d(new Float32Array(V).fill(1));
    const inputs = [normals([batch.N, H]), normals([V, H]), ...shapesOf(H, V).map((shape) => normals(shape))];
    const before = memory().numTensors;
    const fused = (hidden: Tensor, words: Tensor, ...parameters: Tensor[]): Scalar => {
      const named = Object.fromEntries(names.map((name, i) => [name, parameters[i]]));
      return maskedLmLoss(maskedLmLogits(hidden as Tensor2D, batch, named, words as Tensor2D, head), targets);
    };
    const composed = (hidden: Tensor, words: Tensor, ...parameters: Tensor[]): Scalar => {
      const [w, b, gain, shift, bias] = parameters as [Tensor2D, Tensor1D, Tensor1D, Tensor1D, Tensor1D];
      const dense = linearComposed(gather(hidden as Tensor2D, firsts), w, b);
      const normed = layerNormComposed(activationComposed(dense, 'gelu', noDropout), gain, shift, 1e-12);
      return crossEntropyComposed(add(linearComposed(normed, words as Tensor2D, bias), 0), targets, ones, 0) as Scalar;
    };
    const run = (f: typeof fused): Tensor[] =>
      tidy(() => {
        const { value, grads } = valueAndGrads((...values: Tensor[]) => f(values[0], values[1], ...values.slice(2)))(
          inputs,
        );
        return [value, ...grads];
      });
    const found = run(fused);
    expect(memory().numTensors).toBe(before + 1 + inputs.length);
    const expected = run(composed);
    for (const [i, truth] of expected.entries()) {
      const name = ['loss', 'hidden', 'words', ...names][i];
      const data = await truth.data<'float32'>();
      const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      // A LayerNorm over one number has rounding for a gradient.
      const tolerance = (H === 1 ? 1e-3 : 5e-5) * scale;
      expect(expectClose(await found[i].data<'float32'>(), data, tolerance, name)).toBeLessThanOrEqual(tolerance);
    }
    disposeBatch(batch);
    dispose([...found, ...expected, ...inputs, targets, firsts, ones]);
  });
});
