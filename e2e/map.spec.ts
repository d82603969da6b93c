/** The map of titles: drawn without a model and of a run, hovered over, selected from by pointer and keys, stopped. */
import { expect, test, type Page } from '@playwright/test';
import { adjust, open, openSample, quick, textOf, trainToTheEnd, visit } from './support.ts';

const made = (page: Page) => page.getByText(/^\d+ titles by /);

test('titles are laid out, looked at, selected and saved', async ({ page }) => {
  await visit(page, 'wasm');
  await openSample(page);
  await open(page, 'Map');
  // Stopping leaves everything as it was.
  await page.getByRole('button', { name: 'Draw the map' }).click();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: /^Draw/ }).click();
  await expect(made(page)).toHaveText(/475 titles by words/, { timeout: 240_000 });

  const map = page.getByRole('application', { name: /^Map of 475 titles/ });
  const box = await map.boundingBox();
  if (!box) throw new Error('the map has no place on the page');
  // A line around everything.
  await page.mouse.move(box.x + 3, box.y + 3);
  await page.mouse.down();
  for (const [x, y] of [
    [box.width - 3, 3],
    [box.width - 3, box.height - 3],
    [3, box.height - 3],
  ])
    await page.mouse.move(box.x + x, box.y + y, { steps: 3 });
  await page.mouse.up();
  const selected = page.getByRole('region', { name: 'Selected titles' }).first();
  await expect(selected.locator('output')).toHaveText('475 titles');
  const saving = page.waitForEvent('download');
  await selected.getByRole('button', { name: 'Save as CSV' }).click();
  const csv = (await textOf(await saving)).replace('\ufeff', '').trimEnd().split('\r\n');
  expect(csv[0]).toBe('Row,Title,Labels');
  expect(csv).toHaveLength(476);
  await selected.getByRole('button', { name: 'Clear' }).click();

  // By words, and by keys: the ring grows until it holds something.
  await page.getByRole('textbox', { name: 'Find titles on the map' }).fill('director');
  await page.keyboard.press('Enter');
  await expect(selected.locator('output')).toHaveText(/^\d\d titles$/);
  await selected.getByRole('button', { name: 'Clear' }).click();
  await map.focus();
  await page.keyboard.press('ArrowLeft');
  for (let i = 0; i < 12; i++) await page.keyboard.press('+');
  await page.keyboard.press('Enter');
  await expect(selected.locator('output')).toHaveText(/^\d+ titles?$/);
  // One label alone.
  await page.getByRole('button', { name: /^Owner/ }).click();
  await expect(selected.locator('output')).toHaveText(/^\d\d titles$/);
  const table = page.getByRole('region', { name: 'Which labels keep together' });
  await expect(table.getByRole('row', { name: /^Director \d+ \d+/ })).toBeVisible();
});

test('a run’s map has predicted labels too', async ({ page }) => {
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await adjust(page, quick);
  await trainToTheEnd(page, 'Seen');
  await open(page, 'Map');
  await page.getByRole('button', { name: 'Draw the map' }).click();
  await expect(made(page)).toHaveText(/475 titles by what “Seen” has learnt/, { timeout: 240_000 });
  await page.getByText('Predicted labels', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Find titles on the map' }).fill('manager');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('columnheader', { name: 'Predicted' })).toBeVisible();
  await open(page, 'Data');
  await open(page, 'Map');
  await expect(made(page)).toBeVisible();
});
