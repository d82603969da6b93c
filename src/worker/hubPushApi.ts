/**
 * The Hub's addresses for pushing: whose token it is, a repository, which files go to large file storage, what of them is there
 * already, and the commit. https://huggingface.co/docs/hub/api and the batch API of Git LFS.
 *
 * Own requests instead of @huggingface/hub: in a browser that library knows no bytes sent unless its `fetch` is replaced, begins a
 * broken file again at its first part, follows redirects with the token, and uploads through Xet by default, whose servers and
 * WebAssembly the page's policy would have to let in. Here every request that carries the token is made by `hubCall`, which knows no
 * other host than huggingface.co. Xet is not offered to the server (`transfers`), which then names its storage for plain uploads.
 */
import * as v from 'valibot';
import { RungError } from '../shared/errors.ts';
import { hubOrigin } from '../shared/hubPush.ts';

export interface HubCaller {
  token: string;
  signal: AbortSignal;
}

interface HubRequest {
  method?: 'POST';
  body?: string;
  type?: string;
}

const lfsType = 'application/vnd.git-lfs+json';

/** A file of the commit; large ones by their digest. */
export interface CommitFile {
  path: string;
  content: Blob;
  sha256: string | null;
}

/**
 * A request to huggingface.co with the token. A redirect is not followed: it would take the token along.
 * @param path with the slash; also a whole address of huggingface.co
 * @throws RungError `offline` when no answer comes, `aborted`, `access-denied` for another host
 */
export async function hubCall({ token, signal }: HubCaller, path: string, request: HubRequest = {}): Promise<Response> {
  const address = new URL(path, hubOrigin);
  if (address.origin !== hubOrigin) {
    const message = `The Hub asks for the token to be sent to ${address.host}. It was not sent.`;
    throw new RungError('access-denied', message, 'Download the model and push it with the “hf upload” command.');
  }
  const { method = 'GET', body, type = 'application/json' } = request;
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body !== undefined && { 'Content-Type': type, Accept: type }) },
      ...(body !== undefined && { body }),
      signal,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      redirect: 'manual',
    });
  } catch (thrown) {
    throw pushLost(thrown, signal);
  }
  if (response.type !== 'opaqueredirect') return response;
  const message = 'huggingface.co leads on to another address: the repository has been renamed or moved.';
  throw new RungError('not-found', message, 'Type the name that it has now on huggingface.co.');
}

/** A connection that could not be made or broke off. */
export function pushLost(thrown: unknown, signal: AbortSignal): RungError {
  if (signal.aborted) return new RungError('aborted', 'Pushing was stopped. What has arrived is not sent again.');
  const offline = typeof navigator !== 'undefined' && !navigator.onLine;
  return new RungError(
    'offline',
    offline
      ? 'This device is offline: nothing more could be sent.'
      : 'huggingface.co or its storage could not be reached, or the connection broke off.',
    offline
      ? 'Connect it, then try again: what has arrived is not sent again.'
      : 'Check the network, a firewall or an add-on that blocks it, then try again: what has arrived is not sent again.',
    { cause: thrown },
  );
}

/** What the Hub says itself, in at most a sentence or two. */
async function saidBy(response: Response): Promise<string> {
  const header = response.headers.get('X-Error-Message');
  const body: unknown = await response.json().catch(() => null);
  const parsed = v.safeParse(v.object({ error: v.string() }), body);
  const said = (header ?? (parsed.success ? parsed.output.error : '')).slice(0, 300).trim();
  return said === '' ? '' : ` It says: “${said}”`;
}

/** What an answer that is no success means. */
async function refusal(response: Response, doing: string): Promise<RungError> {
  const { status } = response;
  const said = await saidBy(response);
  const message = `huggingface.co answered HTTP ${status} to ${doing}.${said}`;
  if (status === 401 || status === 403) {
    const hint = `The token may not do that, or the account has no room left: make a token that may write there, at ${hubOrigin}/settings/tokens.`;
    return new RungError('access-denied', message, hint);
  }
  const hint =
    status === 429
      ? 'It wants fewer requests: wait a few minutes, then try again.'
      : 'Try again a little later: what has arrived is not sent again.';
  return new RungError(status >= 500 || status === 429 ? 'offline' : 'not-found', message, hint);
}

async function readAs<Schema extends v.GenericSchema>(
  schema: Schema,
  response: Response,
  doing: string,
  signal: AbortSignal,
): Promise<v.InferOutput<Schema>> {
  if (!response.ok) throw await refusal(response, doing);
  const json: unknown = await response.json().catch((thrown: unknown) => {
    throw pushLost(thrown, signal);
  });
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const message = `The answer of huggingface.co to ${doing} is not as expected (${v.getDotPath(issue) ?? 'answer'}: ${issue.message}).`;
  throw new RungError('internal', message, 'Download the model and push it with the “hf upload” command.');
}

const account = v.object({
  name: v.string(),
  orgs: v.optional(v.array(v.object({ name: v.string() })), []),
  auth: v.optional(v.object({ accessToken: v.optional(v.object({ role: v.optional(v.string()) })) })),
});

/**
 * The repository that is meant: one of the token's owner, or of an organisation of theirs.
 * @throws RungError `access-denied` for a token that is unknown or may only read, or another's name
 */
export async function ownRepository(caller: HubCaller, typed: string): Promise<string> {
  const response = await hubCall(caller, '/api/whoami-v2');
  if (response.status === 401) {
    const hint = `Copy it whole from ${hubOrigin}/settings/tokens; it begins with “hf_”. One that was revoked works no more.`;
    throw new RungError('access-denied', 'huggingface.co does not know this token (HTTP 401).', hint);
  }
  const { name: user, orgs, auth } = await readAs(account, response, 'the question whose token it is', caller.signal);
  if (auth?.accessToken?.role === 'read') {
    const hint = `Make one with the role “Write” at ${hubOrigin}/settings/tokens.`;
    throw new RungError('access-denied', `This token of ${user} may only read: nothing was sent.`, hint);
  }
  const parts = typed.trim().split('/');
  const name = parts.at(-1) ?? '';
  const owner = parts.length === 2 ? parts[0] : user;
  const known = [user, ...orgs.map((org) => org.name)].find((other) => other.toLowerCase() === owner.toLowerCase());
  if (known !== undefined) return `${known}/${name}`;
  const message = `“${owner}” is taken by another: the token belongs to ${user}, who is no member of such an organisation.`;
  throw new RungError('access-denied', message, `Write the name alone, and the model goes to ${user}/${name}.`);
}

const described = v.object({ id: v.string(), private: v.boolean() });

/**
 * Makes the repository, or takes the one that is there, and asks whether it is private before anything is put into it.
 * @throws RungError `access-denied`, also for a public one that was to be private
 */
export async function ensureRepository(
  caller: HubCaller,
  id: string,
  wanted: { private: boolean },
): Promise<{ private: boolean }> {
  const [organization, name] = id.split('/');
  const body = JSON.stringify({ type: 'model', name, organization, private: wanted.private });
  const made = await hubCall(caller, '/api/repos/create', { method: 'POST', body });
  // 409: it exists.
  if (!made.ok && made.status !== 409) throw await refusal(made, `the wish for a repository ${id}`);
  await made.body?.cancel();
  const found = await hubCall(caller, `/api/models/${id}`);
  if (found.status === 404 && made.status === 409) {
    const message = `The name ${id} is taken by something that is no model.`;
    throw new RungError('access-denied', message, 'Choose another name.');
  }
  const repository = await readAs(described, found, `the question what ${id} is`, caller.signal);
  if (wanted.private && !repository.private) {
    const message = `${id} is public, and this push was to be private: nothing was sent.`;
    throw new RungError('access-denied', message, 'Choose another name, or untick “Private” to push there.');
  }
  return { private: repository.private };
}

const modes = v.object({ files: v.array(v.object({ path: v.string(), uploadMode: v.picklist(['lfs', 'regular']) })) });
const sampleBytes = 512;

/** Paths of the files that the Hub wants in large file storage; it decides by name, size and the first bytes. */
export async function largeFiles(
  caller: HubCaller,
  id: string,
  files: ReadonlyMap<string, Blob>,
): Promise<ReadonlySet<string>> {
  const listed = await Promise.all(
    Array.from(files, async ([path, { size }]) => ({
      path,
      size,
      sample: base64(new Uint8Array(await files.get(path)!.slice(0, sampleBytes).arrayBuffer())),
    })),
  );
  const body = JSON.stringify({ files: listed });
  const response = await hubCall(caller, `/api/models/${id}/preupload/main`, { method: 'POST', body });
  const answer = await readAs(modes, response, 'the list of files', caller.signal);
  return new Set(answer.files.filter(({ uploadMode }) => uploadMode === 'lfs').map(({ path }) => path));
}

const action = v.object({ href: v.string(), header: v.optional(v.record(v.string(), v.string()), {}) });
const batch = v.object({
  objects: v.array(
    v.object({
      oid: v.string(),
      actions: v.optional(v.object({ upload: v.optional(action), verify: v.optional(action) })),
      error: v.optional(v.object({ code: v.number(), message: v.string() })),
    }),
  ),
});

export type UploadAction = v.InferOutput<typeof action>;

export interface LargeObject {
  /** SHA-256 in hexadecimal. */
  oid: string;
  size: number;
}

/** What is to be done for each object; one that is not in the answer's map has arrived before. */
export async function uploadActions(
  caller: HubCaller,
  id: string,
  objects: readonly LargeObject[],
): Promise<Map<string, { upload: UploadAction; verify: UploadAction | undefined }>> {
  const body = JSON.stringify({
    operation: 'upload',
    transfers: ['basic', 'multipart'],
    hash_algo: 'sha_256',
    ref: { name: 'main' },
    objects: objects.map(({ oid, size }) => ({ oid, size })),
  });
  const path = `/${id}.git/info/lfs/objects/batch`;
  const response = await hubCall(caller, path, { method: 'POST', body, type: lfsType });
  const answer = await readAs(batch, response, 'the question where large files go', caller.signal);
  const wanted = new Map<string, { upload: UploadAction; verify: UploadAction | undefined }>();
  for (const { oid, actions, error } of answer.objects) {
    if (error) {
      const message = `huggingface.co takes a file of ${id} not (${error.code}): ${error.message.slice(0, 300)}`;
      throw new RungError('access-denied', message, 'See the storage limits of the account on huggingface.co.');
    }
    if (actions?.upload) wanted.set(oid, { upload: actions.upload, verify: actions.verify });
  }
  return wanted;
}

/** Has the Hub look at an object that was sent. */
export async function verifyObject(caller: HubCaller, address: string, { oid, size }: LargeObject): Promise<void> {
  const response = await hubCall(caller, address, {
    method: 'POST',
    body: JSON.stringify({ oid, size }),
    type: lfsType,
  });
  if (!response.ok) throw await refusal(response, 'the check of a file that was sent');
  await response.body?.cancel();
}

const committed = v.object({ commitOid: v.string() });

/** One commit of all files: small ones in it, large ones by their digest. Resolves with the commit's id. */
export async function commitFiles(
  caller: HubCaller,
  id: string,
  summary: string,
  files: readonly CommitFile[],
): Promise<string> {
  const lines: unknown[] = [{ key: 'header', value: { summary, description: '' } }];
  for (const { path, content, sha256 } of files) {
    if (sha256 !== null) {
      lines.push({ key: 'lfsFile', value: { path, algo: 'sha256', oid: sha256, size: content.size } });
      continue;
    }
    const bytes = base64(new Uint8Array(await content.arrayBuffer()));
    lines.push({ key: 'file', value: { path, content: bytes, encoding: 'base64' } });
  }
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  const request: HubRequest = { method: 'POST', body, type: 'application/x-ndjson' };
  const response = await hubCall(caller, `/api/models/${id}/commit/main`, request);
  return (await readAs(committed, response, 'the commit', caller.signal)).commitOid;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: the engine takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
