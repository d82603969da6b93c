/** Opens `index.html` as a production build under the page's content security policy, in headless Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { chromiumArguments, chromiumPath, isolationHeaders } from '../tools/chromium.ts';

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";

/** @param isolated whether the page may use threads. */
export async function onBenchPage<T>(isolated: boolean, work: (page: Page) => Promise<T>): Promise<T> {
  const outDir = await mkdtemp(join(tmpdir(), 'rung-bench-'));
  const common = { configFile: false, root: import.meta.dirname, base: './', logLevel: 'warn' } as const;
  await build({
    ...common,
    worker: { format: 'es' },
    build: { outDir, target: 'es2023', emptyOutDir: true, assetsInlineLimit: 0 },
  });
  const headers = { 'Content-Security-Policy': policy, ...(isolated ? isolationHeaders : {}) };
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, headers } });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (!message.text().startsWith('mark')) console.error(message.text());
    });
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    return await work(page);
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true });
  }
}
