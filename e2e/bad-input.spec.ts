/** Bad input gets words that say what and where, and loses nothing that was loaded. */
import { expect, test } from '@playwright/test';
import { badTables, file, lyingModel, modelWithoutWeights, type DroppedFile } from './badFiles.ts';
import { adjust, dropFiles, open, openSample, predictOne, quick, trainToTheEnd, visit } from './support.ts';

test.beforeEach(async ({ page }) => {
  await visit(page, 'wasm');
});

test('files that are no tables are refused and the open table stays', async ({ page }) => {
  await openSample(page);
  for (const { what, file: bad, message } of badTables) {
    await test.step(what, async () => {
      await dropFiles(page, [bad]);
      const alert = page.getByRole('alert').filter({ hasText: message });
      await expect(alert).toBeVisible();
      await expect(alert).toContainText(bad.name);
      await expect(page.getByRole('heading', { name: 'Sample job titles.csv' })).toBeVisible();
      await alert.getByRole('button', { name: /Dismiss|Close/ }).click();
      await expect(alert).toBeHidden();
    });
  }
});

test('packages that hold no usable model are refused', async ({ page }) => {
  const broken: [DroppedFile, RegExp][] = [
    [modelWithoutWeights('no-weights.zip'), /weights|model\.safetensors/],
    [lyingModel('lying.zip'), /model\.safetensors.*(byte|expected|shape)/s],
    [file('not-a.zip', 'just text'), /zip/],
  ];
  for (const [bad, message] of broken) {
    await dropFiles(page, [bad]);
    const alert = page.getByRole('alert').filter({ hasText: message });
    await expect(alert).toBeVisible();
    await alert.getByRole('button').click();
    await expect(alert).toBeHidden();
  }
});

/** A table opens, and the bar at the foot says why it cannot be trained on. */
const blocked: { what: string; text: string; message: RegExp }[] = [
  { what: 'no label column', text: 'Title\nDirector of Sales\nPlant Manager\nNurse\n', message: /label/i },
  {
    what: 'one distinct label',
    text: `Title,Level\n${Array.from({ length: 30 }, (_, i) => `Manager ${String.fromCharCode(65 + i)}x,Manager`).join('\n')}`,
    message: /two|one|label/i,
  },
];

test('tables that cannot be trained on say why', async ({ page }) => {
  for (const { what, text, message } of blocked) {
    await test.step(what, async () => {
      await dropFiles(page, [file(`${what}.csv`, text)]);
      await expect(page.getByRole('heading', { name: `${what}.csv` })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Continue to training' })).toBeDisabled();
      await expect(page.locator('main')).toContainText(message);
    });
  }
});

test('odd tables open with every row', async ({ page }) => {
  const rows = Array.from({ length: 20 }, (_, i) => `Title ${i},Director,,x\nOther ${i},Manager,,y`).join('\n');
  await dropFiles(page, [
    file('odd.csv', `Title,__proto__,,__proto__\n${rows}\n"unbalanced,Manager,,\nLast one,Director,,\n`),
  ]);
  await expect(page.getByRole('heading', { name: 'odd.csv' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Search titles' }).fill('Last one');
  await expect(page.getByRole('cell', { name: 'Last one' }).first()).toBeVisible();

  const long = 'Director of everything '.repeat(4500);
  await dropFiles(page, [file('long.csv', `Title,Level\n${long},Director\nA\u0000B,Manager\nNurse,Staff\n`)]);
  await expect(page.getByRole('heading', { name: 'long.csv' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Search titles' }).fill('everything');
  await expect(page.getByRole('cell', { name: /Director of everything/ }).first()).toBeVisible();
});

test('a full disk does not cost the trained model', async ({ page, context }) => {
  const session = await context.newCDPSession(page);
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, quick);
  const origin = new URL(page.url()).origin;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
  await page.getByRole('textbox', { name: 'Name of this run' }).fill('No room');
  await trainToTheEnd(page, 'No room');
  await expect(page.getByText(/cannot be kept|Download the model before/).first()).toBeVisible();
  await predictOne(page, 'Director');
  await open(page, 'Export');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download the model/ }).click();
  expect((await saving).suggestedFilename()).toMatch(/\.zip$/);
});
