/** Recipe `finetune`: the app's own workers in headless Chromium. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build, preview } from 'vite';
import { chromiumArguments, chromiumPath, isolationHeaders } from '../chromium.ts';
import type { EvalResult } from './folds.ts';
import type { EvalRequest } from './page.ts';

declare global {
  interface Window {
    evaluate: (request: EvalRequest) => Promise<EvalResult>;
  }
}

export type FinetuneOptions = Pick<EvalRequest, 'settings' | 'encoder' | 'randomWeights' | 'trainingRows'>;

/** Builds the page, serves it with the app's headers, runs it once for each seed. */
export async function evaluateFinetune(
  file: string,
  folds: number,
  seeds: readonly number[],
  options: FinetuneOptions,
): Promise<EvalResult[]> {
  const bytes = (await readFile(file)).toString('base64');
  const outDir = await mkdtemp(join(tmpdir(), 'rung-eval-'));
  try {
    const shared = { configFile: false, logLevel: 'error', base: './', build: { outDir, emptyOutDir: true } } as const;
    await build({
      ...shared,
      plugins: [react()],
      worker: { format: 'es' },
      build: {
        ...shared.build,
        chunkSizeWarningLimit: 4000,
        rolldownOptions: { input: resolve('tools/eval/index.html') },
      },
    });
    const server = await preview({ ...shared, preview: { port: 0, headers: isolationHeaders } });
    const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
    try {
      const results: EvalResult[] = [];
      for (const seed of seeds) {
        // A new page for each: workers, and what they hold on the device, end with it.
        const page = await browser.newPage();
        page.on('console', (message) => console.error(message.text()));
        page.on('pageerror', (error) => console.error(error.message));
        await page.goto(new URL('tools/eval/index.html', server.resolvedUrls?.local[0]).href);
        await page.waitForFunction(() => typeof window.evaluate === 'function');
        const request = { fileName: basename(file), bytes, folds, seed, ...options };
        results.push(await page.evaluate((sent) => window.evaluate(sent), request));
        await page.close();
      }
      return results;
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}
