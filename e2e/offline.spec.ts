/** After one visit the page works without a network, and it lets nothing out that its policy does not allow. */
import { expect, test } from '@playwright/test';
import { adjust, open, openSample, quick, trainToTheEnd, visit } from './support.ts';

test.use({ serviceWorkers: 'allow' });

test('works offline after the first visit', async ({ page, context }) => {
  await visit(page, 'wasm');
  await page.evaluate(() => navigator.serviceWorker.ready);
  // Everything is in the cache once the worker is active; the encoder is the largest part.
  await expect
    .poll(() =>
      page.evaluate(async () => {
        for (const name of await caches.keys()) {
          for (const request of await (await caches.open(name)).keys())
            if (request.url.includes('model.safetensors')) return true;
        }
        return false;
      }),
    )
    .toBe(true);
  await context.setOffline(true);
  await page.reload();
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, quick);
  await trainToTheEnd(page, 'Offline');
});

test('is served under any path', async ({ page }) => {
  const response = await page.goto('./index.html');
  const html = (await response?.text()) ?? '';
  const addresses = Array.from(html.matchAll(/(?:src|href)="([^"#]+)"/g), (match) => match[1]);
  expect(addresses.length).toBeGreaterThan(2);
  expect(addresses.filter((address) => !address.startsWith('./'))).toEqual([]);
});

test('the policy blocks connections to other origins, from the page and from its workers', async ({ page }) => {
  await visit(page, 'wasm');
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  const blocked = await page.evaluate(async () => {
    const attempt = `fetch('https://example.com/').then(() => 'sent', (error) => String(error))`;
    const violation = new Promise<string>((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.blockedURI));
    });
    await fetch('https://example.com/').catch(() => undefined);
    const fromPage = await violation;
    const code = `self.addEventListener('securitypolicyviolation', (e) => postMessage(e.blockedURI)); ${attempt}`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    const fromWorker = await new Promise<string>((resolve) => {
      worker.addEventListener('message', (event: MessageEvent<string>) => resolve(event.data));
    });
    return [fromPage, fromWorker];
  });
  expect(blocked.map((uri) => new URL(uri).host)).toEqual(['example.com', 'example.com']);
});
