/**
 * `npm run eval -- --data FILE`: cross-validation of a recipe with the app's own workers in headless Chromium. Prints out-of-fold
 * figures with 95 % bootstrap intervals; near-duplicates are on one side of every fold, thresholds come from validation rows.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build, preview } from 'vite';
import { minimumSupport, type Interval, type SplitReport, type TrainingConfig } from '../../src/shared/training.ts';
import { chromiumArguments, chromiumPath, isolationHeaders } from '../chromium.ts';
import type { EvalRequest, EvalResult } from './page.ts';

const usage = `Usage: npm run eval -- --data FILE [--folds 5] [--recipe finetune] [--backend wasm|webgpu] [--json OUT]
                       [--seed 42] [--epochs N] [--batch-size N] [--learning-rate X] [--encoder rung-mini]`;

const recipes = ['finetune'];

declare global {
  interface Window {
    evaluate: (request: EvalRequest) => Promise<EvalResult>;
  }
}

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      folds: { type: 'string', default: '5' },
      recipe: { type: 'string', default: recipes[0] },
      backend: { type: 'string', default: 'wasm' },
      encoder: { type: 'string', default: 'rung-mini' },
      json: { type: 'string' },
      seed: { type: 'string' },
      epochs: { type: 'string' },
      'batch-size': { type: 'string' },
      'learning-rate': { type: 'string' },
    },
  });
  const folds = Number(values.folds);
  const { backend } = values;
  if (
    !values.data ||
    !recipes.includes(values.recipe) ||
    !(folds >= 2) ||
    (backend !== 'wasm' && backend !== 'webgpu')
  ) {
    console.error(`${usage}\nRecipes: ${recipes.join(', ')}`);
    return 2;
  }
  const settings: Partial<TrainingConfig> = { backend };
  if (values.seed) settings.seed = Number(values.seed);
  if (values.epochs) settings.epochs = Number(values.epochs);
  if (values['batch-size']) settings.batchSize = Number(values['batch-size']);
  if (values['learning-rate']) settings.learningRate = Number(values['learning-rate']);

  const bytes = (await readFile(values.data)).toString('base64');
  const result = await inChromium({ fileName: basename(values.data), bytes, folds, settings, encoder: values.encoder });
  print(result, folds);
  if (values.json) await writeFile(values.json, `${JSON.stringify(jsonOf(result, values.recipe, folds), null, 2)}\n`);
  return 0;
}

/** Builds the page, serves it with the app's headers, runs it to the end. */
async function inChromium(request: EvalRequest): Promise<EvalResult> {
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
      const page = await browser.newPage();
      page.on('console', (message) => console.error(message.text()));
      page.on('pageerror', (error) => console.error(error.message));
      await page.goto(new URL('tools/eval/index.html', server.resolvedUrls?.local[0]).href);
      await page.waitForFunction(() => typeof window.evaluate === 'function');
      return await page.evaluate((sent) => window.evaluate(sent), request);
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

function figure(interval: Interval | null): string {
  if (!interval) return 'not enough rows to say';
  return `${interval.value.toFixed(3)}  (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`;
}

function print(result: EvalResult, folds: number): void {
  const { learned, half } = result;
  const { epochs, learningRate, batchSize, seed } = result.settings;
  console.log(
    `\n${result.rows} rows, ${folds} folds, ${epochs} epochs at ${learningRate}, batch ${batchSize}, seed ${seed}`,
  );
  console.log(
    `${result.backend} (${result.device}), ${result.seconds.toFixed(0)} s in all, ${result.epochSeconds.toFixed(1)} s an epoch`,
  );
  console.log('\nout of fold, 95 % interval          threshold .5                  thresholds from validation');
  const line = (name: string, pick: (report: SplitReport) => Interval | null): void =>
    console.log(`${name.padEnd(36)}${figure(pick(half)).padEnd(30)}${figure(pick(learned))}`);
  line('micro-F1', (report) => report.microF1);
  line('macro-F1', (report) => report.macroF1);
  line(`macro-F1, labels of ${minimumSupport} rows or more`, (report) => report.macroF1Supported);
  line('exact match', (report) => report.exactMatch);
  console.log(`${'micro-F1 of the best constant answer'.padEnd(36)} ${learned.constantMicroF1.toFixed(3)}`);
  for (const [i, label] of learned.perLabel.entries()) {
    const name = `${label.name} (${label.support})`;
    console.log(`${`F1 ${name}`.padEnd(36)}${figure(half.perLabel[i].f1).padEnd(30)}${figure(label.f1)}`);
  }
}

function plain(report: SplitReport) {
  return {
    microF1: report.microF1.value,
    macroF1: report.macroF1.value,
    macroF1Supported: report.macroF1Supported?.value ?? null,
    exactMatch: report.exactMatch.value,
    constantMicroF1: report.constantMicroF1,
    perLabel: report.perLabel,
    intervals: {
      microF1: report.microF1,
      macroF1: report.macroF1,
      macroF1Supported: report.macroF1Supported,
      exactMatch: report.exactMatch,
    },
  };
}

function jsonOf(result: EvalResult, recipe: string, folds: number): unknown {
  return {
    ...plain(result.learned),
    seconds: result.seconds,
    backend: result.backend,
    device: result.device,
    recipe,
    folds,
    rows: result.rows,
    secondsPerEpoch: result.epochSeconds,
    atThresholdHalf: plain(result.half),
    settings: result.settings,
  };
}
