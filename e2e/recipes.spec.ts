/** Recipes in the page: classical models, cross-validation, runs as documents. On WASM, with the sample. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { adjust, dropFiles, open, openSample, predictOne, quick, textOf, trainToTheEnd, visit } from './support.ts';

async function toTraining(page: Page): Promise<void> {
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
}

async function chooseRecipe(page: Page, name: RegExp): Promise<void> {
  const fold = page.getByRole('button', { name: /^Recipe/ });
  if ((await fold.getAttribute('aria-expanded')) !== 'true') await fold.click();
  await page.getByRole('radio', { name }).check();
}

/** Deletes the run, drops its download, and has that predict a title. */
async function readBack(page: Page, run: string, file: Parameters<typeof dropFiles>[1][number]): Promise<void> {
  await open(page, 'Train');
  await page.getByRole('button', { name: `Delete ${run}` }).click();
  await dropFiles(page, [file]);
  await expect(page.getByRole('heading', { name: 'Predict', exact: true })).toBeVisible();
  await predictOne(page, 'Director of Nursing');
}

test('a classical model is chosen, trained, kept, predicts and is read back from its download', async ({ page }) => {
  await toTraining(page);
  await chooseRecipe(page, /One classifier for each label/);
  await page.getByRole('button', { name: /^Adjust/ }).click();
  for (const kind of ['random forest', 'gradient boosting']) await page.getByRole('checkbox', { name: kind }).uncheck();
  await trainToTheEnd(page, 'Classical');
  await page.getByRole('button', { name: 'Open Classical' }).click();
  await expect(page.getByRole('heading', { name: 'What was chosen for each label' })).toBeVisible();
  const sentence = await page.getByText(/Giving every title the same labels would reach/).innerText();
  const [constant, reached] = Array.from(sentence.matchAll(/\d\.\d+/g), (match) => Number(match[0]));
  expect(reached).toBeGreaterThan(constant + 0.2);

  await page.reload();
  await predictOne(page, 'Director of Nursing');
  const figures = page.getByRole('region', { name: 'One title' }).getByRole('cell', { name: /^0\.\d\d$/ });
  const kept = await figures.allInnerTexts();

  await open(page, 'Export');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the model' }).click();
  const buffer = await readFile(await (await saving).path());
  expect(JSON.parse(buffer.toString())).toMatchObject({ format: 'rung-classical', name: 'Classical' });

  await readBack(page, 'Classical', { name: 'classical.json', mimeType: 'application/json', buffer });
  expect(await figures.allInnerTexts()).toEqual(kept);
});

test('averaged models are trained one after the other, answer as one, and are read back from their download', async ({
  page,
}) => {
  await toTraining(page);
  await adjust(page, { ...quick, 'Averaged models': '2' });
  await expect(page.getByText(/2 models of 1 epoch/)).toBeVisible();
  await expect(page.getByText(/each kept from one of 2 models/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Name of this run' }).fill('Two');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText(/Model 2 of 2/).first()).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('button', { name: 'Open Two' })).toBeEnabled({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Open Two' }).click();
  await expect(page.getByText(/kept are the weights of 2 models, whose answers are averaged/)).toBeVisible();

  await predictOne(page, 'Director of Nursing');
  const figures = page.getByRole('region', { name: 'One title' }).getByRole('cell', { name: /^0\.\d\d$/ });
  const kept = await figures.allInnerTexts();

  await open(page, 'Export');
  const curves = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the event file' }).click();
  expect(await textOf(await curves)).toMatch(/f1\/micro, model 1[^]*f1\/micro, model 2/);
  await expect(page.getByText('member-2.safetensors', { exact: true })).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the model' }).click();
  const buffer = await readFile(await (await saving).path());

  await readBack(page, 'Two', { name: 'two.zip', mimeType: 'application/zip', buffer });
  expect(await figures.allInnerTexts()).toEqual(kept);
});

test('a cross-validation is watched, stopped with what is done, and repeated from its document', async ({ page }) => {
  await toTraining(page);
  await chooseRecipe(page, /One classifier for each label/);
  await page.getByRole('button', { name: /^Adjust/ }).click();
  for (const kind of ['nearest neighbours', 'random forest', 'gradient boosting'])
    await page.getByRole('checkbox', { name: kind }).uncheck();
  await page.getByText('Cross-validation', { exact: true }).click();
  await adjust(page, { Folds: '2' });
  await trainToTheEnd(page, 'Folds');
  await page.getByRole('button', { name: 'Open Folds' }).click();
  await expect(page.getByText(/each answered by a model that has not seen it/)).toBeVisible();
  const folds = page.getByRole('region', { name: 'Folds' });
  await expect(folds.getByRole('row', { name: /^Mean 0\.\d+ ± 0\.\d+/ })).toBeVisible();
  const figures = await folds.getByRole('cell', { name: /^0\.\d+$/ }).allInnerTexts();

  await open(page, 'Train');
  await page.getByRole('button', { name: 'More of Folds' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Save as a document' }).click();
  const document = await textOf(await saving);
  expect(document).not.toContain('Director of');
  await page.getByRole('button', { name: 'Delete Folds' }).click();
  const buffer = Buffer.from(document);
  await dropFiles(page, [{ name: 'Folds.run.json', mimeType: 'application/json', buffer }]);
  await expect(page.getByRole('heading', { name: 'Results' })).toBeVisible();
  expect(await folds.getByRole('cell', { name: /^0\.\d+$/ }).allInnerTexts()).toEqual(figures);

  await open(page, 'Train');
  await page.getByRole('button', { name: 'More of Folds' }).click();
  await page.getByRole('menuitem', { name: 'Run again' }).click();
  await expect(page.getByText(/repeats “Folds” exactly/)).toBeVisible({ timeout: 300_000 });

  // Another table: the run is not repeated, and the page says why.
  await open(page, 'Data');
  const rows = Array.from({ length: 40 }, (_, i) => `Clerk ${i},${i % 2 ? 'Staff' : 'Boss'}`);
  await dropFiles(page, [
    { name: 'other.csv', mimeType: 'text/csv', buffer: Buffer.from(['Title,Level', ...rows].join('\n')) },
  ]);
  await expect(page.getByText('other.csv').first()).toBeVisible();
  await open(page, 'Train');
  await page.getByRole('button', { name: 'More of Folds again' }).click();
  await page.getByRole('menuitem', { name: 'Run again' }).click();
  await expect(page.getByText(/it saw 475 rows of Sample job titles\.csv/)).toBeVisible();
});

test('folds of a fine-tuned recipe that are done are kept when it is stopped', async ({ page }) => {
  await toTraining(page);
  await chooseRecipe(page, /DistilBERT, 5-fold/);
  await adjust(page, { Folds: '3', Epochs: '1', 'Batch size, titles': '32' });
  await page.getByRole('textbox', { name: 'Name of this run' }).fill('Stopped folds');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText('1 of 3 done')).toBeVisible({ timeout: 300_000 });
  await page.getByRole('button', { name: 'Stop and keep 1 fold' }).click();
  await expect(page.getByRole('button', { name: 'Open Stopped folds' })).toBeEnabled({ timeout: 300_000 });
  await page.reload();
  await open(page, 'Results');
  await expect(page.getByText('Stopped by hand after 1 fold of 3')).toBeVisible();
  await expect(
    page.getByRole('cell', { name: 'Not Required' }).or(page.getByText('Not Required').first()),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try titles' })).toBeDisabled();
});
