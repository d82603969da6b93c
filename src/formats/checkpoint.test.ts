import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { readCheckpoint, weightFiles, type ModelFolder } from './checkpoint.ts';
import { encodeFloat16 } from './float16.ts';
import { writeSafetensors } from './safetensors.ts';

const tensors = (...names: string[]): NamedArrays =>
  new Map(names.map((name, i) => [name, { shape: [2], data: Float32Array.of(i, i + 0.5) }]));
const safetensors = (...names: string[]): Blob => new Blob([writeSafetensors(tensors(...names), { dtype: 'F32' })]);
const json = (value: unknown): Blob => new Blob([JSON.stringify(value)]);

async function failure(folder: ModelFolder): Promise<RungError> {
  const thrown: unknown = await readCheckpoint(folder).catch((error: unknown) => error);
  if (thrown instanceof RungError) return thrown;
  throw new Error('was read without complaint', { cause: thrown });
}

const first = 'model-00001-of-00002.safetensors';
const second = 'model-00002-of-00002.safetensors';
const indexName = 'model.safetensors.index.json';
const index = (map: unknown): ModelFolder => new Map([[indexName, json({ metadata: {}, weight_map: map })]]);

describe('readCheckpoint', () => {
  it('prefers safetensors, and takes PyTorch files where there are none', async () => {
    const bin = new Blob([readFileSync('src/testing/fixtures/pytorch/odd.bin')]);
    const both = await readCheckpoint(
      new Map([
        ['pytorch_model.bin', bin],
        ['model.safetensors', safetensors('a')],
      ]),
    );
    expect([both.from, [...both.weights.keys()]]).toEqual(['model.safetensors', ['a']]);
    const alone = await readCheckpoint(new Map([['pytorch_model.bin', bin]]));
    expect([alone.from, alone.bytes, alone.weights.get('block')?.shape]).toEqual([
      'pytorch_model.bin',
      bin.size,
      [2, 3],
    ]);
  });

  it('puts shards together as their index says', async () => {
    const folder = index({ a: first, b: second, c: second });
    folder.set(first, safetensors('a', 'stray')).set(second, safetensors('b', 'c', 'a'));
    const { weights, from, bytes } = await readCheckpoint(folder);
    expect([...weights.keys()].toSorted()).toEqual(['a', 'b', 'c']);
    expect(weights.get('c')?.data[0]).toBe(1);
    expect([from, bytes]).toEqual([indexName, folder.get(first)!.size + folder.get(second)!.size]);
  });

  it('puts shards of PyTorch files together', async () => {
    const map = { 'words.weight': 'pytorch_model-00001-of-00002.bin', whole: 'pytorch_model-00002-of-00002.bin' };
    const folder: ModelFolder = new Map([
      ['pytorch_model.bin.index.json', json({ weight_map: map })],
      ['pytorch_model-00001-of-00002.bin', new Blob([readFileSync('src/testing/fixtures/pytorch/module.bin')])],
      ['pytorch_model-00002-of-00002.bin', new Blob([readFileSync('src/testing/fixtures/pytorch/odd.bin')])],
    ]);
    expect([...(await readCheckpoint(folder)).weights.keys()]).toEqual(['words.weight', 'whole']);
  });

  it.each<[string, ModelFolder, string, RegExp]>([
    [
      'no weights',
      new Map([['config.json', json({})]]),
      'package-incomplete',
      /no weights.*model.safetensors or pytorch/,
    ],
    [
      'a missing shard',
      index({ a: first, b: second }).set(first, safetensors('a')),
      'package-incomplete',
      /names 2 files, of which model-00002-of-00002.safetensors is missing/,
    ],
    ['no index', new Map([[indexName, new Blob(['{'])]]), 'weights-corrupt', /not valid JSON/],
    ['an index without a map', new Map([[indexName, json([])]]), 'weights-corrupt', /"weight_map"/],
    ['an empty map', index({}), 'weights-corrupt', /is empty/],
    [
      'a path as shard',
      index({ a: '../../etc/passwd' }),
      'weights-corrupt',
      /"a" is said to be in "..\/..\/etc\/passwd"/,
    ],
    ['a number as shard', index({ a: 1 }), 'weights-corrupt', /"a" is said to be in 1/],
  ])('refuses %s', async (_, folder, code, message) => {
    const error = await failure(folder);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.hint).not.toBe('');
  });
});

it('weightFiles names the files to take, an index before its shards', () => {
  expect(weightFiles(['a', 'pytorch_model.bin', 'model.safetensors', first])).toEqual(['model.safetensors']);
  expect(weightFiles([second, first, indexName, 'pytorch_model.bin'])).toEqual([indexName, second, first]);
  expect(weightFiles(['pytorch_model.bin', first])).toEqual(['pytorch_model.bin']);
  expect(weightFiles(['tf_model.h5'])).toEqual([]);
});

interface Ledger {
  largest: number;
  total: number;
}

/** A Blob that writes down what is read of it, and refuses to be read whole. */
class WatchedBlob extends Blob {
  private readonly ledger: Ledger;
  private readonly isPart: boolean;

  constructor(blob: Blob, ledger: Ledger, isPart = false) {
    super([blob]);
    this.ledger = ledger;
    this.isPart = isPart;
  }

  override slice(start?: number, end?: number): Blob {
    return new WatchedBlob(super.slice(start, end), this.ledger, true);
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    if (!this.isPart) throw new Error('the whole file was read into one buffer');
    this.ledger.largest = Math.max(this.ledger.largest, this.size);
    this.ledger.total += this.size;
    return super.arrayBuffer();
  }
}

describe('memory while loading', () => {
  const rows = 4_000_000;
  const numbers = Float32Array.from({ length: rows }, (_, i) => (i % 1000) / 8);
  const header = (dtype: string, bytes: number): Uint8Array<ArrayBuffer> => {
    const text = JSON.stringify({ w: { dtype, shape: [rows / 4, 4], data_offsets: [0, bytes] } });
    const out = new Uint8Array(8 + text.length);
    new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
    out.set(new TextEncoder().encode(text), 8);
    return out;
  };

  it.each([
    ['F32', numbers],
    ['F16', encodeFloat16(numbers)],
    ['F64', Float64Array.from(numbers)],
  ])('%s: one tensor that is the whole file costs its array and one piece of 4 MB', async (dtype, stored) => {
    const ledger = { largest: 0, total: 0 };
    const file = new WatchedBlob(new Blob([header(dtype, stored.byteLength), stored]), ledger);
    const { weights } = await readCheckpoint(new Map([['model.safetensors', file]]));
    expect(weights.get('w')?.data.every((value, i) => value === numbers[i])).toBe(true);
    expect(ledger.largest).toBeLessThanOrEqual(4 * 1024 * 1024);
    // Nothing is read twice: the array plus a piece is all that is ever held, 1.26 times these 16 MB, 1.02 times 268 MB.
    expect(ledger.total).toBe(file.size);
  });
});
