/**
 * The training step of the shipped size in this engine and in that of another checkout, an epoch of each in turn, each in a page of its own
 * in one browser; the first epoch, which compiles, does not count:
 *   node tools/run.mjs bench/inTurn.ts --other DIR [--backend wasm|webgpu] [--turns 5] [--titles 192] [--layers 4] [--hidden 192]
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import { build, preview, type Plugin } from 'vite';
import { chromiumArguments, chromiumPath, isolationHeaders } from '../tools/chromium.ts';
import type { Turn, TurnRequest } from './inTurn.worker.ts';
import { descendantSeconds } from './processorTime.ts';

declare global {
  interface Window {
    startTraining: (request: TurnRequest) => Promise<Turn>;
    nextEpoch: () => Promise<Turn>;
  }
}

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      other: { type: 'string' },
      backend: { type: 'string', default: 'wasm' },
      turns: { type: 'string', default: '5' },
      titles: { type: 'string', default: '192' },
      layers: { type: 'string', default: '4' },
      hidden: { type: 'string', default: '192' },
    },
  });
  if (!values.other) throw new Error('--other DIR: a checkout of another version, with its node_modules');
  const hidden = Number(values.hidden);
  const request: TurnRequest = {
    backend: values.backend === 'webgpu' ? 'webgpu' : 'wasm',
    model: {
      vocab_size: 8000,
      max_position_embeddings: 64,
      n_layers: Number(values.layers),
      n_heads: hidden / 32,
      dim: hidden,
      hidden_dim: 4 * hidden,
    },
    titles: Number(values.titles),
  };
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  try {
    await measure(browser, [resolve(values.other), resolve(import.meta.dirname, '..')], request, Number(values.turns));
  } finally {
    await browser.close();
  }
  return 0;
}

async function measure(browser: Browser, roots: string[], request: TurnRequest, turns: number): Promise<void> {
  const sides: Side[] = [];
  try {
    for (const root of roots) sides.push(await openSide(browser, root, request));
    for (let i = 0; i < turns; i++) for (const side of sides) await side.turn();
    const medians = sides.map(({ seconds, processor }) => ({ seconds: median(seconds), processor: median(processor) }));
    for (const [i, { root, seconds, processor, loss }] of sides.entries())
      console.log(JSON.stringify({ root, loss, seconds, processor, median: medians[i] }));
    const [other, own] = medians;
    const ratios = [other.seconds / own.seconds, other.processor / own.processor].map((ratio) => ratio.toFixed(2));
    console.log(
      `${request.backend}: this engine takes 1/${ratios[0]} of the time, 1/${ratios[1]} of the processor time`,
    );
  } finally {
    for (const side of sides) await side.close();
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

interface Side {
  root: string;
  /** Of a step, of each epoch but the first. */
  seconds: number[];
  processor: number[];
  loss: number;
  turn: () => Promise<void>;
  close: () => Promise<void>;
}

async function openSide(browser: Browser, root: string, request: TurnRequest): Promise<Side> {
  const outDir = await mkdtemp(join(tmpdir(), 'rung-bench-'));
  const common = { configFile: false, root: import.meta.dirname, base: './', logLevel: 'error' } as const;
  const input = join(import.meta.dirname, 'inTurn.html');
  const plugins = (): Plugin[] => [engineOf(root)];
  const output = { outDir, target: 'es2023', emptyOutDir: true, rolldownOptions: { input } };
  await build({ ...common, plugins: plugins(), worker: { format: 'es', plugins }, build: output });
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, headers: isolationHeaders } });
  const page: Page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}inTurn.html`);
  const first = await page.evaluate((sent) => window.startTraining(sent), request);
  const steps = Math.ceil(request.titles / 32);
  const side: Side = {
    root,
    seconds: [],
    processor: [],
    loss: first.loss,
    async turn() {
      const before = descendantSeconds();
      const { secondsAStep, loss } = await page.evaluate(() => window.nextEpoch());
      side.processor.push((descendantSeconds() - before) / steps);
      side.seconds.push(secondsAStep);
      side.loss = loss;
    },
    async close() {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
  return side;
}

/** Reads `../src` of the bench from another checkout. Before there were several architectures, DistilBERT's file did `model.ts`'s work. */
function engineOf(root: string): Plugin {
  const models = join(root, 'src/models');
  const shim = '\0model';
  return {
    name: 'engine of another checkout',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.startsWith('../src/') || !importer?.startsWith(import.meta.dirname)) return null;
      const path = join(root, source.slice('../'.length));
      return source.endsWith('models/model.ts') && !existsSync(path) ? shim : path;
    },
    load(id) {
      if (id !== shim) return null;
      return `export { initialParameters, parseDistilBertConfig as parseModelConfig } from '${models}/distilbert.ts';`;
    },
  };
}
