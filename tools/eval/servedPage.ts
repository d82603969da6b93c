/** Builds a page of this folder, serves it with the app's headers and opens it in headless Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build, preview } from 'vite';
import { chromiumArguments, chromiumPath, isolationHeaders } from '../chromium.ts';

/** `work` opens as many pages as it wants, one after the other; what they say on their console goes to stderr. */
export async function withServedPage<T>(html: string, work: (open: () => Promise<Page>) => Promise<T>): Promise<T> {
  const outDir = await mkdtemp(join(tmpdir(), 'rung-eval-'));
  try {
    const shared = { configFile: false, logLevel: 'error', base: './', build: { outDir, emptyOutDir: true } } as const;
    await build({
      ...shared,
      plugins: [react()],
      worker: { format: 'es' },
      build: { ...shared.build, chunkSizeWarningLimit: 4000, rolldownOptions: { input: resolve(html) } },
    });
    const server = await preview({ ...shared, preview: { port: 0, headers: isolationHeaders } });
    const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
    try {
      return await work(async () => {
        const page = await browser.newPage();
        page.on('console', (message) => console.error(message.text()));
        page.on('pageerror', (error) => console.error(error.message));
        await page.goto(new URL(html, server.resolvedUrls?.local[0]).href);
        return page;
      });
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}
