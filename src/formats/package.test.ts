import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { readModelFiles, readModelZip, writeModelZip } from './package.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const textOf = async (content: Blob | undefined): Promise<string> => (await content?.text()) ?? 'nothing';
const zipOf = (files: Zippable, level: 0 | 6 = 6): Blob => new Blob([zipSync(files, { level })]);
const model = {
  'config.json': bytes('{"model_type":"distilbert"}'),
  'model.safetensors': bytes('weights '.repeat(5000)),
  'tokenizer.json': bytes('{}'),
};
const file = (name: string, content: Uint8Array<ArrayBuffer>): File => new File([content], name);

function under(folder: string, files: Record<string, Uint8Array>): Zippable {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [folder + name, content]));
}

async function failure(work: Promise<unknown>): Promise<RungError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof RungError)) throw new Error(`expected a RungError, got ${String(thrown)}`);
  return thrown;
}

describe('a model zip', () => {
  it('comes back as it was written, weights not deflated', async () => {
    const files = new Map(Object.entries({ ...model, 'rung.json': bytes('{}'), 'README.md': bytes('# é') }));
    const zip = writeModelZip(files);
    expect(zip.length).toBeGreaterThan(model['model.safetensors'].length);
    const back = await readModelZip(new Blob([zip]), 'model.zip');
    expect([...back.keys()]).toEqual([...files.keys()]);
    for (const [name, content] of files) expect(await back.get(name)?.bytes()).toEqual(content);
  });

  it('is read from a dropped file, deflated and inside folders, with what does not belong left out', async () => {
    const zip = zipSync({
      ...under('download/my-model/', model),
      'download/my-model/onnx/config.json': bytes('wrong'),
      'download/my-model/training_args.bin': bytes('x'),
      '__MACOSX/config.json': bytes('wrong'),
      '../config.json': bytes('wrong'),
    });
    const back = await readModelFiles([file('my-model.zip', zip)]);
    expect([...back.keys()].toSorted()).toEqual(Object.keys(model));
    expect(await textOf(back.get('config.json'))).toBe('{"model_type":"distilbert"}');
    expect(await textOf(back.get('model.safetensors'))).toBe('weights '.repeat(5000));
  });

  it('is found behind a comment at the end of the archive', async () => {
    const zip = zipSync(model);
    const commented = new Uint8Array(zip.length + 300).fill(32);
    commented.set(zip);
    new DataView(commented.buffer).setUint16(zip.length - 2, 300, true);
    expect((await readModelZip(new Blob([commented]), 'x.zip')).size).toBe(3);
  });

  it.each<[string, Record<string, Uint8Array>, RegExp, RegExp]>([
    [
      'without weights',
      { 'config.json': bytes('{}'), 'tokenizer.json': bytes('{}') },
      /lacks the weights/,
      /Drop a whole/,
    ],
    [
      'without config',
      { 'model.safetensors': bytes(''), 'vocab.txt': bytes('') },
      /lacks the architecture \(config/,
      /Drop/,
    ],
    ['without tokeniser', { 'model.safetensors': bytes(''), 'config.json': bytes('') }, /lacks the tokeniser/, /Drop/],
    [
      'with PyTorch weights',
      { 'pytorch_model.bin': bytes(''), 'config.json': bytes('') },
      /lacks the tokeniser \(tokenizer.json\). Found: pytorch_model/,
      /Drop/,
    ],
    [
      'with TensorFlow weights',
      { 'tf_model.h5': bytes(''), 'config.json': bytes('') },
      /lacks the weights/,
      /not from tf_model.h5/,
    ],
    [
      'with weights in parts',
      { 'model-00001-of-00002.safetensors': bytes(''), 'config.json': bytes('') },
      /lacks/,
      /model-00001-of-00002.safetensors is one of several parts: drop their index/,
    ],
    [
      'of a workbook',
      { '[Content_Types].xml': bytes(''), 'xl/workbook.xml': bytes('') },
      /no model in it. Found: \[Content/,
      /Drop/,
    ],
    [
      'of two models',
      { ...under('a/', model), ...under('b/', model) } as Record<string, Uint8Array>,
      /several models: a\/, b\//,
      /one model/,
    ],
    ['of nothing', {}, /no model in it. Found: nothing/, /Drop/],
  ])('%s is refused', async (_, files, message, hint) => {
    const error = await failure(readModelZip(zipOf(files), 'm.zip'));
    expect([error.code, error.message, error.hint]).toEqual([
      'package-incomplete',
      expect.stringMatching(message),
      expect.stringMatching(hint),
    ]);
    expect(error.message).toContain('m.zip');
  });
});

describe('dropped files', () => {
  it('of a folder are taken by name', async () => {
    const files = Object.entries(model).map(([name, content]) => file(name, content));
    const back = await readModelFiles([...files, file('notes.md', bytes('hi'))]);
    expect([...back.keys()]).toEqual(Object.keys(model));
  });

  it.each<[string, File[], string, RegExp]>([
    ['an empty file', [file('model.zip', new Uint8Array(0))], 'file-empty', /model.zip: the file is empty/],
    ['a PDF', [file('model.zip', bytes('%PDF-1.7'))], 'file-unsupported', /expected a zip/],
    [
      'weights alone',
      [file('model.safetensors', bytes('x'))],
      'package-incomplete',
      /lacks the architecture \(config.json\) and the tok/,
    ],
    ['no file', [], 'package-incomplete', /no model/],
    [
      'the same name twice',
      [...Object.entries(model).map(([n, c]) => file(n, c)), file('config.json', bytes(''))],
      'package-incomplete',
      /two files named config.json/,
    ],
  ])('%s: refused', async (_, files, code, message) => {
    const error = await failure(readModelFiles(files));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });
});

/** Byte of the first directory entry. */
function directoryOf(zip: Uint8Array): number {
  return new DataView(zip.buffer).getUint32(zip.length - 6, true);
}

describe('a hostile or damaged zip', () => {
  const change = (level: 0 | 6, edit: (view: DataView, entry: number) => void): Uint8Array<ArrayBuffer> => {
    const zip = zipSync(model, { level });
    edit(new DataView(zip.buffer), directoryOf(zip));
    return zip;
  };
  it.each<[string, Uint8Array<ArrayBuffer>, string, RegExp]>([
    [
      'stated larger than deflate can',
      change(6, (v, at) => v.setUint32(at + 24, 60_000_000, true)),
      'file-corrupt',
      /which cannot be/,
    ],
    [
      'unpacking to more than stated',
      change(6, (v, at) => v.setUint32(at + 24, 5, true)),
      'file-corrupt',
      /more or fewer than the 5 bytes/,
    ],
    [
      'unpacking to less than stated',
      change(6, (v, at) => v.setUint32(at + 24, 99, true)),
      'file-corrupt',
      /config.json, or its size of 99 bytes/,
    ],
    [
      'over 4 GB',
      change(0, (v, at) => v.setUint32(at + 46 + 11 + 24, 2 ** 32 - 2, true)),
      'file-too-large',
      /more than the 4294967296/,
    ],
    [
      'a text of 200 MB',
      change(0, (v, at) => v.setUint32(at + 24, 200_000_000, true)),
      'file-too-large',
      /config.json has 200000000 bytes/,
    ],
    [
      'encrypted',
      change(6, (v, at) => v.setUint16(at + 8, 1, true)),
      'file-encrypted',
      /config.json in it is protected/,
    ],
    ['an unknown method', change(6, (v, at) => v.setUint16(at + 10, 14, true)), 'file-unsupported', /method 14/],
    [
      'a wrong checksum',
      change(0, (v, at) => v.setUint32(at + 16, 7, true)),
      'file-corrupt',
      /checksum of config.json/,
    ],
    [
      'one flipped bit in the weights',
      change(0, (v, at) => v.setUint8(at - 5000, v.getUint8(at - 5000) ^ 4)),
      'file-corrupt',
      /checksum of model.safetensors/,
    ],
    [
      'an entry outside the file',
      change(6, (v, at) => v.setUint32(at + 42, 1e9, true)),
      'file-corrupt',
      /header of config.json at byte 1000000000/,
    ],
    ['60,000 files', change(6, (v) => v.setUint16(v.byteLength - 12, 60_000, true)), 'file-too-large', /60000 files/],
    ['cut in half', zipSync(model, { level: 0 }).subarray(0, 20_000), 'file-corrupt', /end record/],
  ])('is refused: %s', async (_, zip, code, message) => {
    const error = await failure(readModelZip(new Blob([zip]), 'm.zip'));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  it('is read where only the place of its directory is stated wrongly', async () => {
    const zip = change(6, (view) => view.setUint32(view.byteLength - 6, 1e9, true));
    expect((await readModelZip(new Blob([zip]), 'm.zip')).size).toBe(3);
  });

  it('never fails with anything but RungError under cuts and changed bytes', async () => {
    const whole = zipSync(under('m/', { ...model, 'model.safetensors': bytes('w'.repeat(90)) }));
    const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constant(whole.length), fc.nat(whole.length)), edits, async (length, changes) => {
        const damaged = whole.slice(0, length);
        for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
        const result: unknown = await readModelZip(new Blob([damaged]), 'm.zip').catch((error: unknown) => error);
        expect(result instanceof Map || result instanceof RungError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

it.skipIf(!hasPython)('writes a zip that another reader finds whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const path = join(folder, 'model.zip');
    writeFileSync(path, writeModelZip(new Map(Object.entries(model))));
    const script =
      'import sys, zipfile, json; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps([z.testzip(), [(i.filename, i.file_size, i.compress_type) for i in z.infolist()]]))';
    expect(JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }))).toEqual([
      null,
      [
        ['config.json', 27, 8],
        ['model.safetensors', 40_000, 0],
        ['tokenizer.json', 2, 8],
      ],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
