import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { fromFloat16Bits, toFloat16Bits } from './float16.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const example: NamedArrays = new Map([
  ['a.weight', { shape: [2, 3], data: new Float32Array([1, -2, 0.1, 1e-7, 3.5, -0]) }],
  ['a.bias', { shape: [], data: new Float32Array([42]) }],
  ['empty', { shape: [0, 5], data: new Float32Array(0) }],
  ['ünïcode', { shape: [1], data: new Float32Array([0.25]) }],
]);

/** A file with any header and data. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0), paddedTo = 1): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text.padEnd(paddedTo));
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out;
}

const read = (bytes: Uint8Array<ArrayBuffer>): Promise<NamedArrays> =>
  readSafetensors(new Blob([bytes]), 'model.safetensors');

async function failure(bytes: Uint8Array<ArrayBuffer>): Promise<RungError> {
  const thrown: unknown = await read(bytes).catch((error: unknown) => error);
  if (thrown instanceof RungError) return thrown;
  throw new Error('was read without complaint', { cause: thrown });
}

describe('writeSafetensors, readSafetensors', () => {
  it('gives F32 back bit for bit, in order, with a header padded to 8 bytes', async () => {
    const bytes = writeSafetensors(example, { dtype: 'F32' });
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
    const back = await read(bytes);
    expect([...back.keys()]).toEqual([...example.keys()]);
    for (const [name, array] of example) {
      expect(back.get(name)?.shape).toEqual(array.shape);
      expect(new Uint8Array(back.get(name)!.data.buffer)).toEqual(new Uint8Array(array.data.buffer));
    }
  });

  it('rounds to F16', async () => {
    const bytes = writeSafetensors(example, { dtype: 'F16', metadata: { format: 'pt', made: 'here' } });
    const back = await read(bytes);
    const expected = [...example.get('a.weight')!.data].map((v) => fromFloat16Bits(toFloat16Bits(v)));
    expect([...back.get('a.weight')!.data]).toEqual(expected);
    expect(new TextDecoder().decode(bytes)).toContain('"made":"here"');
  });

  it('converts BF16 and F64, and leaves integer buffers out', async () => {
    const data = new Uint8Array(28);
    const view = new DataView(data.buffer);
    view.setUint16(0, 0x3fc0, true);
    view.setUint16(2, 0xbf80, true);
    view.setFloat64(4, 0.1, true);
    view.setBigInt64(12, 7n, true);
    const arrays = await read(
      file(
        {
          'embeddings.position_ids': { dtype: 'I64', shape: [1, 2], data_offsets: [12, 28] },
          half: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] },
          double: { dtype: 'F64', shape: [1], data_offsets: [4, 12] },
        },
        data,
      ),
    );
    expect([...arrays.keys()]).toEqual(['half', 'double']);
    expect([...arrays.get('half')!.data]).toEqual([1.5, -1]);
    expect(arrays.get('double')!.data[0]).toBe(Math.fround(0.1));
  });

  it('refuses a number that F16 cannot hold, and a shape that does not fit', () => {
    const big: NamedArrays = new Map([['w', { shape: [2], data: new Float32Array([1, 7e4]) }]]);
    expect(() => writeSafetensors(big, { dtype: 'F16' })).toThrow(/"w".*number 1 is 70000/);
    const odd: NamedArrays = new Map([['w', { shape: [3], data: new Float32Array(2) }]]);
    expect(() => writeSafetensors(odd, { dtype: 'F32' })).toThrow(/shape \[3\] does not fit 2/);
  });
});

const tensor = (offsets: unknown, shape: unknown = [2], dtype: unknown = 'F32'): unknown => ({
  dtype,
  shape,
  data_offsets: offsets,
});

/** Bytes of float32 that reading gave, or what it threw. */
async function attempt(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  try {
    return [...(await read(bytes)).values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  } catch (error) {
    return error;
  }
}

describe('a damaged file', () => {
  const eight = new Uint8Array(8);
  it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
    ['empty', new Uint8Array(0), /8-byte header length at byte 0, but the file has 0 bytes/],
    ['a header length past the end', file('{}').subarray(0, 9), /end at byte 10, but the file ends at byte 9/],
    ['a header length of 2^63', new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b, 0x7d]), /9223372036854775808 bytes/],
    ['not JSON', file('{"a":'), /bytes 8 to 13.*not valid JSON/],
    ['not UTF-8', file('').length ? new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]) : eight, /not valid JSON/],
    ['a list as header', file('[]'), /JSON object/],
    ['null as tensor', file({ a: null }), /tensor "a": expected an object/],
    ['an unknown dtype', file({ a: tensor([0, 8], [2], 'F8_E4M3') }, eight), /got dtype "F8_E4M3"/],
    ['a negative size', file({ a: tensor([0, 8], [-2]) }, eight), /got \[-2\]/],
    ['a fractional size', file({ a: tensor([0, 8], [0.5]) }, eight), /got \[0.5\]/],
    ['a size past 2^53', file({ a: tensor([0, 8], [1e300, 1e300]) }, eight), /whole numbers/],
    ['a product that overflows', file({ a: tensor([0, 8], [2 ** 40, 2 ** 40]) }, eight), /needs .* bytes, but/],
    ['offsets past the end', file({ a: tensor([0, 16], [4]) }, eight), /ends at byte \d+, but the file ends at/],
    ['offsets backwards', file({ a: tensor([8, 0]) }, eight), /before it begins/],
    ['one offset', file({ a: tensor([8]) }, eight), /two whole numbers, got \[8\]/],
    ['a shape that lies', file({ a: tensor([0, 8], [3]) }, eight), /\[3\] needs 12 bytes, but bytes \d+ to \d+ are 8/],
    ['an overlap', file({ a: tensor([0, 8]), b: tensor([4, 8], [1]) }, eight), /"b" overlaps/],
    ['a hole', file({ a: tensor([4, 8], [1]) }, eight), /"a" leaves a hole/],
    ['bytes left over', file({ a: tensor([0, 4], [1]) }, eight), /tensors end at byte \d+, but the file ends/],
    [
      'the same name twice',
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        eight,
      ),
      /hole/,
    ],
    ['deep nesting', file('['.repeat(200_000)), /not valid JSON/],
  ])('is refused: %s', async (_, bytes, message) => {
    const error = await failure(bytes);
    expect(error.code).toBe('weights-corrupt');
    expect(error.message).toMatch(message);
    expect(error.message).toContain('model.safetensors');
    expect(error.hint).not.toBe('');
  });

  it('handles tensors named like object internals', async () => {
    const arrays = await read(file('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', eight));
    expect([...arrays.keys()]).toEqual(['__proto__']);
  });

  it('never fails with anything but RungError under cuts and flipped bits, nor allocates beyond its size', async () => {
    const whole = writeSafetensors(example, { dtype: 'F16' });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(7)), { maxLength: 6 }),
        async (length, flips) => {
          const damaged = whole.slice(0, length);
          for (const [at, bit] of flips) if (at < length) damaged[at] ^= 1 << bit;
          const result = await attempt(damaged);
          expect(result instanceof RungError || (typeof result === 'number' && result <= 2 * length)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** Shares nothing with the reader above: struct, json and the layout as documented. */
const pythonReader = `
import json, struct, sys
raw = open(sys.argv[1], 'rb').read()
n, = struct.unpack('<Q', raw[:8])
header = json.loads(raw[8:8 + n])
assert n % 8 == 0 and raw[8:9] == b'{'
out = {'metadata': header.pop('__metadata__')}
for name, t in header.items():
    b, e = t['data_offsets']
    code, size = {'F32': ('f', 4), 'F16': ('e', 2)}[t['dtype']]
    out[name] = [t['shape'], list(struct.unpack('<%d%s' % ((e - b) // size, code), raw[8 + n + b:8 + n + e]))]
print(json.dumps(out))
`;
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)('an independent reader in Python', () => {
  it.each(['F32', 'F16'] as const)('reads the same %s numbers', (dtype) => {
    const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
    try {
      const path = join(folder, 'model.safetensors');
      writeFileSync(path, writeSafetensors(example, { dtype }));
      const written = JSON.parse(execFileSync('python3', ['-c', pythonReader, path], { encoding: 'utf8' }));
      expect(written.metadata).toEqual({ format: 'pt' });
      for (const [name, array] of example) {
        const expected = [...array.data].map((v) => (dtype === 'F16' ? fromFloat16Bits(toFloat16Bits(v)) : v));
        expect(written[name]).toEqual([array.shape, expected]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const fixture = '../shared/fixtures/distilbert/model.safetensors';

it.skipIf(!existsSync(fixture))(
  'reads weights that Hugging Face wrote, and writes them back to the same numbers',
  async () => {
    const arrays = await read(new Uint8Array(readFileSync(fixture)));
    expect(arrays.get('distilbert.embeddings.word_embeddings.weight')?.shape.length).toBe(2);
    expect(await read(writeSafetensors(arrays, { dtype: 'F32' }))).toEqual(arrays);
  },
);
