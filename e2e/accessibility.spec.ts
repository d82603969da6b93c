/** No serious finding of axe on any place, empty and full. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { adjust, open, openSample, quick, trainToTheEnd, visit } from './support.ts';

const mainJob = ['Data', 'Train', 'Results', 'Predict', 'Export'] as const;
const beside = ['Match', 'Level & area', 'Review', 'Map'] as const;

test('every place is accessible, empty and full', async ({ page }) => {
  await visit(page, 'wasm');
  for (const place of [...mainJob, ...beside]) {
    await open(page, place);
    await expectAccessible(page, `empty ${place}`);
  }
  await open(page, 'Data');
  await openSample(page);
  await expectAccessible(page, 'Data');
  await open(page, 'Train');
  await adjust(page, quick);
  await expectAccessible(page, 'Train');
  await trainToTheEnd(page, 'Accessible');
  await page.getByRole('checkbox', { name: 'Compare Accessible' }).check();
  for (const place of ['Train', 'Results', 'Predict', 'Export', ...beside] as const) {
    await open(page, place);
    await expectAccessible(page, place);
  }
});

test('the main job can be done with the keyboard alone', async ({ page }) => {
  await visit(page, 'wasm');
  const pressUntil = async (name: string | RegExp): Promise<void> => {
    const wanted = page.getByRole('button', { name }).first();
    await expect(wanted).toBeEnabled();
    for (let i = 0; i < 150; i++) {
      await page.keyboard.press('Tab');
      if (await wanted.evaluate((element) => element === document.activeElement)) break;
    }
    await expect(wanted).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await pressUntil('Use sample data');
  await pressUntil('Continue to training');
  await expect(page.getByRole('heading', { name: 'Train', exact: true })).toBeVisible();
  await pressUntil(/^Adjust/);
  await adjust(page, quick);
  await page.getByRole('textbox', { name: 'Name of this run' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Open Run/ })).toBeEnabled({ timeout: 240_000 });
});
