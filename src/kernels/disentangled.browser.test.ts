/** DeBERTa's attention against its composed form, output and gradients, on both backends; on WebGPU in both forms. */
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import {
  memory,
  slice,
  tensor,
  tensor1d,
  tidy,
  valueAndGrads,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeBatch, packTitles, uploadBatch } from '../nn/packedBatch.ts';
import { relativeRows, type RelativeSettings } from '../nn/relativePositions.ts';
import { Random } from '../shared/random.ts';
import { expectClose } from '../testing/close.ts';
import { startBackend } from './backend.ts';
import { disentangledComposed } from './composed.ts';
import { disentangledAttention } from './disentangledAttention.ts';
import { noDropout, type Dropout } from './dropout.ts';
import { setSoftwareAdapter } from './webgpuProgram.ts';

const random = new Random(5);
const normals = (shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, () => random.normal()),
    shape,
  );
const log: RelativeSettings = { buckets: 8, maxDistance: 24 };
const plain: RelativeSettings = { buckets: 0, maxDistance: 5 };

interface Case {
  lengths: number[];
  heads: number;
  headSize: number;
  settings: RelativeSettings;
  /** Column blocks of the projection, each H wide; null: the term is missing. */
  keys: number | null;
  queries: number | null;
  blocks: number;
}

/** Largest difference of output and gradients over the largest number. */
async function compare(given: Case, dropout: Dropout): Promise<number> {
  const { lengths, heads, headSize, keys, queries, blocks } = given;
  const H = heads * headSize;
  const starts = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i] + length;
  const rows = { wordRow: Int32Array.of(0), words: 1, positions: 0 };
  const titles = { ids: new Int32Array(starts.at(-1)!), starts };
  const host = packTitles(titles, Array.from(lengths.keys()), rows);
  const batch = uploadBatch(host, rows, true);
  const relative = relativeRows(batch.longest, given.settings, 64);
  const { reach, count } = relative;
  const places = tensor1d(relative.places, 'int32');
  const rowOf = (distance: number): number => relative.places[distance + reach - 1];
  const inputs = [normals([batch.N, 3 * H]), normals([count, blocks * H])];
  const dy = normals([batch.N, H]);
  const [keysAt, queriesAt] = [keys, queries].map((block) => (block === null ? null : block * H));
  const op = (qkv: Tensor, projected: Tensor): Tensor =>
    disentangledAttention(
      qkv as Tensor2D,
      { projected: projected as Tensor2D, keysAt, queriesAt, places, reach },
      batch.tokens,
      heads,
      dropout,
    );
  const composed = (qkv: Tensor, projected: Tensor): Tensor => {
    const columns = (at: number | null): Tensor2D | null =>
      at === null ? null : slice(projected as Tensor2D, [0, at], [count, H]);
    return disentangledComposed(
      qkv as Tensor2D,
      columns(keysAt),
      columns(queriesAt),
      rowOf,
      host.tokens,
      heads,
      dropout,
    );
  };
  const run = (f: typeof op): Tensor[] =>
    tidy(() => {
      const { value, grads } = valueAndGrads(f)(inputs, dy);
      return [value, ...grads];
    });
  const before = memory().numTensors;
  const found = run(op);
  expect(memory().numTensors).toBe(before + 3);
  const expected = run(composed);
  let worst = 0;
  for (const [i, name] of ['output', 'gradient of qkv', 'gradient of positions'].entries()) {
    const truth = await expected[i].data<'float32'>();
    const scale = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const difference = expectClose(await found[i].data<'float32'>(), truth, 2e-5 * scale, name);
    worst = Math.max(worst, difference / scale);
  }
  for (const t of [...found, ...expected, ...inputs, dy, places]) t.dispose();
  disposeBatch(batch);
  return worst;
}

describe.each([
  ['wasm', 'wasm', false],
  ['webgpu, software form', 'webgpu', true],
  ['webgpu, hardware form', 'webgpu', false],
] as const)('disentangled attention on %s', (_, backend, software) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
    setSoftwareAdapter(software);
  });

  it.each([
    ['one token', { lengths: [1], heads: 1, headSize: 1, settings: log, keys: 0, queries: 1, blocks: 2 }],
    ['odd sizes', { lengths: [3, 1, 4], heads: 2, headSize: 5, settings: log, keys: 1, queries: 0, blocks: 3 }],
    ['far pairs', { lengths: [24, 6, 2], heads: 2, headSize: 8, settings: log, keys: 1, queries: 0, blocks: 3 }],
    [
      'pairs past the span',
      { lengths: [17, 6], heads: 3, headSize: 4, settings: plain, keys: 1, queries: 0, blocks: 2 },
    ],
    [
      'positions as keys only',
      { lengths: [7, 12], heads: 2, headSize: 4, settings: log, keys: 0, queries: null, blocks: 1 },
    ],
    ['as queries only', { lengths: [7, 12], heads: 2, headSize: 3, settings: log, keys: null, queries: 0, blocks: 1 }],
  ] satisfies [string, Case][])('of %s', async (_name, given) => {
    for (const dropout of [noDropout, { rate: 0.3, seed: 77 }])
      expect(await compare(given, dropout)).toBeLessThan(2e-5);
  });
});
