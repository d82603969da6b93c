/** The main job in a real browser: a spreadsheet in, a trained classifier out, and back again in a fresh profile. */
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import {
  adjust,
  dropFiles,
  dropPath,
  hasJobLevelData,
  mainFile,
  oneModel,
  open,
  predictedCsv,
  probabilities,
  trainToTheEnd,
  visit,
} from './support.ts';

test.use({ serviceWorkers: 'allow' });

const titles = [
  'Chief Information Security Officer',
  'VP, Marketing & Communications',
  'Director of Nursing',
  'Senior Software Engineer',
  '=HYPERLINK("http://example.com";"Manager")',
];

test('a spreadsheet becomes a classifier that is measured, used, downloaded and read back', async ({
  page,
  browser,
}) => {
  test.setTimeout(900_000);
  const requests: string[] = [];
  // Of the context: the service worker's and the second profile's count too.
  page.context().on('request', (request) => requests.push(request.url()));
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));

  await visit(page, 'webgpu');
  await expect(page.getByRole('heading', { name: 'Drop a table of job titles here' })).toBeVisible();
  await dropPath(page, mainFile);
  await expect(page.getByRole('button', { name: 'Continue to training' })).toBeEnabled();
  if (hasJobLevelData) {
    await expect(page.getByText(/2,?\u202f?230/).first()).toBeVisible();
    await expect(page.getByText(/10 rows (have|without) /).first()).toBeVisible();
  }

  await page.getByRole('button', { name: 'Continue to training' }).click();
  // Few epochs, all rows: the software adapter takes most of a minute for each. The sample is a fifth of the size.
  await adjust(page, { ...oneModel, Epochs: hasJobLevelData ? '1' : '5' });
  await trainToTheEnd(page, 'First run');

  await page.getByRole('button', { name: 'Open First run' }).click();
  await expect(page.getByRole('heading', { name: 'Results' })).toBeVisible();
  const sentence = await page.getByText(/Giving every title the same labels would reach/).innerText();
  const [constant, reached] = Array.from(sentence.matchAll(/0\.\d+/g), (match) => Number(match[0]));
  // The margin leaves room for another adapter's rounding.
  expect(reached).toBeGreaterThan(constant + 0.2);

  await open(page, 'Predict');
  const box = page.getByRole('textbox', { name: 'Job title' });
  await box.pressSequentially('Director of Marketing');
  await expect(page.getByRole('region', { name: 'One title' }).getByRole('status')).toContainText('Director');
  const before = await predictedCsv(page, titles);
  // A spreadsheet program must not run the cell.
  expect(before).toMatch(/'=HYPERLINK/);

  await open(page, 'Export');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download the model/ }).click();
  const zip = await readFile(await (await saving).path());
  const files = Object.keys(unzipSync(zip));
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'rung.json', 'README.md']) {
    expect(files).toContain(name);
  }

  const fresh = await browser.newPage();
  fresh.context().on('request', (request) => requests.push(request.url()));
  await visit(fresh, 'webgpu');
  await dropFiles(fresh, [{ name: 'model.zip', mimeType: 'application/zip', buffer: zip }]);
  await expect(fresh.getByRole('heading', { name: 'Predict', exact: true })).toBeVisible();
  const after = await predictedCsv(fresh, titles);
  const [first, second] = [probabilities(before), probabilities(after)];
  expect(first.length).toBe(titles.length);
  expect(first.flat().length).toBeGreaterThan(titles.length * 4);
  const largest = Math.max(...first.flat().map((value, i) => Math.abs(value - second.flat()[i])));
  expect(largest).toBeLessThanOrEqual(1e-5);
  await fresh.close();

  const origin = new URL(page.url()).origin;
  expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith(`blob:${origin}`))).toEqual([]);
  expect(problems).toEqual([]);
});
