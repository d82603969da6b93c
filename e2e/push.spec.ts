/** A model is pushed to the Hugging Face Hub by the product's own code and policy, to a stand-in for huggingface.co on this machine. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { chromium, expect, test, type Browser, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { chromiumArguments, chromiumPath } from '../tools/chromium.ts';
import { canServeHub, startHubServer, type HubServer } from '../tools/hubServer.ts';
import { hubTokens, hubUser } from '../tools/hubServerUploads.ts';
import { expectAccessible } from './accessible.ts';
import { adjust, open, openSample, quick, trainToTheEnd, visit } from './support.ts';

test.skip(!canServeHub(), 'openssl, which makes the certificate of the stand-in, is not here');

let hub: HubServer;
let browser: Browser;
let page: Page;

test.beforeAll(async () => {
  hub = await startHubServer();
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [...chromiumArguments, ...hub.chromiumFlags],
  });
});

test.afterAll(async () => {
  await browser.close();
  await hub.close();
});

const panel = (): ReturnType<Page['getByRole']> => page.getByRole('region', { name: 'Push to the Hugging Face Hub' });
const alert = (): ReturnType<Page['getByRole']> => panel().getByRole('alert');

async function fill(token: string, repository: string): Promise<void> {
  await panel().getByLabel('Access token').fill(token);
  await panel().getByRole('textbox', { name: 'Repository' }).fill(repository);
}

const press = (name: string): Promise<void> => panel().getByRole('button', { name, exact: true }).click();

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const digests = (files: Iterable<readonly [string, Uint8Array]>): Record<string, string> =>
  Object.fromEntries(Array.from(files, ([path, bytes]) => [path, digest(bytes)]));

/** Everything that this origin keeps, as text, searched for a word. */
function placesThatHold(word: string): Promise<string[]> {
  return page.evaluate(async (wanted) => {
    const found: string[] = [];
    if (
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]).includes(wanted)
    )
      found.push('storage');
    for (const { name } of await indexedDB.databases()) {
      const opened = indexedDB.open(name ?? '');
      await new Promise((done) => opened.addEventListener('success', done));
      for (const store of opened.result.objectStoreNames) {
        const all = opened.result.transaction(store).objectStore(store).getAll();
        await new Promise((done) => all.addEventListener('success', done));
        if (JSON.stringify(all.result).includes(wanted)) found.push(`${name} ${store}`);
      }
      opened.result.close();
    }
    const search = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === 'directory') await search(handle);
        else if ((await (await handle.getFile()).text()).includes(wanted)) found.push(name);
      }
    };
    await search(await navigator.storage.getDirectory());
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      const addresses = (await cache.keys()).map(({ url }) => url);
      if (addresses.some((url) => url.includes(wanted) || url.includes('huggingface.co'))) found.push(name);
    }
    return found;
  }, word);
}

test('a model is pushed, a broken upload gone on with, and what arrived is the download byte for byte', async ({
  baseURL,
  viewport,
}) => {
  const context = await browser.newContext({ ...(baseURL && { baseURL }), viewport, acceptDownloads: true });
  context.setDefaultTimeout(60_000);
  page = await context.newPage();
  const logged: string[] = [];
  page.on('console', (message) => logged.push(message.text()));
  await visit(page, 'wasm');
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, quick);
  await trainToTheEnd(page, 'Pushed 2nd try');
  await open(page, 'Export');
  await expect(panel().getByRole('textbox', { name: 'Repository' })).toHaveValue('pushed-2nd-try');
  await expect(panel().getByRole('checkbox', { name: 'Private' })).toBeChecked();
  expect(hub.requests).toEqual([]);

  await test.step('what cannot be pushed is said, and nothing is made', async () => {
    const refused: [string, string, RegExp][] = [
      ['hf_unknown', 'mine', /does not know this token/],
      [hubTokens.read, 'mine', /may only read/],
      [hubTokens.write, 'somebody-else/mine', /“somebody-else” is taken by another/],
    ];
    for (const [token, repository, message] of refused) {
      await fill(token, repository);
      await panel()
        .getByRole('button', { name: /Push the model|Try again/ })
        .click();
      await expect(alert()).toContainText(message);
    }
    await fill(hubTokens.write, 'no spaces');
    await expect(panel().getByText(/Letters a to z/)).toBeVisible();
    await expect(panel().getByRole('button', { name: 'Try again' })).toBeDisabled();
    await fill(hubTokens.write, 'pushed-2nd-try');
    await context.setOffline(true);
    await press('Try again');
    await expect(alert()).toContainText('This device is offline');
    await expectAccessible(page, 'Export with a push that failed');
    await context.setOffline(false);
    expect(hub.pushed.size).toBe(0);
  });

  await test.step('an upload that breaks off goes on where it was', async () => {
    hub.piecesLeft = 2;
    await press('Try again');
    await expect(panel().getByText(/trying again .* of .*MB/)).toBeVisible();
    await expect(alert()).toContainText('the connection broke off');
    hub.piecesLeft = null;
    await press('Try again');
    await expect(panel().getByRole('link', { name: `huggingface.co/${hubUser}/pushed-2nd-try` })).toBeVisible();
    await expect(panel().getByText(/^Private, .* in commit/)).toBeVisible();
    const whole = hub.pieces.filter((piece) => piece.whole).map(({ path }) => path);
    expect(hub.pieces.some((piece) => !piece.whole)).toBe(true);
    expect(whole.length).toBeGreaterThan(3);
    expect(new Set(whole).size).toBe(whole.length);
  });

  const pushed = hub.pushed.get(`${hubUser}/pushed-2nd-try`);
  await test.step('the Hub holds what the download holds, and only huggingface.co saw the token', async () => {
    expect(pushed?.private).toBe(true);
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the model' }).click();
    const zip = unzipSync(await readFile(await (await saving).path()));
    expect(Object.keys(zip)).toContain('onnx/model.onnx');
    expect(digests(pushed?.files ?? [])).toEqual(digests(Object.entries(zip)));
    expect([...hub.tokenHosts]).toEqual(['huggingface.co']);
    expect(hub.requests.join('\n')).not.toContain(hubTokens.write);
    expect(logged.join('\n')).not.toContain(hubTokens.write);
    expect(await placesThatHold(hubTokens.write)).toEqual([]);
  });

  await test.step('what the Hub has is not sent again; a private push is not put into a public repository', async () => {
    const before = hub.pieces.length;
    await panel().getByRole('checkbox', { name: 'Private' }).uncheck();
    await fill(hubTokens.write, 'rung-org/for-all');
    await press('Push the model');
    await expect(panel().getByText(/^Public, .* were there already/)).toBeVisible();
    expect(hub.pieces.length).toBe(before);
    await panel().getByRole('checkbox', { name: 'Private' }).check();
    await press('Push the model');
    await expect(alert()).toContainText('is public, and this push was to be private');
    expect(hub.pushed.get('rung-org/for-all')?.commits).toHaveLength(1);
  });

  await test.step('it comes back as an encoder', async () => {
    await open(page, 'Data');
    await open(page, 'Export');
    await expect(panel().getByLabel('Access token')).toHaveValue('');
    await open(page, 'Train');
    await adjust(page, {});
    const field = page.getByRole('region', { name: 'From the Hugging Face Hub' });
    await field.getByPlaceholder('organisation/model').fill('rung-org/for-all');
    await page.keyboard.press('Escape');
    await field.getByRole('button', { name: 'Fetch', exact: true }).click();
    await expect(page.getByRole('combobox', { name: 'Encoder' })).toHaveValue('hub:rung-org/for-all');
  });
  await context.close();
});
