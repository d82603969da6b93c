/**
 * `npm run measure`: what a user feels in the built page, in numbers. The longest main-thread task while a training runs, seconds an
 * epoch, milliseconds from a keystroke to a prediction, and opening and scrolling a table of 200,000 rows. Timings, so no test.
 * `--stream 1000000 [--different 20000]`: a file of so many titles from disk to disk, with the memory of the browser. `--map 20000`: a
 * map of so many titles, its frames.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import { preview } from 'vite';
import { chromiumArguments, chromiumPath } from './chromium.ts';
import { measureMap } from './measureMap.ts';
import { measureStream } from './measureStream.ts';

declare global {
  interface Window {
    longTasks: number[];
    frameTimes: number[];
  }
}

/** Keeps the length of every main-thread task over 50 ms, and of every frame. */
function watchMainThread(): void {
  window.longTasks = [];
  window.frameTimes = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
  }).observe({ entryTypes: ['longtask'] });
  let last = performance.now();
  const onFrame = (now: number): void => {
    window.frameTimes.push(now - last);
    last = now;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
}

async function openPage(browser: Browser, url: string, backend: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watchMainThread);
  await page.goto(`${url}?backend=${backend}`);
  await page.getByRole('button', { name: /^Device: / }).waitFor();
  return page;
}

async function choose(page: Page, file: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Browse files' }).click();
  await (await chooser).setFiles(file);
  await page.getByRole('button', { name: 'Continue to training' }).waitFor({ timeout: 300_000 });
}

async function measureTraining(page: Page, file: string, epochs: string): Promise<void> {
  await choose(page, file);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await page.getByRole('button', { name: /^Adjust/ }).click();
  await page.getByRole('textbox', { name: 'Averaged models', exact: true }).fill('0');
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill(epochs);
  await page.getByText(/measured on this device/).waitFor({ timeout: 120_000 });
  await page.evaluate(() => (window.longTasks.length = 0));
  const started = Date.now();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page
    .getByRole('button', { name: /^Open Run/ })
    .first()
    .waitFor({ timeout: 1_800_000 });
  const seconds = (Date.now() - started) / 1000;
  const tasks = await page.evaluate(() => window.longTasks);
  console.log(`  training: ${epochs} epochs in ${seconds.toFixed(1)} s, report and saving included`);
  console.log(
    `  longest main-thread task while training: ${longest(tasks)} (${tasks.filter((ms) => ms > 100).length} over 100 ms)`,
  );
}

async function measureTyping(page: Page): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Places' })
    .getByRole('link', { name: /^Predict/ })
    .click();
  const box = page.getByRole('textbox', { name: 'Job title' });
  const figure = page.getByRole('region', { name: 'Probability of each label' }).getByRole('row').nth(1);
  await box.fill('warm up');
  await page.waitForTimeout(3000);
  const times: number[] = [];
  for (const title of ['Chief Nurse', 'VP Sales', 'Plant Manager', 'Junior Clerk', 'Director of Sales']) {
    const before = await figure.innerText();
    const ms = await figure.evaluate(
      (row, [text, old]) =>
        new Promise<number>((done) => {
          const input = document.querySelector<HTMLInputElement>('input[placeholder="Type a job title"]');
          const started = performance.now();
          const observer = new MutationObserver(() => {
            if (row.textContent === old) return;
            observer.disconnect();
            done(performance.now() - started);
          });
          observer.observe(row, { childList: true, characterData: true, subtree: true });
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
          input?.dispatchEvent(new Event('input', { bubbles: true }));
          setTimeout(() => done(Number.NaN), 5000);
        }),
      [title, before] as const,
    );
    if (Number.isFinite(ms)) times.push(ms);
  }
  const sorted = times.toSorted((a, b) => a - b);
  console.log(
    `  keystroke to prediction: median ${sorted[sorted.length >> 1]?.toFixed(0)} ms, most ${sorted.at(-1)?.toFixed(0)} ms`,
  );
}

async function measureLargeTable(page: Page): Promise<void> {
  const levels = ['Director', 'Manager', 'Staff', 'Vice President'];
  const lines = Array.from(
    { length: 200_000 },
    (_, i) => `"${levels[i % 4]} of unit ${i}, region ${i % 97}",${levels[i % 4]}`,
  );
  const text = `Title,Level\n${lines.join('\n')}\n`;
  // A path, not a buffer: Playwright would decode that one on the page's main thread.
  const file = join(await mkdtemp(join(tmpdir(), 'rung-measure-')), 'large.csv');
  await writeFile(file, text);
  await page.evaluate(() => (window.longTasks.length = 0));
  const started = Date.now();
  await choose(page, file);
  const seconds = (Date.now() - started) / 1000;
  console.log(
    `  200,000 rows (${(text.length / 1e6).toFixed(0)} MB): open after ${seconds.toFixed(1)} s, longest main-thread task ${longest(await page.evaluate(() => window.longTasks))}`,
  );
  await page.evaluate(() => {
    window.longTasks.length = 0;
    window.frameTimes.length = 0;
  });
  const table = page.getByRole('table').filter({ hasText: 'Title' }).last();
  await table.hover();
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 4000);
  await page.waitForTimeout(500);
  const { tasks, frames } = await page.evaluate(() => ({ tasks: window.longTasks, frames: window.frameTimes }));
  const sorted = frames.toSorted((a, b) => a - b);
  console.log(
    `  scrolling it: median frame ${sorted[sorted.length >> 1].toFixed(0)} ms, longest main-thread task ${longest(tasks)}`,
  );
}

function longest(tasks: number[]): string {
  return tasks.length === 0 ? 'under 50 ms' : `${Math.max(...tasks).toFixed(0)} ms`;
}

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string', default: 'public/sample/job-titles.csv' },
      epochs: { type: 'string', default: '2' },
      backend: { type: 'string', default: 'wasm' },
      stream: { type: 'string', default: '' },
      different: { type: 'string', default: '20000' },
      map: { type: 'string', default: '' },
    },
  });
  const server = await preview({ logLevel: 'warn', preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  try {
    const url = server.resolvedUrls?.local[0] ?? '';
    console.log(values.backend);
    const page = await openPage(browser, url, values.backend);
    await measureTraining(page, resolve(values.data), values.epochs);
    await measureTyping(page);
    if (values.stream) await measureStream(page, Number(values.stream), Number(values.different));
    await page.close();
    if (values.map) await measureMap(await openPage(browser, url, values.backend), Number(values.map), choose);
    await measureLargeTable(await openPage(browser, url, values.backend));
  } finally {
    await browser.close();
    await server.close();
  }
}
