/**
 * A stand-in for huggingface.co on this machine: its addresses, redirects, headers and refusals, over https with a certificate made
 * at run time. Chromium is told to take it for the real one (`chromiumFlags`), so that the page's own code and policy are at work.
 * By hand: node tools/run.mjs tools/hubServer.ts
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HubFile } from './hubFiles.ts';
import { aliases, hubRepositories, type HubRepository } from './hubModels.ts';
import { HubUploads, storageHost, type UploadSettings } from './hubServerUploads.ts';

const contentHost = 'cas-bridge.xethub.hf.co';
const exposed =
  'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash';
const pieceBytes = 256 * 1024;

export interface HubServer extends UploadSettings {
  /** For Chromium's command line. */
  chromiumFlags: string[];
  /** "GET huggingface.co/api/...", with the range where one was asked for. */
  requests: string[];
  /** Large files break off after so many bytes of an answer; null: never. */
  breakAfter: number | null;
  /** One bit of every large file is wrong. */
  damaged: boolean;
  /** Milliseconds between pieces of 256 kB. */
  delay: number;
  /** The commit that `main` is at: another one is another version of every large file. */
  version: number;
  close(): Promise<void>;
}

/** Whether a certificate can be made here. */
export function canServeHub(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function certificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'hub-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=huggingface.co', '-days', '2'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Digests of files, each worked out once: half a gigabyte takes a second. */
const digests = new Map<string, string>();

function digestOf(key: string, file: HubFile, kind: 'sha256' | 'git', version: number): string {
  const known = digests.get(`${key} ${kind} ${version}`);
  if (known) return known;
  const hash = createHash(kind === 'git' ? 'sha1' : 'sha256');
  if (kind === 'git') hash.update(`blob ${file.size}\0`);
  for (let at = 0; at < file.size; at += pieceBytes) hash.update(contentOf(file, at, at + pieceBytes, version));
  const digest = hash.digest('hex');
  digests.set(`${key} ${kind} ${version}`, digest);
  return digest;
}

/** Bytes of a file at a version: later ones differ in the last bytes of large files. */
function contentOf(file: HubFile, begin: number, end: number, version: number): Buffer {
  const bytes = Buffer.from(file.read(begin, Math.min(end, file.size)));
  if (file.large && version > 0 && Math.min(end, file.size) === file.size && bytes.length > 0) {
    bytes[bytes.length - 4] ^= version;
  }
  return bytes;
}

const commitOf = (id: string, version: number): string => createHash('sha1').update(`${id} ${version}`).digest('hex');

class Hub {
  readonly repositories = new Map(hubRepositories().map((repository) => [repository.id, repository]));
  private readonly uploads = new HubUploads(this.repositories);
  // One object: what a test changes of it must reach both.
  readonly settings: Omit<HubServer, 'chromiumFlags' | 'close'> = Object.assign(this.uploads.settings, {
    requests: [],
    breakAfter: null,
    damaged: false,
    delay: 0,
    version: 0,
  });

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = request.headers.host?.replace(/:\d+$/, '') ?? '';
    const { pathname } = new URL(request.url ?? '/', 'https://host');
    const range = request.headers.range ? ` ${request.headers.range}` : '';
    this.settings.requests.push(`${request.method} ${host}${pathname}${range}`);
    response.setHeader('Access-Control-Allow-Origin', host === contentHost ? '*' : (request.headers.origin ?? '*'));
    response.setHeader('Access-Control-Expose-Headers', exposed);
    if (await this.uploads.answer(host, request, response)) return;
    if (request.method === 'OPTIONS') return this.refuse(response, 405, 'NoPreflight');
    if (host === contentHost) return this.sendContent(pathname, request, response);
    return this.hub(pathname, request, response);
  }

  private async hub(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const api = /^\/api\/models\/(.+)\/revision\/main$/.exec(pathname);
    const resolve = /^\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname);
    const asked = decodeURIComponent(api?.[1] ?? resolve?.[1] ?? '');
    const full = aliases.get(asked);
    if (full) {
      response.setHeader('Location', (request.url ?? '').replace(asked, full));
      return void response.writeHead(307).end();
    }
    const repository = this.repositories.get(asked);
    // To those who are not signed in the Hub says 401 of what does not exist.
    if (!repository) return this.refuse(response, 401, 'RepoNotFound');
    if (api) return this.sendListing(repository, response);
    if (repository.gated) return this.refuse(response, 401, 'GatedRepo');
    const name = decodeURIComponent(resolve?.[3] ?? '');
    const file = repository.files.get(name);
    const { version } = this.settings;
    if (!file || resolve?.[2] !== commitOf(asked, version)) return this.refuse(response, 404, 'EntryNotFound');
    response.setHeader('X-Repo-Commit', commitOf(asked, version));
    if (!file.large) {
      response.setHeader('ETag', `"${digestOf(`${asked}/${name}`, file, 'git', version)}"`);
      return this.send(file, version, request, response);
    }
    response.setHeader('X-Linked-ETag', `"${digestOf(`${asked}/${name}`, file, 'sha256', version)}"`);
    response.setHeader('X-Linked-Size', String(file.size));
    response.setHeader('Location', `https://${contentHost}/${asked}/${name}/${version}?X-Amz-Signature=none`);
    response.writeHead(302).end();
  }

  private sendListing({ id, licence, gated, files }: HubRepository, response: ServerResponse): void {
    const { version } = this.settings;
    const siblings = Array.from(files, ([rfilename, file]) => ({
      rfilename,
      size: file.size,
      // Of a large file it names the pointer to it, which nobody fetches.
      blobId: file.large ? commitOf(rfilename, version) : digestOf(`${id}/${rfilename}`, file, 'git', version),
      ...(file.large && {
        lfs: { sha256: digestOf(`${id}/${rfilename}`, file, 'sha256', version), size: file.size, pointerSize: 134 },
      }),
    }));
    const model = { _id: '1', id, modelId: id, private: false, gated: gated && 'auto', sha: commitOf(id, version) };
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ ...model, tags: ['pytorch', `license:${licence}`], siblings }));
  }

  private async sendContent(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [owner, model, ...rest] = decodeURIComponent(pathname).slice(1).split('/');
    const file = this.repositories.get(`${owner}/${model}`)?.files.get(rest.slice(0, -1).join('/'));
    if (!file) return this.refuse(response, 403, 'AccessDenied');
    return this.send(file, Number(rest.at(-1)), request, response);
  }

  private async send(
    file: HubFile,
    version: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const begin = Number(range?.[1] ?? 0);
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('Content-Length', String(file.size - begin));
    if (range) response.setHeader('Content-Range', `bytes ${begin}-${file.size - 1}/${file.size}`);
    response.writeHead(range ? 206 : 200);
    const { settings } = this;
    for (let at = begin; at < file.size; at += pieceBytes) {
      if (file.large && settings.breakAfter !== null && at - begin >= settings.breakAfter) {
        // What was sent should be through before the line is cut.
        await new Promise((done) => setTimeout(done, 100));
        return void response.destroy();
      }
      const bytes = contentOf(file, at, at + pieceBytes, version);
      if (file.large && settings.damaged && at === begin) bytes[bytes.length - 1] ^= 1;
      if (!response.write(bytes)) await drained(response);
      if (response.destroyed) return;
      if (file.large && settings.delay > 0) await new Promise((done) => setTimeout(done, settings.delay));
    }
    response.end();
  }

  private refuse(response: ServerResponse, status: number, code: string): void {
    response.setHeader('X-Error-Code', code);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: code }));
  }
}

const quiet = (): undefined => undefined;

/** Until more can be written, or nobody listens any more. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const [drain, close] = ['drain', 'close'].map((event) => once(response, event, { signal }).catch(quiet));
  await Promise.race([drain, close]);
  over.abort();
}

/** Starts the server on a free port. */
export async function startHubServer(): Promise<HubServer> {
  const hub = new Hub();
  const server = createServer(certificate(), (request, response) => {
    hub.answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's address is never a string
  const { port } = server.address() as AddressInfo;
  const hosts = ['huggingface.co', contentHost, storageHost]
    .map((host) => `MAP ${host}:443 127.0.0.1:${port}`)
    .join(',');
  return Object.assign(hub.settings, {
    chromiumFlags: [`--host-resolver-rules=${hosts}`, '--ignore-certificate-errors'],
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

export async function main(): Promise<void> {
  const server = await startHubServer();
  console.log(`Start Chromium with:\n${server.chromiumFlags.map((flag) => `  '${flag}'`).join('\n')}`);
  await new Promise(() => undefined);
}
