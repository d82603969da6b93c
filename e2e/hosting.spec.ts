/** The built folder on a plain static host: under another path, without the headers that threads need. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { expect, test } from '@playwright/test';
import { adjust, open, openSample, trainToTheEnd } from './support.ts';

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

let server: Server;
let address: string;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname));
    const file = join('dist', path === prefix ? 'index.html' : path.slice(prefix.length));
    if (!path.startsWith(prefix) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's address is never a string
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
});

test.afterAll(() => {
  server.close();
});

test('trains under a sub-path, on one thread where the host sends no isolation headers', async ({ page }) => {
  const missing: string[] = [];
  page.on('response', (response) => response.status() >= 400 && missing.push(response.url()));
  await page.goto(address);
  // The only adapter of the test browser is a software one: not chosen unless asked for, and the page says so.
  const badge = page.getByRole('button', { name: /^Device: WASM, 1 thread/ });
  await badge.click();
  await expect(page.getByText(/No graphics card is used/).first()).toBeVisible();
  await expect(page.getByText(/not cross-origin isolated/).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, { Epochs: '1' });
  await trainToTheEnd(page, 'Elsewhere');
  expect(missing).toEqual([]);
});
