import { describe, expect, it, vi } from 'vitest';
import { RungError } from '../shared/errors.ts';
import { fileAddress, listModel, modelId, refused } from './hubListing.ts';
import { Rate } from './rate.ts';

describe('modelId', () => {
  it.each([
    ['distilbert-base-uncased', 'distilbert-base-uncased'],
    [' microsoft/deberta-v3-small ', 'microsoft/deberta-v3-small'],
    ['https://huggingface.co/FacebookAI/roberta-base', 'FacebookAI/roberta-base'],
    ['https://huggingface.co/a/b/tree/main', 'a/b'],
    ['a/b/', 'a/b'],
  ])('%j is %s', (typed, id) => {
    expect(modelId(typed)).toBe(id);
  });

  it.each(['', '  ', 'a b', 'a/b/c', '../etc', 'a/..', 'https://example.com/a/b', 'a?b=c'])('refuses %j', (typed) => {
    expect(() => modelId(typed)).toThrow(expect.objectContaining({ code: 'name-missing' }));
  });
});

it('asks for a file at its commit', () => {
  const model = { id: 'a/b', revision: '0123456789012345678901234567890123456789' };
  expect(fileAddress(model, 'onnx/x y.bin')).toBe(
    'https://huggingface.co/a/b/resolve/0123456789012345678901234567890123456789/onnx/x%20y.bin',
  );
});

const answer = (body: unknown): void => {
  vi.stubGlobal('fetch', async () => new Response(typeof body === 'string' ? body : JSON.stringify(body)));
};
const model = (...siblings: unknown[]) => ({ id: 'a/b', sha: 'f'.repeat(40), tags: ['license:mit'], siblings });
const file = (rfilename: string, size: number) => ({ rfilename, size, blobId: `id of ${rfilename}` });
const large = (rfilename: string) => ({
  ...file(rfilename, 134),
  lfs: { sha256: 'abc', size: 5e8, pointerSize: 134 },
});
const list = () => listModel('b', new AbortController().signal);

describe('listModel', () => {
  it('chooses the files that are needed, safetensors before others, with their checksums', async () => {
    answer(
      model(
        file('README.md', 1),
        file('config.json', 2),
        file('tokenizer.json', 3),
        file('vocab.txt', 4),
        large('pytorch_model.bin'),
        large('model.safetensors'),
        large('onnx/model.onnx'),
        file('1_Pooling/config.json', 5),
      ),
    );
    const { id, revision, licence, files } = await list();
    expect([id, revision, licence]).toEqual(['a/b', 'f'.repeat(40), 'mit']);
    expect(files).toEqual([
      { name: 'config.json', size: 2, sha256: null, gitId: 'id of config.json', checked: false },
      { name: 'tokenizer.json', size: 3, sha256: null, gitId: 'id of tokenizer.json', checked: false },
      { name: 'model.safetensors', size: 5e8, sha256: 'abc', gitId: null, checked: false },
    ]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['no JSON', '<html>', 'offline', /could not be reached/],
    ['another shape', { id: 'a/b' }, 'internal', /not as expected \(sha/],
    [
      'no weights',
      model(file('config.json', 1), file('vocab.txt', 1)),
      'package-incomplete',
      /no model.safetensors or/,
    ],
    [
      'a file without a size',
      model({ rfilename: 'config.json' }, file('vocab.txt', 1), large('model.safetensors')),
      'internal',
      /how large config.json is/,
    ],
  ])('says what is wrong with an answer of %s', async (_, body, code, message) => {
    answer(body);
    const thrown: unknown = await list().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(RungError);
    expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

it.each<[number, string | null, string, string, RegExp]>([
  [401, 'RepoNotFound', 'the model', 'not-found', /no public model “a\/b”/],
  [401, null, 'the model', 'not-found', /no public model/],
  [401, 'GatedRepo', 'config.json', 'access-denied', /accepted its terms/],
  [403, null, 'config.json', 'access-denied', /HTTP 403/],
  [404, 'EntryNotFound', 'config.json', 'not-found', /holds no config.json/],
  [404, null, 'the model', 'not-found', /no public model/],
  [429, null, 'the model', 'offline', /HTTP 429/],
  [503, null, 'the model', 'offline', /HTTP 503/],
])('HTTP %d (%s) for %s is %s', (status, header, what, code, message) => {
  const response = new Response(null, { status, ...(header && { headers: { 'X-Error-Code': header } }) });
  const error = refused(response, 'a/b', what);
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  expect(error.hint).not.toBe('');
});

it('Rate is that of the last seconds, and null until it can be told', () => {
  const rate = new Rate();
  expect(rate.perSecond(0)).toBeNull();
  rate.add(100, 1000);
  expect(rate.perSecond(1200)).toBeNull();
  rate.add(900, 2000);
  expect(rate.perSecond(2000)).toBe(1000);
  rate.add(2000, 8000);
  expect(rate.perSecond(8000)).toBe(400);
  expect(rate.perSecond(20_000)).toBeNull();
});
