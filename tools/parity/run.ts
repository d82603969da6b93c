/**
 * `npm run parity -- --fixtures DIR`: every fixture folder below DIR (config.json, inputs.json, expected.json, made by make_fixtures.py) on
 * WebGPU and on WASM in headless Chromium: the largest errors against PyTorch's float64 run. Exits with 1 past a limit, with 2 when there
 * is nothing to compare.
 */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { build, preview, type Plugin } from 'vite';
import type { Backend } from '../../src/shared/training.ts';
import type { ParityFigure } from '../../src/testing/parity.ts';
import { chromiumArguments, chromiumPath, isolationHeaders } from '../chromium.ts';
import type { ParityAnswer, ParityRequest } from './page.ts';

const usage = 'Usage: npm run parity -- [--fixtures ../shared/fixtures] [--backend webgpu|wasm] [--json FILE]';
const neededFiles = ['config.json', 'inputs.json', 'expected.json'];
const served = '/fixtures/';

declare global {
  interface Window {
    compare: (request: ParityRequest) => Promise<ParityAnswer>;
  }
}

interface Result extends ParityAnswer {
  model: string;
  backend: Backend;
}

export async function main(args: string[]): Promise<number> {
  const options = {
    fixtures: { type: 'string', default: '../shared/fixtures' },
    backend: { type: 'string' },
    json: { type: 'string' },
  } as const;
  let values: { fixtures: string; backend?: string; json?: string };
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${usage}`);
    return 2;
  }
  const backends = (['webgpu', 'wasm'] as const).filter((one) => !values.backend || one === values.backend);
  if (backends.length === 0) {
    console.error(`There is no backend ${values.backend}.\n${usage}`);
    return 2;
  }
  const root = resolve(values.fixtures);
  const folders = fixtureFolders(root);
  if (folders.length === 0) {
    const why = existsSync(root) ? `holds no folder with ${neededFiles.join(', ')}` : 'is not there';
    console.error(`Comparing with fixtures: ${root} ${why}. Say where they are with --fixtures DIR.`);
    return 2;
  }
  const results = await inChromium(folders, backends);
  const wrong = results.filter((result) => result.failure !== null || result.figures.some(isPast));
  console.log(
    wrong.length === 0
      ? `\nAll ${results.length} comparisons are within the limits.`
      : `\n${wrong.length} of ${results.length} comparisons failed: ${wrong.map(({ model, backend }) => `${model} on ${backend}`).join(', ')}.`,
  );
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
  return wrong.length === 0 ? 0 : 1;
}

/** The folder itself, if it is a fixture, and those right below it. */
function fixtureFolders(root: string): string[] {
  if (!existsSync(root) || !statSync(root).isDirectory()) return [];
  const below = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() || entry.isSymbolicLink(),
  );
  return [root, ...below.map(({ name }) => join(root, name))]
    .filter((folder) => neededFiles.every((name) => existsSync(join(folder, name))))
    .toSorted();
}

/** Serves the files of the fixtures below `/fixtures/<number>/`. */
function fixtureServer(folders: string[]): Plugin {
  return {
    name: 'rung-fixtures',
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        const [folder, name] = (request.url ?? '').slice(served.length).split('/');
        const file = join(folders[Number(folder)] ?? '', basename(decodeURIComponent(name ?? '')));
        if (!request.url?.startsWith(served) || !folders[Number(folder)] || !existsSync(file)) next();
        else createReadStream(file).pipe(response);
      });
    },
  };
}

/** Builds the page, serves it with the app's headers and the fixtures, and prints each comparison when it is done. */
async function inChromium(folders: string[], backends: readonly Backend[]): Promise<Result[]> {
  const outDir = await mkdtemp(join(tmpdir(), 'rung-parity-'));
  const results: Result[] = [];
  try {
    const shared = { configFile: false, logLevel: 'error', base: './', build: { outDir, emptyOutDir: true } } as const;
    const rolldownOptions = { input: resolve('tools/parity/index.html') };
    await build({ ...shared, build: { ...shared.build, chunkSizeWarningLimit: 4000, rolldownOptions } });
    const preparation = { preview: { port: 0, headers: isolationHeaders }, plugins: [fixtureServer(folders)] };
    const server = await preview({ ...shared, ...preparation });
    const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
    try {
      const address = new URL('tools/parity/index.html', server.resolvedUrls?.local[0]).href;
      for (const backend of backends) {
        const page = await openPage(browser.newPage(), address);
        for (const [i, folder] of folders.entries()) {
          const request = { folder: `${served}${i}/`, files: readdirSync(folder), backend };
          const answer = await page.evaluate((sent) => window.compare(sent), request);
          const result = { model: basename(folder), backend, ...answer };
          print(result);
          results.push(result);
        }
        await page.close();
      }
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
  return results;
}

async function openPage(opening: Promise<Page>, address: string): Promise<Page> {
  const page = await opening;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') console.error(message.text());
  });
  page.on('pageerror', (error) => console.error(error.message));
  await page.goto(address);
  await page.waitForFunction(() => typeof window.compare === 'function');
  return page;
}

function isPast({ error, limit }: ParityFigure): boolean {
  return !Number.isFinite(error) || (limit !== null && error > limit);
}

function print({ model, device, figures, failure }: Result): void {
  console.log(`\n${model} on ${device}`);
  if (failure !== null) console.log(`  FAILED: ${failure}`);
  for (const figure of figures) {
    const { quantity, error, limit, truth, at, each } = figure;
    const allowed = limit === null ? '' : `at most ${limit}`;
    const count = Object.keys(each).length;
    const worst = at === '' ? '' : `${count > 0 ? `largest of ${count}: ` : ''}${at}`;
    const notes = [worst, truth === 'float64' ? '' : 'against float32: there is no float64 twin'].filter(
      (note) => note !== '',
    );
    const verdict = isPast(figure) ? 'PAST ' : '     ';
    console.log(
      `${verdict} ${quantity.padEnd(42)} ${error.toExponential(2).padEnd(10)} ${allowed.padEnd(16)} ${notes.join('; ')}`,
    );
  }
}
