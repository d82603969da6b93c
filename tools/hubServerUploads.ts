/**
 * What the stand-in of huggingface.co does when a model is pushed: tokens, repositories, large file storage in parts or in one piece,
 * commits. It keeps what it gets in memory and writes down what came where.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HubRepository } from './hubModels.ts';

export const storageHost = 'hf-hub-lfs-us-east-1.s3-accelerate.amazonaws.com';
const hubHost = 'huggingface.co';
/** Parts are far smaller than the Hub's, so that a small model has several. */
const partBytes = 2_000_000;

/** Tokens of one user, who is in one organisation. */
export const hubTokens = { write: 'hf_standinMayWrite', read: 'hf_standinMayRead' };
export const hubUser = 'rung-user';
const owners = [hubUser, 'rung-org'];

export interface PushedRepository {
  private: boolean;
  files: Map<string, Buffer>;
  commits: string[];
}

export interface UploadSettings {
  /** Repositories that were made here. */
  pushed: Map<string, PushedRepository>;
  /** Pieces that the storage got: whole ones, and those that broke off. */
  pieces: { path: string; bytes: number; whole: boolean }[];
  /** Hosts that were sent a token. */
  tokenHosts: Set<string>;
  /** So many more pieces arrive, the others break off; null: all arrive. */
  piecesLeft: number | null;
}

type Json = Record<string, unknown>;

export class HubUploads {
  readonly settings: UploadSettings = { pushed: new Map(), pieces: [], tokenHosts: new Set(), piecesLeft: null };
  private readonly repositories: Map<string, HubRepository>;
  private readonly objects = new Map<string, Buffer>();
  private readonly parts = new Map<string, Buffer>();

  /** @param repositories public ones, where a pushed model is found by others */
  constructor(repositories: Map<string, HubRepository>) {
    this.repositories = repositories;
  }

  /** Whether the request was one of pushing, and is answered. */
  async answer(host: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.headers.authorization !== undefined) this.settings.tokenHosts.add(host);
    const { pathname } = new URL(request.url ?? '/', 'https://host');
    if (host !== storageHost && !isPushing(request.method ?? '', pathname)) return false;
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT');
      response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
      response.writeHead(204).end();
    } else if (host === storageHost) {
      await this.takePiece(pathname, request, response);
    } else {
      const body = await bodyOf(request);
      this.hub(pathname, body, request, response);
    }
    return true;
  }

  private hub(pathname: string, body: Buffer, request: IncomingMessage, response: ServerResponse): void {
    // Its address is signed: no token is asked for.
    if (pathname === '/api/complete_multipart') return this.complete(jsonOf(body), response);
    const token = request.headers.authorization?.replace('Bearer ', '');
    if (token !== hubTokens.write && token !== hubTokens.read) {
      return send(response, 401, { error: 'Invalid credentials in Authorization header' });
    }
    if (pathname === '/api/whoami-v2') {
      const role = token === hubTokens.write ? 'write' : 'read';
      const orgs = owners.slice(1).map((name) => ({ type: 'org', name }));
      const auth = { type: 'access_token', accessToken: { displayName: 'test', role } };
      return send(response, 200, { type: 'user', name: hubUser, orgs, auth });
    }
    if (token !== hubTokens.write) return send(response, 403, { error: 'This token may only read' });
    if (pathname === '/api/repos/create') return this.create(jsonOf(body), response);
    const [, id = '', what = ''] =
      /^\/api\/models\/([^/]+\/[^/]+)(?:\/(preupload|commit)\/main)?$/.exec(pathname) ??
      /^\/([^/]+\/[^/]+)\.git\/info\/lfs\/objects\/(batch|verify)$/.exec(pathname) ??
      [];
    const repository = this.settings.pushed.get(id);
    if (!repository) return send(response, 404, { error: 'Repository not found' });
    if (what === '') return send(response, 200, { id, private: repository.private });
    if (what === 'commit') return this.commit(id, repository, body, response);
    const asked = jsonOf(body);
    if (what === 'preupload') return send(response, 200, { files: listOf(asked.files).map(modeOf) });
    if (what === 'batch')
      return send(response, 200, {
        objects: listOf(asked.objects).map((object, i) => this.actions(id, object, i === 0)),
      });
    const held = this.objects.get(String(asked.oid))?.length === asked.size;
    return send(response, held ? 200 : 404, {});
  }

  private create({ name, organization, private: hidden, type }: Json, response: ServerResponse): void {
    const id = `${String(organization)}/${String(name)}`;
    if (!owners.includes(String(organization))) return send(response, 403, { error: 'You may not create there' });
    if (this.settings.pushed.has(id)) return send(response, 409, { error: 'You already created this model repo' });
    if (type !== 'model') return send(response, 400, { error: 'Invalid type' });
    this.settings.pushed.set(id, { private: hidden === true, files: new Map(), commits: [] });
    return send(response, 200, { url: `https://${hubHost}/${id}`, id });
  }

  /** The Hub goes by size; here the first file goes in parts and others in one piece, so that both ways are walked. */
  private actions(id: string, { oid, size }: Json, inParts: boolean): Json {
    const [name, bytes] = [String(oid), Number(size)];
    if (this.objects.has(name)) return { oid, size };
    const base = `https://${storageHost}/${id}/${name}`;
    const verify = { href: `https://${hubHost}/${id}.git/info/lfs/objects/verify` };
    if (!inParts) return { oid, size, actions: { upload: { href: base }, verify } };
    const count = Math.ceil(bytes / partBytes);
    const addresses = Array.from({ length: count }, (_, i) => [
      String(i + 1).padStart(5, '0'),
      `${base}?partNumber=${i + 1}`,
    ]);
    const header = { chunk_size: String(partBytes), ...Object.fromEntries(addresses) };
    const href = `https://${hubHost}/api/complete_multipart?oid=${name}&signature=test`;
    return { oid, size, actions: { upload: { href, header }, verify } };
  }

  private async takePiece(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { settings } = this;
    const path = `${pathname}${new URL(request.url ?? '/', 'https://host').search}`;
    const breaks = settings.piecesLeft !== null && settings.piecesLeft <= 0;
    const body = await bodyOf(request, breaks ? 100_000 : Infinity);
    settings.pieces.push({ path, bytes: body.length, whole: !breaks });
    if (breaks) return void response.destroy();
    if (settings.piecesLeft !== null) settings.piecesLeft--;
    const oid = pathname.split('/').at(-1) ?? '';
    const part = new URLSearchParams(path.split('?')[1]).get('partNumber');
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (part === null) this.objects.set(oid, body);
    else this.parts.set(`${oid} ${part} ${etag}`, body);
    response.setHeader('ETag', etag);
    response.writeHead(200).end();
  }

  private complete({ oid, parts }: Json, response: ServerResponse): void {
    const pieces = listOf(parts).map(({ partNumber, etag }) =>
      this.parts.get(`${String(oid)} ${String(partNumber)} ${String(etag)}`),
    );
    const whole = Buffer.concat(pieces.filter((piece) => piece !== undefined));
    if (createHash('sha256').update(whole).digest('hex') !== oid) return send(response, 400, { error: 'Wrong digest' });
    this.objects.set(oid, whole);
    return send(response, 200, { success: true });
  }

  private commit(id: string, repository: PushedRepository, body: Buffer, response: ServerResponse): void {
    for (const line of body.toString('utf8').split('\n')) {
      const { key, value = {} } = jsonOf(Buffer.from(line)) as { key?: string; value?: Json };
      const path = String(value.path);
      if (key === 'file') repository.files.set(path, Buffer.from(String(value.content), 'base64'));
      if (key !== 'lfsFile') continue;
      const object = this.objects.get(String(value.oid));
      if (!object) return send(response, 400, { error: `No object for ${path}` });
      repository.files.set(path, object);
    }
    const commit = createHash('sha1').update(body).digest('hex');
    repository.commits.push(commit);
    if (!repository.private) this.publish(id, repository);
    return send(response, 200, {
      success: true,
      commitOid: commit,
      commitUrl: `https://${hubHost}/${id}/commit/${commit}`,
    });
  }

  private publish(id: string, { files }: PushedRepository): void {
    const served = Array.from(files, ([path, content]) => {
      const read = (begin: number, end: number): Buffer => content.subarray(begin, end);
      return [path, { size: content.length, large: isLarge(path), read }] as const;
    });
    this.repositories.set(id, { id, licence: 'mit', gated: false, files: new Map(served) });
  }
}

/** Addresses that only pushing asks for; the others are answered to everybody, without leave beforehand. */
function isPushing(method: string, pathname: string): boolean {
  if (/^\/api\/(whoami-v2|repos\/create|complete_multipart)$/.test(pathname)) return true;
  if (/^\/api\/models\/[^/]+\/[^/]+$/.test(pathname)) return true;
  return method !== 'GET' && /\/(preupload|commit)\/main$|\.git\/info\/lfs\/objects\/(batch|verify)$/.test(pathname);
}

/** As the .gitattributes of a new repository. */
const isLarge = (path: string): boolean => /\.(safetensors|onnx|bin|model)$/.test(path);

const modeOf = ({ path }: Json): Json => ({ path, uploadMode: isLarge(String(path)) ? 'lfs' : 'regular' });

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

const jsonOf = (body: Buffer): Json => JSON.parse(body.toString('utf8')) as Json;
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** At most so many bytes; the rest is left. */
async function bodyOf(request: IncomingMessage, limit = Infinity): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= limit) break;
  }
  return Buffer.concat(pieces);
}
