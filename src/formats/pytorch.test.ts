import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { readPytorch } from './pytorch.ts';

const fixtures = 'src/testing/fixtures/pytorch';
const fixture = (name: string): Blob => new Blob([readFileSync(`${fixtures}/${name}`)]);

interface Expected {
  [name: string]: { shape: number[]; data: number[] };
}

async function failure(work: Promise<unknown>): Promise<RungError> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (thrown instanceof RungError) return thrown;
  throw new Error('was read without complaint', { cause: thrown });
}

describe('files that torch.save wrote', () => {
  it.each(['module', 'module_proto4', 'module_old', 'odd', 'odd_proto4', 'odd_old'])(
    '%s: every float tensor, whatever its strides',
    async (name) => {
      const expected: Expected = JSON.parse(
        readFileSync(`${fixtures}/${name.replace(/_(proto4|old)$/, '')}.json`, 'utf8'),
      );
      const arrays = await readPytorch(fixture(`${name}.bin`), `${name}.bin`);
      expect([...arrays.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
      for (const [tensor, { shape, data }] of Object.entries(expected)) {
        expect([tensor, arrays.get(tensor)?.shape]).toEqual([tensor, shape]);
        expect([tensor, [...arrays.get(tensor)!.data]]).toEqual([tensor, data.map(Math.fround)]);
      }
    },
  );

  it('tied weights are one array under both names', async () => {
    const arrays = await readPytorch(fixture('module.bin'), 'module.bin');
    expect(arrays.get('decoder.weight')?.data).toBe(arrays.get('words.weight')?.data);
  });

  it('in the format of before 1.6 are damaged wherever they are cut off', async () => {
    const whole = fixture('odd_old.bin');
    for (let length = 0; length < whole.size; length += 7) {
      const error = await failure(readPytorch(whole.slice(0, length), 'cut.bin'));
      expect([length, error.code]).toEqual([
        length,
        length === 0 || length >= 4 ? 'weights-corrupt' : 'file-unsupported',
      ]);
      expect(error.message).toContain('cut.bin');
    }
  });

  it('in the format of before 1.6 must count their numbers as they describe them', async () => {
    const bytes = new Uint8Array(await fixture('odd_old.bin').arrayBuffer());
    // The last storage is that of the two flags: 8 bytes of count, 2 of numbers.
    bytes[bytes.length - 10] = 200;
    const error = await failure(readPytorch(new Blob([bytes]), 'lying.bin'));
    expect([error.code, error.message]).toEqual([
      'weights-corrupt',
      expect.stringMatching(/lying.bin: storage \d+ should hold/),
    ]);
  });
});

type Part = number[] | string;

const bytesOf = (parts: readonly Part[]): number[] => parts.flatMap((part) => Array.from(Buffer.from(part)));

/** A pickle from opcodes and strings, behind the header of protocol 2. */
const pickle = (...parts: Part[]): Uint8Array => Uint8Array.from([0x80, 2, ...bytesOf(parts)]);

const string = (text: string): number[] => [0x58, text.length, 0, 0, 0, ...Buffer.from(text)];
const int = (value: number): number[] => [0x4a, ...new Uint8Array(Int32Array.of(value).buffer)];
const tuple = (...items: Part[]): Part => [0x28, ...bytesOf(items), 0x74];
const orderedDict = 'ccollections\nOrderedDict\n)R';

/** A state dict with one tensor `w` over `data/0`. */
function oneTensor(
  count: number,
  offset: number,
  shape: number[],
  strides: number[],
  type = 'FloatStorage',
): Uint8Array {
  const storage = [
    ...Buffer.from(tuple(string('storage'), `ctorch\n${type}\n`, string('0'), string('cpu'), int(count))),
    0x51,
  ];
  const sizes = [tuple(...shape.map(int)), tuple(...strides.map(int))];
  return pickle(
    orderedDict,
    string('w'),
    'ctorch._utils\n_rebuild_tensor_v2\n',
    tuple(storage, int(offset), ...sizes, [0x89], orderedDict),
    'Rs.',
  );
}

function bin(data: Uint8Array, storage = new Uint8Array(24), more: Record<string, Uint8Array> = {}): Blob {
  return new Blob([zipSync({ 'x/data.pkl': data, 'x/data/0': storage, ...more }, { level: 0 })]);
}

it('reads a storage from an offset on, and a zip that was packed anew', async () => {
  const numbers = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
  for (const level of [0, 6] as const) {
    const zip = zipSync({ 'x/data.pkl': oneTensor(6, 1, [2, 2], [2, 1]), 'x/data/0': numbers }, { level });
    const arrays = await readPytorch(new Blob([zip]), 'w.bin');
    expect([...(arrays.get('w')?.data ?? [])]).toEqual([2, 3, 4, 5]);
  }
});

describe('a hostile or damaged file', () => {
  it.each<[string, Blob, string, RegExp]>([
    [
      'os.system',
      bin(pickle('cos\nsystem\n', tuple(string('rm -rf /')), 'R.')),
      'file-unsupported',
      /“os\.system” \(byte 2\).*nothing was run/,
    ],
    [
      'builtins.eval by STACK_GLOBAL',
      bin(pickle(string('builtins'), string('eval'), [0x93], ')R.')),
      'file-unsupported',
      /“builtins\.eval” \(byte \d+\)/,
    ],
    [
      'an attribute of an allowed module',
      bin(pickle('ctorch._utils\n_import_dotted_name\n', '.')),
      'file-unsupported',
      /_import_dotted_name/,
    ],
    [
      'a storage called as a function',
      bin(pickle('ctorch\nFloatStorage\n', ')R.')),
      'weights-corrupt',
      /called that is no function/,
    ],
    ['NEWOBJ', bin(pickle(orderedDict, ')', [0x81], '.')), 'file-unsupported', /opcode 0x81/],
    ['INST', bin(pickle('(ios\nsystem\n.')), 'file-unsupported', /opcode 0x69/],
    ['a persistent id in text', bin(pickle('Pstorage\n.')), 'file-unsupported', /opcode 0x50/],
    ['attributes for a tensor', bin(pickle(string('x'), '}b.')), 'file-unsupported', /attributes of an object/],
    ['no dict', bin(pickle(int(1), '.')), 'file-unsupported', /expected a state dict/],
    [
      'a dict without tensors',
      bin(pickle('}', string('epoch'), int(3), 's.')),
      'file-unsupported',
      /no tensor. Found: epoch/,
    ],
    ['cut off', bin(oneTensor(6, 0, [6], [1]).slice(0, 60)), 'weights-corrupt', /ends there \(byte \d+ of 60\)/],
    ['no STOP', bin(pickle('}')), 'weights-corrupt', /1 bytes were expected at byte 3/],
    [
      'a string longer than the file',
      bin(pickle([0x58, 255, 255, 255, 255], 'a.')),
      'weights-corrupt',
      /4294967295 bytes were expected/,
    ],
    [
      'a string of 2^63 bytes',
      bin(pickle([0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80], '.')),
      'weights-corrupt',
      /length of 9223372036854775808/,
    ],
    [
      'an integer of 200 bytes',
      bin(pickle([0x8a, 200], 'a'.repeat(200), '.')),
      'weights-corrupt',
      /whole number of 200 bytes/,
    ],
    ['a recall of nothing', bin(pickle([0x68, 9], '.')), 'weights-corrupt', /value 9 is recalled/],
    ['a POP below the mark', bin(pickle(int(1), '(0.')), 'weights-corrupt', /taken where there is none/],
    ['a tuple without a mark', bin(pickle('t.')), 'weights-corrupt', /mark is looked for/],
    [
      'a tensor beyond its storage',
      bin(oneTensor(6, 3, [2, 2], [2, 1])),
      'weights-corrupt',
      /"w" of w.bin: shape \[2, 2\], strides \[2, 1\] from number 3 reaches number 6/,
    ],
    [
      'a tensor expanded to gigabytes',
      bin(oneTensor(6, 0, [30000, 30000], [0, 0])),
      'weights-corrupt',
      /claim 3600000000 bytes/,
    ],
    [
      'a tensor expanded a little',
      bin(oneTensor(6, 0, [7], [0])),
      'weights-corrupt',
      /reaches number 0, but its storage has 6/,
    ],
    [
      'a storage that claims more than it has',
      bin(oneTensor(60, 0, [6], [1])),
      'weights-corrupt',
      /60 numbers of F32 need 240 bytes, but x\/data\/0 \(from byte \d+\) has 24/,
    ],
    [
      'a storage that is not there',
      new Blob([zipSync({ 'x/data.pkl': oneTensor(6, 0, [6], [1]) })]),
      'weights-corrupt',
      /x\/data\/0, which is not in w.bin/,
    ],
    ['a negative size', bin(oneTensor(6, 0, [-6], [1])), 'weights-corrupt', /a tensor was expected/],
    ['a negative count', bin(oneTensor(-6, 0, [6], [1])), 'weights-corrupt', /a storage was expected/],
    ['more strides than axes', bin(oneTensor(6, 0, [6], [1, 1])), 'weights-corrupt', /1 axes and 2 strides/],
    [
      'another kind of number',
      bin(oneTensor(6, 0, [6], [1], 'QInt8Storage')),
      'file-unsupported',
      /torch.QInt8Storage/,
    ],
    [
      'big-endian',
      bin(oneTensor(6, 0, [6], [1]), new Uint8Array(24), { 'x/byteorder': Buffer.from('big') }),
      'file-unsupported',
      /"big"-endian/,
    ],
    [
      'a zip of something else',
      new Blob([zipSync({ 'word/document.xml': new Uint8Array(3) })]),
      'file-unsupported',
      /expected one data.pkl.*word\/document/,
    ],
    [
      'two state dicts',
      bin(pickle('}.'), undefined, { 'y/data.pkl': pickle('}.') }),
      'file-unsupported',
      /expected one data.pkl/,
    ],
    ['text', new Blob(['hello']), 'file-unsupported', /begins with the bytes 68 65 6c 6c/],
    ['nothing', new Blob([]), 'weights-corrupt', /empty \(0 bytes\)/],
    ['a zip cut off', fixture('odd.bin').slice(0, 1500), 'file-corrupt', /end record/],
  ])('is refused: %s', async (_, file, code, message) => {
    const error = await failure(readPytorch(file, 'w.bin'));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.message).toContain('w.bin');
    expect(error.hint).not.toBe('');
  });

  it.each<[string, Uint8Array]>([
    ['a million nested tuples', pickle(')', [...new Uint8Array(1_500_000).fill(0x85)], '.')],
    ['a million marks', pickle('('.repeat(1_500_000), '.')],
    ['a stack of copies', pickle(')', '2'.repeat(1_500_000), '.')],
    ['a memo of copies', pickle(')', [...new Uint8Array(1_500_000).fill(0x94)], '.')],
    ['a list of itself, doubled again and again', pickle(']', [...Buffer.from('(h\0h\0e'.repeat(300_000))], '.')],
    ['endless POPs', pickle('N0'.repeat(1_500_000), '.')],
  ])(
    'is refused before the test runs out of time: %s',
    async (_, data) => {
      const error = await failure(readPytorch(bin(data), 'w.bin'));
      expect(['weights-corrupt', 'file-unsupported']).toContain(error.code);
    },
    30_000,
  );

  it('never fails with anything but RungError under cuts and flipped bits', async () => {
    const whole = new Uint8Array(await fixture('odd.bin').arrayBuffer());
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(7)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constant(whole.length), fc.nat(whole.length)), flips, async (length, changes) => {
        const damaged = whole.slice(0, length);
        for (const [at, bit] of changes) if (at < length) damaged[at] ^= 1 << bit;
        const result: unknown = await readPytorch(new Blob([damaged]), 'w.bin').catch((error: unknown) => error);
        expect(result instanceof Map || result instanceof RungError).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});
