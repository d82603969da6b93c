/** A page for colleagues: downloaded from Export, opened from disk with the network off, it predicts what the page predicts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, type Browser, type Page } from '@playwright/test';
import {
  adjust,
  oneModel,
  open,
  openSample,
  predictedCsv,
  probabilities,
  textOf,
  trainToTheEnd,
  visit,
} from './support.ts';

const titles = [
  'Director of Nursing',
  'Owner / General Manager',
  'VP &amp; CIO',
  'Müller’s “Chief”, Sales',
  'Staff Nurse',
];

/** Downloads the page of the model that is chosen on Export into `folder`. */
async function downloadPage(page: Page, folder: string): Promise<string> {
  await open(page, 'Export');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the page' }).click();
  const path = join(folder, 'colleagues.html');
  await (await saving).saveAs(path);
  return path;
}

/** The CSV of the titles, and what the box says of the first; any request but for the file itself fails the test. */
async function predictedFromDisk(browser: Browser, path: string): Promise<{ csv: string; verdict: string }> {
  const context = await browser.newContext({ offline: true });
  try {
    const page = await context.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(pathToFileURL(path).href);
    await page.getByRole('textbox', { name: 'Job title' }).fill(titles[0]);
    await expect(page.getByRole('cell', { name: /^0\.\d\d$/ }).first()).toBeVisible();
    await expect(page.locator('#bars [data-holds]').first()).toBeVisible();
    await page.getByRole('textbox', { name: /One title a line/ }).fill([...titles, titles[0]].join('\n'));
    await page.getByRole('button', { name: 'Predict these titles' }).click();
    await expect(page.getByText('6 titles predicted.')).toBeVisible();
    await expect(page.locator('#verdict')).not.toHaveText(/while you type/);
    const verdict = await page.locator('#verdict').innerText();
    for (const [scheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: test.info().outputPath(`page-${scheme}-${width}.png`), fullPage: true });
    }
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    const csv = await textOf(await saving);
    expect(requests.filter((url) => !/^(file|blob):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
    return { csv, verdict };
  } finally {
    await context.close();
  }
}

function largestDifference(a: number[][], b: number[][]): number {
  expect(a.map((row) => row.length)).toEqual(b.map((row) => row.length));
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i][j]))));
}

for (const kind of ['fine-tuned', 'classical'] as const) {
  test(`a ${kind} model becomes one file that predicts from disk, offline`, async ({ page, browser }) => {
    test.setTimeout(600_000);
    const folder = await mkdtemp(join(tmpdir(), 'rung-page-'));
    try {
      await visit(page, 'wasm');
      await openSample(page);
      await page.getByRole('button', { name: 'Continue to training' }).click();
      if (kind === 'fine-tuned') await adjust(page, { ...oneModel, Epochs: '2' });
      else {
        await page.getByRole('button', { name: /^Recipe/ }).click();
        await page.getByRole('radio', { name: /One classifier for each label/ }).check();
        await page.getByRole('button', { name: /^Adjust/ }).click();
        await page.getByRole('checkbox', { name: 'gradient boosting' }).uncheck();
      }
      await trainToTheEnd(page, 'For colleagues');
      const path = await downloadPage(page, folder);
      const fromDisk = await predictedFromDisk(browser, path);
      await open(page, 'Predict');
      const inPage = await predictedCsv(page, [...titles, titles[0]]);
      const expected = probabilities(inPage);
      expect(expected).toHaveLength(titles.length + 1);
      expect(largestDifference(probabilities(fromDisk.csv), expected)).toBeLessThan(1e-3);
      expect(fromDisk.csv.split('\r\n')[0]).toBe(inPage.split('\r\n')[0]);
      expect(fromDisk.verdict.split(', ').join('; ')).toBe(/^Director of Nursing,"?([^",]*)/m.exec(inPage)?.[1]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
