/** What happens around a training: pause, stop, closing the tab, coming back, comparing, deleting. On WASM, with the sample. */
import { expect, test } from '@playwright/test';
import { adjust, oneModel, open, openSample, predictOne, quick, trainToTheEnd, visit } from './support.ts';

test('runs are paused, stopped, kept, renamed, compared, deleted and brought back', async ({ page }) => {
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await adjust(page, quick);
  await trainToTheEnd(page, 'Short');

  await adjust(page, { ...oneModel, Epochs: '50' });
  await page.getByRole('textbox', { name: 'Name of this run' }).fill('Long');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const training = page.getByRole('region', { name: 'Long, progress' });
  await training.getByRole('button', { name: 'Pause' }).click();
  await expect(training.getByText('Paused').first()).toBeVisible();
  const step = await training.innerText();
  await page.waitForTimeout(1500);
  expect(await training.innerText()).toBe(step);
  await training.getByRole('button', { name: 'Resume' }).click();
  await expect(training.getByText(/in epoch \d/)).toBeVisible({ timeout: 240_000 });
  // A slim bar goes along to the other places.
  await open(page, 'Data');
  await expect(page.locator('main').getByText('Long')).toBeVisible();
  await open(page, 'Train');
  await training.getByRole('button', { name: 'Stop and keep epoch' }).click();
  await expect(page.getByRole('button', { name: 'Open Long' })).toBeEnabled({ timeout: 240_000 });
  await expect(page.getByText('stopped early')).toBeVisible();

  await page.reload();
  await open(page, 'Train');
  await expect(page.getByRole('button', { name: 'Open Short' })).toBeVisible();
  const name = page.getByRole('textbox', { name: 'Name of Short' });
  await name.fill('Baseline');
  await name.press('Enter');
  await expect(page.getByRole('button', { name: 'Open Baseline' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'Compare Baseline' }).check();
  await page.getByRole('checkbox', { name: 'Compare Long' }).check();
  await expect(page.getByRole('cell', { name: '50', exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Delete Long' }).click();
  await expect(page.getByRole('button', { name: 'Open Long' })).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Open Long' }).click();
  await expect(page.getByRole('heading', { name: 'Results' })).toBeVisible();

  await predictOne(page, 'Director of Finance');
});

test('a run cut off by closing the tab is found as interrupted, with its weights', async ({ page, context }) => {
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await adjust(page, { ...oneModel, Epochs: '50' });
  await page.getByRole('textbox', { name: 'Name of this run' }).fill('Cut off');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText(/in epoch \d/)).toBeVisible({ timeout: 240_000 });
  await page.close();
  const again = await context.newPage();
  await visit(again, 'wasm');
  await open(again, 'Train');
  await expect(again.getByText('interrupted')).toBeVisible();
  await predictOne(again, 'Nurse');
});

test('the same seed gives the same run', async ({ page }) => {
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await adjust(page, quick);
  const sentences: string[] = [];
  for (const name of ['One', 'Two']) {
    await trainToTheEnd(page, name);
    await page.getByRole('button', { name: `Open ${name}` }).click();
    const summary = page.getByRole('region', { name: 'Summary' });
    await expect(summary).toHaveAttribute('aria-busy', 'false');
    sentences.push(await summary.innerText());
    await open(page, 'Train');
  }
  expect(sentences[1]).toBe(sentences[0]);
});
