/**
 * What the Hugging Face Hub says of a model: its commit, its licence, its files with sizes and checksums. One request to its API,
 * `GET /api/models/ID/revision/main?blobs=true`; a file is then at `/ID/resolve/COMMIT/NAME`, which for large ones leads on to a
 * content server. https://huggingface.co/docs/hub/api
 */
import * as v from 'valibot';
import { neededFiles } from '../formats/package.ts';
import { RungError } from '../shared/errors.ts';
import type { ModelManifest } from '../storage/modelCache.ts';

export const hubAddress = 'https://huggingface.co';

const revision = 'main';

const apiModel = v.object({
  id: v.string(),
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
  gated: v.optional(v.union([v.boolean(), v.string()])),
  tags: v.optional(v.array(v.string())),
  siblings: v.array(
    v.object({
      rfilename: v.string(),
      size: v.optional(v.number()),
      blobId: v.optional(v.string()),
      lfs: v.nullish(v.object({ sha256: v.string(), size: v.number() })),
    }),
  ),
});

/**
 * The model that a user means: "name", "organisation/name", or an address of huggingface.co.
 * @throws RungError `name-missing` or `model-unsupported` where it cannot be one.
 */
export function modelId(typed: string): string {
  const id = typed
    .trim()
    .replace(/^https?:\/\/(www\.)?huggingface\.co\//i, '')
    .replace(/\/(tree|resolve|blob)\/.*$/, '')
    .replace(/[/?#]+$/, '');
  const hint = 'A model is named as on huggingface.co: “distilbert-base-uncased” or “organisation/model”.';
  if (id === '') throw new RungError('name-missing', 'No model was named.', hint);
  const part = '[A-Za-z0-9][A-Za-z0-9._-]{0,95}';
  if (!new RegExp(`^${part}(/${part})?$`).test(id) || id.includes('..')) {
    throw new RungError('name-missing', `“${id.slice(0, 100)}” is no name of a model.`, hint);
  }
  return id;
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export function fileAddress(model: { id: string; revision: string }, name: string): string {
  return `${hubAddress}/${encoded(model.id)}/resolve/${model.revision}/${encoded(name)}`;
}

/**
 * A request as all to the Hub are made: it is told neither where from nor who asks, and what comes is kept in one place only. No
 * header needs the server's leave beforehand (`Range` from a byte on is among those that may always be sent).
 * @throws RungError `offline` when no answer comes, `aborted`
 */
export async function request(address: string, signal: AbortSignal, from = 0): Promise<Response> {
  const headers = from > 0 ? { Range: `bytes=${from}-` } : undefined;
  try {
    return await fetch(address, {
      signal,
      ...(headers && { headers }),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
  } catch (thrown) {
    throw lost(thrown, signal);
  }
}

/** A connection that could not be made or broke off; a browser does not say which, nor why. */
export function lost(thrown: unknown, signal: AbortSignal): RungError {
  if (signal.aborted) return new RungError('aborted', 'Fetching was stopped; what came is kept.');
  return new RungError(
    'offline',
    'huggingface.co could not be reached, or the connection broke off.',
    'Check the network, a firewall or an add-on that blocks it, then go on: what came is kept. Or download the model folder yourself and drop it here.',
    { cause: thrown },
  );
}

/** What an answer that is no file means. */
export function refused(response: Response, id: string, what: string): RungError {
  const { status } = response;
  const code = response.headers.get('X-Error-Code');
  if (code === 'GatedRepo' || status === 403) {
    const message = `${id} is open only to those who accepted its terms (HTTP ${status}).`;
    const hint = `Accept them at ${hubAddress}/${id} while signed in, download its folder there and drop it here. Rung does not sign in.`;
    return new RungError('access-denied', message, hint);
  }
  if (status === 404 && code !== 'RepoNotFound' && what !== 'the model') {
    return new RungError('not-found', `${id} holds no ${what} (HTTP 404).`, 'Choose another model.');
  }
  // To those who are not signed in the Hub answers 401 for a model that does not exist, too.
  if (status === 401 || status === 404) {
    const message = `There is no public model “${id}” on the Hub (HTTP ${status}).`;
    return new RungError(
      'not-found',
      message,
      'Check its name. A private model has to be downloaded and dropped here.',
    );
  }
  const message = `huggingface.co answered HTTP ${status} when asked for ${what} of ${id}.`;
  const hint =
    status === 429 ? 'It wants fewer requests: wait a few minutes, then go on.' : 'Try again a little later.';
  return new RungError('offline', message, hint);
}

/**
 * Asks for a model's files and chooses those that are needed.
 * @throws RungError `not-found`, `access-denied`, `offline`, `package-incomplete` where files are missing, `model-unsupported`.
 */
export async function listModel(id: string, signal: AbortSignal): Promise<ModelManifest> {
  const address = `${hubAddress}/api/models/${encoded(id)}/revision/${revision}?blobs=true`;
  const response = await request(address, signal);
  if (!response.ok) throw refused(response, id, 'the model');
  const json: unknown = await response.json().catch((thrown: unknown) => {
    throw lost(thrown, signal);
  });
  const parsed = v.safeParse(apiModel, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const message = `Asking huggingface.co for ${id}: the answer is not as expected (${v.getDotPath(issue) ?? 'model'}: ${issue.message}).`;
    throw new RungError('internal', message, 'Download the model folder yourself and drop it here.');
  }
  return manifestOf(parsed.output);
}

function manifestOf(model: v.InferOutput<typeof apiModel>): ModelManifest {
  const byName = new Map(model.siblings.map((file) => [file.rfilename, file]));
  const names = neededFiles([...byName.keys()]);
  requireFiles(model.id, names, [...byName.keys()]);
  const files = names.map((name) => {
    const file = byName.get(name);
    const size = file?.lfs?.size ?? file?.size;
    if (size === undefined) {
      throw new RungError('internal', `Asking huggingface.co for ${model.id}: it does not say how large ${name} is.`);
    }
    return {
      name,
      size,
      sha256: file?.lfs?.sha256 ?? null,
      gitId: file?.lfs ? null : (file?.blobId ?? null),
      checked: false,
    };
  });
  const licence = model.tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null;
  return { version: 1, id: model.id, revision: model.sha, licence, files, encoder: null };
}

function requireFiles(id: string, names: readonly string[], all: readonly string[]): void {
  const missing: string[] = [];
  if (!names.includes('config.json')) missing.push('config.json');
  const vocabulary = ['tokenizer.json', 'vocab.txt', 'vocab.json', 'spm.model'];
  if (!vocabulary.some((name) => names.includes(name))) missing.push('tokenizer.json');
  if (!names.some((name) => /\.(safetensors|bin)$/.test(name))) missing.push('model.safetensors or pytorch_model.bin');
  if (missing.length === 0) return;
  const found = all.slice(0, 6).join(', ') + (all.length > 6 ? ` and ${all.length - 6} more` : '');
  const message = `${id} is no model that Rung can read: it has no ${missing.join(', no ')}. Found: ${found || 'nothing'}.`;
  throw new RungError(
    'package-incomplete',
    message,
    'Choose a model of the Transformers library with PyTorch weights.',
  );
}
