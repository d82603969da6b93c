import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { repositoryNameOf, repositoryProblem, type PushProgress, type PushRequest } from '../shared/hubPush.ts';
import { HubPush } from './hubPush.ts';
import type { Put } from './hubPushUpload.ts';

const storage = 'https://hf-hub-lfs-us-east-1.s3-accelerate.amazonaws.com';
const request: PushRequest = { token: 'hf_secret', repository: 'model', private: true, summary: 'A model' };
const weights = new Uint8Array(25).map((_, i) => i);
const oid = createHash('sha256').update(weights).digest('hex');
const files = (): Map<string, Blob> =>
  new Map([
    ['config.json', new Blob(['{}'])],
    ['model.safetensors', new Blob([weights])],
  ]);

type Answers = Record<string, unknown>;

/** The Hub by its paths: JSON, or a status. What was asked is written down. */
function hub(change: Answers = {}) {
  const asked: { path: string; token: string | null; body: string }[] = [];
  const answers: Answers = {
    '/api/whoami-v2': { name: 'me', orgs: [{ name: 'us' }], auth: { accessToken: { role: 'write' } } },
    '/api/repos/create': { url: '' },
    '/api/models/me/model': { id: 'me/model', private: true },
    '/api/models/me/model/preupload/main': {
      files: [
        { path: 'config.json', uploadMode: 'regular' },
        { path: 'model.safetensors', uploadMode: 'lfs' },
      ],
    },
    '/me/model.git/info/lfs/objects/batch': { objects: [{ oid, actions: { upload: { href: `${storage}/whole` } } }] },
    '/api/models/me/model/commit/main': { commitOid: 'c0ffee' },
    '/api/complete_multipart': {},
    '/verify': {},
    ...change,
  };
  vi.stubGlobal('fetch', async (address: string | URL, init: RequestInit) => {
    const { origin, pathname } = new URL(address);
    expect(origin).toBe('https://huggingface.co');
    const token = new Headers(init.headers).get('Authorization');
    asked.push({ path: pathname, token, body: typeof init.body === 'string' ? init.body : '' });
    const answer = answers[pathname];
    return typeof answer === 'number'
      ? new Response(JSON.stringify({ error: 'No.' }), { status: answer })
      : new Response(JSON.stringify(answer));
  });
  return asked;
}

/** A storage that breaks off the pieces of `broken`, by the order in which they come. */
function storageThat(broken: readonly number[] = []) {
  const got: string[] = [];
  const put: Put = async (address, body, _, onSent) => {
    got.push(address.slice(storage.length));
    onSent(Math.ceil(body.size / 2));
    if (broken.includes(got.length)) throw new Error('gone');
    return { status: 200, etag: `"${address.at(-1)}"`, text: '' };
  };
  return { got, put };
}

const inParts = {
  '/me/model.git/info/lfs/objects/batch': {
    objects: [
      {
        oid,
        actions: {
          upload: {
            href: 'https://huggingface.co/api/complete_multipart?signature=x',
            header: { chunk_size: '10', '00002': `${storage}/2`, '00001': `${storage}/1`, '00003': `${storage}/3` },
          },
          verify: { href: 'https://huggingface.co/verify' },
        },
      },
    ],
  },
};

const push = (model: HubPush, change: Partial<PushRequest> = {}, told: PushProgress[] = []) =>
  model.push({ ...request, ...change }, new AbortController().signal, (progress) => told.push(progress));

afterEach(() => vi.unstubAllGlobals());

describe('HubPush', () => {
  it('sends a large file in one piece and the small ones with the commit', async () => {
    const asked = hub();
    const { got, put } = storageThat();
    const told: PushProgress[] = [];
    const result = await push(new HubPush(files(), put, []), {}, told);
    expect(result).toEqual({
      id: 'me/model',
      address: 'https://huggingface.co/me/model',
      private: true,
      commit: 'c0ffee',
      bytes: 27,
      alreadyThere: 0,
    });
    expect(got).toEqual(['/whole']);
    expect(JSON.parse(asked.find(({ path }) => path === '/api/repos/create')?.body ?? '')).toEqual({
      type: 'model',
      name: 'model',
      organization: 'me',
      private: true,
    });
    expect(asked.every(({ token }) => token === 'Bearer hf_secret')).toBe(true);
    const lines = asked
      .at(-1)
      ?.body.split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      { key: 'header', value: { summary: 'A model', description: '' } },
      { key: 'file', value: { path: 'config.json', content: btoa('{}'), encoding: 'base64' } },
      { key: 'lfsFile', value: { path: 'model.safetensors', algo: 'sha256', oid, size: 25 } },
    ]);
    expect(told.at(-1)).toMatchObject({ message: 'Making the commit', sent: 25, total: 27 });
  });

  it('sends parts in their order, closes the file without the token, and has it checked', async () => {
    const asked = hub(inParts);
    const { got, put } = storageThat();
    await push(new HubPush(files(), put, []));
    expect(got).toEqual(['/1', '/2', '/3']);
    const closing = asked.find(({ path }) => path === '/api/complete_multipart');
    expect(closing?.token).toBeNull();
    expect(JSON.parse(closing?.body ?? '')).toEqual({
      oid,
      parts: [1, 2, 3].map((partNumber) => ({ partNumber, etag: `"${partNumber}"` })),
    });
    expect(asked.find(({ path }) => path === '/verify')?.body).toBe(JSON.stringify({ oid, size: 25 }));
  });

  it('tries a part again, and after a failure goes on with the parts that are missing', async () => {
    hub(inParts);
    const { got, put } = storageThat([2, 3, 4]);
    const model = new HubPush(files(), put, [0]);
    await expect(push(model)).rejects.toMatchObject({ code: 'offline' });
    expect(got).toEqual(['/1', '/2', '/2']);
    await push(model);
    expect(got.slice(3)).toEqual(['/2', '/2', '/3']);
  });

  it('begins anew when the parts that arrived are not taken any more', async () => {
    hub({ ...inParts, '/api/complete_multipart': 400 });
    const { got, put } = storageThat([2]);
    const model = new HubPush(files(), put, []);
    await expect(push(model)).rejects.toMatchObject({ code: 'offline' });
    hub(inParts);
    const sweep: Put = async (...piece) =>
      got.length === 2 ? (got.push('refused'), { status: 403, etag: null, text: '' }) : put(...piece);
    Object.assign(model, { put: sweep });
    await push(model);
    expect(got).toEqual(['/1', '/2', 'refused', '/1', '/2', '/3']);
  });

  it('sends nothing that the Hub has', async () => {
    hub({ '/me/model.git/info/lfs/objects/batch': { objects: [{ oid }] } });
    const { got, put } = storageThat();
    expect((await push(new HubPush(files(), put, []))).alreadyThere).toBe(25);
    expect(got).toEqual([]);
  });

  it.each<[string, Answers, Partial<PushRequest>, string, RegExp]>([
    ['an unknown token', { '/api/whoami-v2': 401 }, {}, 'access-denied', /does not know this token/],
    [
      'a token that may only read',
      { '/api/whoami-v2': { name: 'me', auth: { accessToken: { role: 'read' } } } },
      {},
      'access-denied',
      /may only read/,
    ],
    ["another's name", {}, { repository: 'others/model' }, 'access-denied', /“others” is taken by another/],
    ['a refused repository', { '/api/repos/create': 403 }, {}, 'access-denied', /HTTP 403.*“No\.”/],
    [
      'a public repository for a private push',
      { '/api/repos/create': 409, '/api/models/me/model': { id: 'me/model', private: false } },
      {},
      'access-denied',
      /is public, and this push was to be private/,
    ],
    ['a busy Hub', { '/api/models/me/model/preupload/main': 429 }, {}, 'offline', /HTTP 429/],
    [
      'a storage that is not known',
      {
        '/me/model.git/info/lfs/objects/batch': {
          objects: [{ oid, actions: { upload: { href: 'https://example.com/x' } } }],
        },
      },
      {},
      'access-denied',
      /wants large files sent to example\.com/,
    ],
    ['no name', {}, { repository: 'a b' }, 'name-missing', /is no name for a repository/],
    ['no token', {}, { token: 'ü\n' }, 'access-denied', /is no access token/],
  ])('refuses %s', async (_, answers, change, code, message) => {
    hub(answers);
    const { got, put } = storageThat();
    const failed = push(new HubPush(files(), put, []), change);
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('hf_secret') as string });
    expect(got).toEqual([]);
  });

  it('follows no redirect and takes the token to no other host', async () => {
    const redirected = Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' });
    const fetched = vi.fn<typeof fetch>(async () => redirected);
    vi.stubGlobal('fetch', fetched);
    await expect(push(new HubPush(files(), storageThat().put, []))).rejects.toMatchObject({ code: 'not-found' });
    expect(fetched).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ redirect: 'manual' }));
    const elsewhere = structuredClone(inParts);
    elsewhere['/me/model.git/info/lfs/objects/batch'].objects[0].actions.verify.href = 'https://example.com/verify';
    hub(elsewhere);
    await expect(push(new HubPush(files(), storageThat().put, []))).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('stops when it is told to', async () => {
    hub();
    const abort = new AbortController();
    const put: Put = async () => {
      abort.abort();
      throw new Error('aborted');
    };
    const stopped = new HubPush(files(), put, [0]).push(request, abort.signal, () => undefined);
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('names of repositories', () => {
  it.each(['model', 'us/model', 'VP_model.v2', 'a'])('takes %j', (name) => {
    expect(repositoryProblem(name)).toBeNull();
  });

  it.each(['', 'a/', 'a/b/c', 'a b', '-a', 'a.', 'a--b', 'a..b', 'a.git', 'ä', 'x'.repeat(97)])(
    'refuses %j',
    (name) => {
      expect(repositoryProblem(name)).toMatch(/\.$/);
    },
  );

  it.each([
    ['VP model, 2nd try', 'vp-model-2nd-try'],
    ['Löhne.git', 'job-title-classifier'],
    ['日本', 'job-title-classifier'],
    ['--a--', 'a'],
  ])('makes one of %j', (run, name) => {
    expect(repositoryNameOf(run)).toBe(name);
  });
});
