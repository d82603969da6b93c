/**
 * `npm run bench`: Rung's training step beside that of stock tfjs, in headless Chromium. Prints a table; `--json FILE` writes it.
 *   npm run bench -- predict ...: prediction beside transformers.js, see predict.ts
 *   npm run bench -- [--hidden 128] [--steps 10] [--warmup 40] [--alone] [--verbose] [--json FILE]
 */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumArguments, chromiumPath, isolationHeaders } from '../tools/chromium.ts';
import { bundle } from './bundle.ts';
import { main as predict } from './predict.ts';
import type { BenchRequest, BenchResult, Side } from './sideBySide.ts';

export async function main(args: string[]): Promise<number> {
  if (args[0] === 'predict') return predict(args.slice(1));
  const { values } = parseArgs({
    args,
    options: {
      hidden: { type: 'string', default: '128' },
      steps: { type: 'string', default: '10' },
      warmup: { type: 'string', default: '40' },
      alone: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const hidden = Number(values.hidden);
  if (!Number.isInteger(hidden) || hidden < 64 || hidden % 64 !== 0) {
    console.error('--hidden must be a multiple of 64, the size of a head.');
    return 2;
  }
  const warmup = { rung: Number(values.warmup), stock: 2 };
  const result = await inBrowser({
    hidden,
    warmup,
    steps: Number(values.steps),
    alone: values.alone,
    verbose: values.verbose,
  });
  console.log(table(result));
  if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, 1)}\n`);
  return 0;
}

async function inBrowser(request: BenchRequest): Promise<BenchResult & { browser: string }> {
  const script = await bundle('gpu.ts');
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html', ...isolationHeaders })
      .end('<!doctype html><title>bench</title>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, resolve);
  });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => console.error(`  ${message.text()}`));
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.addScriptTag({ content: script });
    const result = await page.evaluate((sent) => window.run(sent), request);
    return { ...result, browser: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
    server.close();
  }
}

const rows: [string, (side: Side) => string, ((side: Side) => number) | null][] = [
  ['dispatches a step', (side) => String(side.dispatches), (side) => side.dispatches],
  ['submissions a step', (side) => String(side.submissions), (side) => side.submissions],
  ['new buffers a step', (side) => String(side.newBuffers), null],
  ['live MB', (side) => megabytes(side.liveBytes), (side) => side.liveBytes],
  ['allocated MB', (side) => megabytes(side.allocatedBytes), (side) => side.allocatedBytes],
  ['allocated / live', (side) => (side.allocatedBytes / side.liveBytes).toFixed(2), null],
  ['ms a step', (side) => side.msPerStep.toFixed(1), (side) => side.msPerStep],
  ['tokens a second', (side) => side.tokensPerSecond.toFixed(0), (side) => 1 / side.tokensPerSecond],
  ['padding', (side) => `${(side.padding * 100).toFixed(1)} %`, null],
  ['titles a second, 1 at a time', (side) => side.forward1.toFixed(1), (side) => 1 / side.forward1],
  ['titles a second, 256 at a time', (side) => side.forward256.toFixed(1), (side) => 1 / side.forward256],
];

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function table({
  adapter,
  browser,
  hidden,
  parameters,
  steps,
  rung,
  stock,
}: BenchResult & { browser: string }): string {
  const size = `6 layers of ${hidden}, ${(parameters / 1e6).toFixed(1)} million parameters, 32 titles a step, median of ${steps}`;
  const lines = rows.map(([name, show, cost]) => {
    const ratio = stock && cost ? `${(cost(stock) / cost(rung)).toFixed(1)}x` : '';
    return `${name.padEnd(32)}${show(rung).padStart(12)}${(stock ? show(stock) : '').padStart(12)}${ratio.padStart(10)}`;
  });
  const head = `${''.padEnd(32)}${'Rung'.padStart(12)}${(stock ? 'stock' : '').padStart(12)}${(stock ? 'less' : '').padStart(10)}`;
  return [`${adapter}, ${browser}; ${size}`, head, ...lines].join('\n');
}
