/** Recipes that fine-tune: the app's own workers in headless Chromium. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EvalResult } from './folds.ts';
import type { EvalRequest } from './page.ts';
import { withServedPage } from './servedPage.ts';

declare global {
  interface Window {
    evaluate: (request: EvalRequest) => Promise<EvalResult>;
  }
}

export type FinetuneOptions = Pick<
  EvalRequest,
  'recipe' | 'settings' | 'encoder' | 'randomWeights' | 'ownRows' | 'trainingRows'
>;

/** Runs the page once for each seed. */
export async function evaluateFinetune(
  file: string,
  folds: number,
  seeds: readonly number[],
  options: FinetuneOptions,
): Promise<EvalResult[]> {
  const bytes = (await readFile(file)).toString('base64');
  return withServedPage('tools/eval/index.html', async (open) => {
    const results: EvalResult[] = [];
    for (const seed of seeds) {
      // A new page for each: workers, and what they hold on the device, end with it.
      const page = await open();
      await page.waitForFunction(() => typeof window.evaluate === 'function');
      const request = { fileName: basename(file), bytes, folds, seed, ...options };
      results.push(await page.evaluate((sent) => window.evaluate(sent), request));
      await page.close();
    }
    return results;
  });
}
