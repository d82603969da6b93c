/** Recipes in the page: classical models, cross-validation, runs as documents. On WASM, with the sample. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { adjust, dropFiles, open, openSample, predictOne, textOf, trainToTheEnd, visit } from './support.ts';

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

  await open(page, 'Train');
  await page.getByRole('button', { name: 'Delete Classical' }).click();
  await dropFiles(page, [{ name: 'classical.json', mimeType: 'application/json', buffer }]);
  await expect(page.getByRole('heading', { name: 'Predict', exact: true })).toBeVisible();
  await predictOne(page, 'Director of Nursing');
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
