/** Every kernel against its composed form, output and gradients, on both backends; on WebGPU in the form for software and for hardware. */
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import {
  gather,
  memory,
  slice,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  unsortedSegmentSum,
  valueAndGrads,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeBatch, packTitles, uploadBatch, type PackedBatch } from '../nn/packedBatch.ts';
import { Random } from '../shared/random.ts';
import { expectClose } from '../testing/close.ts';
import { activation } from './activation.ts';
import { addFirstRow } from './addFirstRow.ts';
import { attention } from './attention.ts';
import { startBackend } from './backend.ts';
import { binaryCrossEntropy, meanLoss } from './bce.ts';
import {
  activationComposed,
  addFirstRowComposed,
  attentionComposed,
  bceComposed,
  embedComposed,
  firstRowsComposed,
  layerNormComposed,
  linearComposed,
  meanPoolComposed,
  residualNormComposed,
} from './composed.ts';
import { noDropout } from './dropout.ts';
import { embed } from './embed.ts';
import { firstRows } from './firstRows.ts';
import { linear } from './linear.ts';
import { meanPool } from './meanPool.ts';
import { layerNorm, residualNorm } from './norm.ts';
import { sliceRows } from './sliceRows.ts';
import { setSoftwareAdapter } from './webgpuProgram.ts';

const random = new Random(11);
const normals = (shape: number[], scale = 1): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, () => random.normal() * scale),
    shape,
  );
const dropout = { rate: 0.3, seed: 12345 };

type Op = (...inputs: Tensor[]) => Tensor;

/** Largest difference of value and gradients for a random dy, over the largest number; asserts that no tensor is left over. */
async function compare(op: Op, composed: Op, inputs: Tensor[], tolerance = 2e-5): Promise<number> {
  let worst = 0;
  const shape = tidy(() => [...op(...inputs).shape]);
  const dy = normals(shape);
  const before = memory().numTensors;
  const run = (f: Op): Tensor[] =>
    tidy(() => {
      const { value, grads } = valueAndGrads((...values: Tensor[]) => f(...values))(inputs, dy);
      return [value, ...grads];
    });
  const found = run(op);
  expect(memory().numTensors).toBe(before + 1 + inputs.length);
  const expected = run(composed);
  for (const [i, result] of found.entries()) {
    const truth = await expected[i].data<'float32'>();
    const scale = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(result.shape).toEqual(expected[i].shape);
    const name = i === 0 ? 'output' : `gradient ${i}`;
    worst = Math.max(worst, expectClose(await result.data<'float32'>(), truth, tolerance * scale, name) / scale);
  }
  for (const t of [...found, ...expected, ...inputs, dy]) t.dispose();
  return worst;
}

/** Titles of these lengths, words drawn from `words` rows. */
function batchOf(
  lengths: number[],
  words: number,
): { batch: PackedBatch; tokens: Int32Array; firsts: Int32Array; positions: number } {
  const starts = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i] + length;
  const ids = Int32Array.from({ length: starts[lengths.length] }, () => random.int(words));
  const positions = Math.max(...lengths);
  const rows = { wordRow: Int32Array.from({ length: words }, (_, i) => i), words, positions };
  const host = packTitles({ ids, starts }, Array.from(lengths.keys()), rows);
  return { batch: uploadBatch(host, rows, true), tokens: host.tokens, firsts: host.firsts, positions };
}

const as2 = (t: Tensor): Tensor2D => t as Tensor2D;
const as1 = (t: Tensor): Tensor1D => t as Tensor1D;

const firstRowAdded: Op = (x, t) => addFirstRow(as2(x), as2(t));
const composedFirstRowAdded: Op = (x, t) => addFirstRowComposed(as2(x), as2(t));
const normed: Op = (x, g, b) => layerNorm(as2(x), as1(g), as1(b), 1e-5);
const composedNormed: Op = (x, g, b) => layerNormComposed(as2(x), as1(g), as1(b), 1e-5);
const composedLinear: Op = (x, w, b) => linearComposed(as2(x), as2(w), as1(b));

describe.each([
  ['wasm', 'wasm', false],
  ['webgpu, software form', 'webgpu', true],
  ['webgpu, hardware form', 'webgpu', false],
] as const)('kernels on %s', (_, backend, software) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
    setSoftwareAdapter(software);
  });

  it.each([
    [1, 1, 1],
    [3, 5, 7],
    [32, 192, 6],
    [32, 16, 48],
    [70, 36, 20],
    [33, 8, 132],
    [6, 12, 8],
  ])('linear of %i x %i to %i', async (N, I, O) => {
    expect(
      await compare((x, w, b) => linear(as2(x), as2(w), as1(b)), composedLinear, [
        normals([N, I]),
        normals([O, I]),
        normals([O]),
      ]),
    ).toBeLessThan(1e-3);
  });

  it.each([
    ['gelu', [1, 1], 3],
    ['gelu', [5, 7], 3],
    ['gelu', [32, 64], 8],
    ['gelu_new', [5, 7], 3],
    ['gelu_new', [32, 64], 8],
    ['tanh', [3, 5], 3],
    ['tanh', [16, 12], 12],
    ['identity', [3, 5], 1],
    ['identity', [4, 4], 1],
    ['relu', [3, 5], 1],
    ['relu', [16, 12], 1],
  ] as const)('%s of %j', async (kind, shape, scale) => {
    for (const drop of [noDropout, dropout]) {
      const x = normals([...shape], scale);
      expect(
        await compare(
          (v) => activation(as2(v), kind, drop),
          (v) => activationComposed(as2(v), kind, drop),
          [x],
        ),
      ).toBeLessThan(1e-3);
    }
  });

  it.each([
    [1, 1],
    [1, 5],
    [7, 1],
    [9, 33],
    [64, 192],
  ])('residual, dropout and LayerNorm of %i x %i', async (N, H) => {
    const epsilon = 1e-5;
    for (const drop of [noDropout, dropout]) {
      const op: Op = (x, r, g, b) => residualNorm(as2(x), as2(r), as1(g), as1(b), epsilon, drop);
      const composed: Op = (x, r, g, b) => residualNormComposed(as2(x), as2(r), as1(g), as1(b), epsilon, drop);
      expect(
        await compare(op, composed, [normals([N, H]), normals([N, H]), normals([H]), normals([H])], 1e-4),
      ).toBeLessThan(1e-3);
    }
  });

  it.each([
    [[1], 1, 1],
    [[5, 1, 3], 4, 9],
    [[12, 7, 20, 2], 30, 32],
  ])('embedding of titles of %j tokens', async (lengths, words, H) => {
    const { batch, tokens, positions } = batchOf(lengths, words);
    // Past the last token the gradient of the model is 0; a random dy is not, so those slots are cut off.
    const real = lengths.reduce((sum, n) => sum + n, 0);
    for (const [drop, tables] of [
      [noDropout, 2],
      [dropout, 2],
      [dropout, 1],
    ] as const) {
      const table = (p: Tensor | undefined): Tensor2D | null => (p ? as2(p) : null);
      const op: Op = (g, b, w, p) =>
        firstRowsOf(embed(as2(w), table(p), as1(g), as1(b), batch.tokens, batch, 1e-5, drop), real);
      const composed: Op = (g, b, w, p) =>
        firstRowsOf(embedComposed(as2(w), table(p), as1(g), as1(b), tokens, 1e-5, drop), real);
      const inputs = [normals([H]), normals([H]), normals([words, H]), normals([positions, H])];
      expect(await compare(op, composed, inputs.slice(0, 2 + tables), 1e-4)).toBeLessThan(1e-3);
      if (tables === 1) inputs[3].dispose();
    }
    disposeBatch(batch);
  });

  it.each([
    [1, 1, 1],
    [5, 2, 3],
    [20, 3, 64],
  ])('token type 0 of a table of %i rows, %i types of %i', async (rows, types, H) => {
    expect(await compare(firstRowAdded, composedFirstRowAdded, [normals([rows, H]), normals([types, H])])).toBeLessThan(
      1e-3,
    );
  });

  it.each([
    [1, 1],
    [9, 33],
    [64, 20],
  ])('LayerNorm of %i x %i', async (N, H) => {
    expect(await compare(normed, composedNormed, [normals([N, H]), normals([H]), normals([H])], 1e-4)).toBeLessThan(
      1e-3,
    );
  });

  it.each([
    [1, 1, 0, 1],
    [9, 5, 3, 4],
    [9, 5, 5, 4],
    [12, 8, 0, 12],
  ])('rows of %i x %i from %i, %i of them', async (R, H, first, count) => {
    const op: Op = (x) => sliceRows(as2(x), first, count);
    expect(await compare(op, (x) => slice(x, [first, 0], [count, H]), [normals([R, H])])).toBeLessThan(1e-6);
  });

  it.each([
    [[1], 1],
    [[3, 1, 8], 5],
    [[40, 2], 8],
  ])('mean of the tokens of titles of %j tokens', async (lengths, H) => {
    const { batch, tokens, firsts } = batchOf(lengths, 3);
    const op: Op = (x) => meanPool(as2(x), batch.firsts, batch.tokens);
    const composed: Op = (x) => meanPoolComposed(as2(x), firsts, tokens);
    expect(await compare(op, composed, [normals([batch.N, H])])).toBeLessThan(1e-3);
    disposeBatch(batch);
  });

  it.each([
    [[1], 1, 1],
    [[3, 1, 4], 2, 3],
    [[9, 33, 2], 4, 8],
    [[40, 12, 12], 2, 32],
  ])('attention in titles of %j tokens, %i heads of %i', async (lengths, heads, headSize) => {
    const { batch, tokens } = batchOf(lengths, 3);
    for (const drop of [noDropout, dropout]) {
      const op: Op = (qkv) => attention(as2(qkv), batch.tokens, heads, drop);
      expect(
        await compare(op, (qkv) => attentionComposed(as2(qkv), tokens, heads, drop), [
          normals([batch.N, 3 * heads * headSize]),
        ]),
      ).toBeLessThan(1e-3);
    }
    disposeBatch(batch);
  });

  it('attention is not upset by large scores', async () => {
    const { batch, tokens } = batchOf([6, 2], 3);
    const op: Op = (qkv) => attention(as2(qkv), batch.tokens, 2, noDropout);
    expect(
      await compare(op, (qkv) => attentionComposed(as2(qkv), tokens, 2, noDropout), [normals([batch.N, 24], 20)], 1e-4),
    ).toBeLessThan(1e-3);
    disposeBatch(batch);
  });

  it('first rows', async () => {
    const { batch, firsts } = batchOf([3, 1, 8], 3);
    const op: Op = (x) => firstRows(as2(x), batch.firsts, batch.tokens);
    expect(await compare(op, (x) => firstRowsComposed(as2(x), firsts), [normals([batch.N, 5])])).toBeLessThan(1e-3);
    disposeBatch(batch);
  });

  it.each([
    [1, 1],
    [3, 6],
    [40, 7],
  ])('binary cross-entropy of %i x %i, large logits among them', async (B, C) => {
    const labels = tensor2d(
      Float32Array.from({ length: B * C }, () => random.int(2)),
      [B, C],
    );
    const weights = tensor1d(Float32Array.from({ length: C }, () => 0.2 + 3 * random.next()));
    const logits = normals([B, C], 20);
    const exact = meanLoss(await logits.data(), await labels.data(), await weights.data());
    const loss = tidy(() => binaryCrossEntropy(as2(logits), labels, weights));
    expectClose(await loss.data(), [exact], 1e-5 * Math.max(1, exact), 'loss');
    const op: Op = (z) => binaryCrossEntropy(as2(z), labels, weights);
    expect(await compare(op, (z) => bceComposed(as2(z), labels, weights), [logits])).toBeLessThan(1e-3);
    for (const t of [labels, weights, loss]) t.dispose();
  });

  it('keeps a NaN, so that a diverged run shows', async () => {
    for (const size of [3, 4]) {
      const x = tensor2d([NaN, -1, 2, NaN].slice(0, size), [1, size]);
      for (const kind of ['gelu', 'gelu_new', 'relu', 'tanh'] as const) {
        const [first, ...rest] = await tidy(() => activation(x, kind, noDropout)).data();
        expect([kind, size, first]).toEqual([kind, size, NaN]);
        expect(rest.slice(0, 2).every(Number.isFinite)).toBe(true);
      }
      x.dispose();
    }
  });

  it('refuses shapes that do not fit', () => {
    const [a, b] = [normals([2, 3]), normals([4])];
    expect(() => linear(as2(a), as2(a), as1(b))).toThrow('linear: x [2,3], weight [2,3], bias [4] do not fit together');
    expect(() => residualNorm(as2(a), as2(a), as1(b), as1(b), 1e-5, noDropout)).toThrow(/gain \[4\]/);
  });

  it('adds up segments, so that the stock gather has a gradient', async () => {
    const x = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const sums = tidy(() => unsortedSegmentSum(x, tensor1d([1, 0, 1], 'int32'), 3));
    expect([...(await sums.data())]).toEqual([3, 4, 6, 8, 0, 0]);
    const { grads } = tidy(() => valueAndGrads((t: Tensor) => gather(t, tensor1d([2, 2, 0], 'int32')))([x]));
    expect([...(await grads[0].data())]).toEqual([1, 1, 0, 0, 2, 2]);
  });
});

function firstRowsOf(x: Tensor, rows: number): Tensor {
  return slice(x, [0, 0], [rows, x.shape[1] ?? 0]);
}
