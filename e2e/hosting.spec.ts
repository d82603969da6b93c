/** The built folder on a plain static host: another path, no isolation headers, and a new version while a training runs. */
import { expect, test, type Page } from '@playwright/test';
import { startStaticHost, type StaticHost } from './staticHost.ts';
import { adjust, oneModel, open, openSample, quick, trainToTheEnd } from './support.ts';

test.use({ serviceWorkers: 'allow' });

let host: StaticHost;

test.beforeEach(async () => {
  host = await startStaticHost();
});

test.afterEach(() => host.close());

test('trains under a sub-path, on one thread where the host sends no isolation headers', async ({ page }) => {
  const missing: string[] = [];
  page.on('response', (response) => response.status() >= 400 && missing.push(response.url()));
  await page.goto(host.address);
  // The only adapter of the test browser is a software one: not chosen unless asked for, and the page says so.
  const badge = page.getByRole('button', { name: /^Device: WASM, 1 thread/ });
  await badge.click();
  await expect(page.getByText(/No graphics card is used/).first()).toBeVisible();
  await expect(page.getByText(/not cross-origin isolated/).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, quick);
  await trainToTheEnd(page, 'Elsewhere');
  expect(missing).toEqual([]);
});

/** Waits until the page's service worker has everything, so that what comes next is an update. */
async function installed(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready);
}

test('a new version waits for a training, in another tab too, and finds its run afterwards', async ({
  page,
  context,
}) => {
  await page.goto(host.address);
  await installed(page);
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, { ...oneModel, Epochs: '50' });
  await page.getByRole('textbox', { name: 'Name of this run' }).fill('Long');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByText(/in epoch \d/)).toBeVisible({ timeout: 240_000 });

  const other = await context.newPage();
  await other.goto(host.address);
  host.publishNewVersion();
  await other.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await other.getByRole('button', { name: 'Update Rung' }).click();
  await expect(other.getByText('A training is running in another tab')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Update Rung' })).toBeHidden();

  await page.getByRole('button', { name: 'Stop and keep epoch' }).click();
  await expect(page.getByRole('button', { name: 'Open Long' })).toBeEnabled({ timeout: 120_000 });
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Update Rung' }).click();
  await reloaded;
  await open(page, 'Train');
  await expect(page.getByRole('button', { name: 'Open Long' })).toBeEnabled();
  await expect(page.getByRole('button', { name: 'Update Rung' })).toBeHidden();
});
