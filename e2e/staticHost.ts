/** The built folder on a plain static host: under a path, without the headers that threads need. */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};
const prefix = '/tools/rung/';

export interface StaticHost {
  address: string;
  /** From now on the service worker is another one, byte by byte: what a browser takes for a new version. */
  publishNewVersion: () => void;
  close: () => void;
}

/** Serves `dist/` on a free port of this machine until it is closed. */
export async function startStaticHost(): Promise<StaticHost> {
  let version = '';
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname));
    const file = join('dist', path === prefix ? 'index.html' : path.slice(prefix.length));
    if (!path.startsWith(prefix) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    if (file === join('dist', 'sw.js')) response.end(readFileSync(file, 'utf8') + version);
    else createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's address is never a string
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}${prefix}`,
    publishNewVersion: () => (version = '\n// another version\n'),
    close: () => server.close(),
  };
}
