/** Settings that go with a run: titles in normal form, rows by hand, a search for settings; and the event file of a run. On WASM, with the sample. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { adjust, open, openSample, trainToTheEnd, visit } from './support.ts';

async function toRecipe(page: Page, name: RegExp): Promise<void> {
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await page.getByRole('button', { name: /^Recipe/ }).click();
  await page.getByRole('radio', { name }).check();
}

test('normal form and rows by hand go with a run, whose curves leave for TensorBoard', async ({ page }) => {
  await toRecipe(page, /RoBERTa, normalised titles/);
  await expect(page.getByRole('heading', { name: 'What it reaches' })).toBeVisible();
  await adjust(page, { Epochs: '1' });
  await expect(page.getByRole('checkbox', { name: 'without stop words' })).toBeChecked();
  const list = page.getByRole('textbox', { name: /^Abbreviations and misspellings/ });
  await list.fill('sr = senior\nmgr manager');
  await expect(page.getByText('Line 2 is left out: expected “sr = senior”')).toBeVisible();
  await list.fill('sr = senior\nmgr = manager');
  await expect(page.getByText('Abbreviations and misspellings: 2 entries')).toBeVisible();

  await page.getByRole('button', { name: 'Add a row' }).click();
  await page.getByRole('textbox', { name: 'Title of row 1' }).fill('Sole proprietor of a bicycle shop');
  await expect(page.getByText('Row 1 needs a title and at least one label')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await page.getByRole('combobox', { name: 'Labels of row 1' }).click();
  await page.getByRole('option', { name: 'Owner', exact: true }).click();
  await trainToTheEnd(page, 'By hand');

  await page.getByRole('button', { name: 'Open By hand' }).click();
  await page
    .getByRole('button', { name: /settings/i })
    .first()
    .click();
  await expect(page.getByText(/abbreviations written out, without stop words \(2 abbreviations\)/)).toBeVisible();
  await expect(page.getByText('.5 for every label').first()).toBeVisible();

  await open(page, 'Export');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the event file' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(/^events\.out\.tfevents\.\d{10}\.By-hand$/);
  const bytes = await readFile(await file.path());
  expect(bytes.toString('latin1')).toContain('brain.Event:2');
  expect(bytes.toString('latin1')).toContain('f1/micro');
});

test('settings are searched, what is done stays after a stop, and the best is used', async ({ page }) => {
  await toRecipe(page, /^Rung$/);
  await adjust(page, { Epochs: '1' });
  const start = async (trials: string): Promise<void> => {
    const search = page.getByRole('region', { name: 'Search settings' });
    await search.getByRole('combobox', { name: 'How' }).selectOption('Random');
    await search.getByRole('textbox', { name: 'Settings tried' }).fill(trials);
    for (const name of ['Epochs', 'Rate from layer to layer', 'Dropout'])
      await search.getByRole('checkbox', { name }).uncheck();
    await search.getByRole('button', { name: 'Search settings' }).click();
  };
  await start('2');
  const result = page.getByRole('region', { name: 'Result of the search' });
  // The last trial, too: it is told when the search ends.
  await expect(result.getByText('2 of 2 trials done')).toBeVisible({ timeout: 120_000 });

  await page.getByRole('button', { name: /^Recipe/ }).click();
  await start('20');
  const table = page.getByRole('region', { name: 'Settings tried' });
  await expect(table.getByText('2 of 20 trials done')).toBeVisible({ timeout: 120_000 });
  await page
    .getByRole('button', { name: /^Stop and keep \d trials/ })
    .first()
    .click();
  await expect(result.getByRole('row', { name: /\(best\)/ })).toBeVisible({ timeout: 60_000 });
  const rate = await result
    .getByRole('row', { name: /\(best\)/ })
    .getByRole('cell')
    .nth(1)
    .innerText();

  // It outlasts the page.
  await page.reload();
  await open(page, 'Train');
  await expect(result.getByRole('row', { name: /\(best\)/ })).toBeVisible();
  await result.getByRole('button', { name: 'Use these settings' }).click();
  await page.getByRole('button', { name: /^Adjust/ }).click();
  await expect(page.getByRole('textbox', { name: 'Learning rate', exact: true })).toHaveValue(rate);
  await result.getByRole('button', { name: 'Dismiss' }).click();
  await expect(result).toBeHidden();
});

test('the weighted recipe keeps the best epoch and weighs rare labels up', async ({ page }) => {
  await toRecipe(page, /DeBERTa, weighted/);
  await expect(page.getByText(/the weights did not stand at the labels they were counted for/)).toBeVisible();
  await adjust(page, { Epochs: '2' });
  await trainToTheEnd(page, 'Weighted');
  await page.getByRole('button', { name: 'Open Weighted' }).click();
  await expect(page.getByText(/kept are the weights of epoch [12]\b/)).toBeVisible();
  await page
    .getByRole('button', { name: /settings/i })
    .first()
    .click();
  await expect(page.getByText('rare labels count much more').first()).toBeVisible();
  await expect(page.getByText('micro-F1 (every label given counts the same)').first()).toBeVisible();
});
