/** Encoders from the Hugging Face Hub, by the product's own code and policy, against a stand-in for huggingface.co on this machine. */
import { chromium, expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { chromiumArguments, chromiumPath } from '../tools/chromium.ts';
import { hubRepositories } from '../tools/hubModels.ts';
import { canServeHub, startHubServer, type HubServer } from '../tools/hubServer.ts';
import { adjust, dropFiles, open, openSample, quick, trainToTheEnd, visit } from './support.ts';

test.skip(!canServeHub(), 'openssl, which makes the certificate of the stand-in, is not here');

const tiny = 'rung-test/tiny-distilbert';
const weights = `GET cas-bridge.xethub.hf.co/${tiny}/model.safetensors`;

// A kept model is trained without a network, and so is the page loaded.
test.use({ serviceWorkers: 'allow' });

let hub: HubServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;

test.beforeAll(async () => {
  hub = await startHubServer();
  const args = [...chromiumArguments, ...hub.chromiumFlags];
  browser = await chromium.launch({ executablePath: chromiumPath, args });
});

test.afterAll(async () => {
  await browser.close();
  await hub.close();
});

test.beforeEach(async ({ baseURL, viewport }) => {
  Object.assign(hub, { breakAfter: null, damaged: false, delay: 0, version: 0 });
  hub.requests.length = 0;
  context = await browser.newContext({ ...(baseURL && { baseURL }), viewport });
  context.setDefaultTimeout(60_000);
  page = await context.newPage();
});

test.afterEach(() => context.close());

const field = (): ReturnType<Page['getByRole']> => page.getByRole('region', { name: 'From the Hugging Face Hub' });

async function openTrain(): Promise<void> {
  await visit(page, 'wasm');
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, {});
}

async function fetchModel(id: string): Promise<void> {
  await field().getByPlaceholder('organisation/model').fill(id);
  await page.keyboard.press('Escape');
  await field().getByRole('button', { name: 'Fetch', exact: true }).click();
}

const encoder = (): ReturnType<Page['getByRole']> => page.getByRole('combobox', { name: 'Encoder' });

/** Megabytes that are here, as the progress line says. */
async function received(): Promise<number> {
  const text = await field().getByText(/ of /).first().innerText();
  const [, amount, unit] = /([\d.]+)\s(kB|MB) of/.exec(text) ?? [];
  return Number(amount ?? 0) * (unit === 'MB' ? 1 : 0.001);
}

test('a model is fetched by id, with the tab closed in between, kept for the next visit, and trained without a network', async () => {
  await openTrain();
  expect(hub.requests).toEqual([]);
  hub.delay = 600;
  await fetchModel(tiny);
  await expect(field().getByText(/Fetching model.safetensors/)).toBeVisible();
  await expect.poll(received).toBeGreaterThan(1);
  await expect(field().getByText(/MB\/s|kB\/s/)).toBeVisible();
  await page.close();

  page = await context.newPage();
  await openTrain();
  await expect(field().getByText(/not complete/)).toBeVisible();
  hub.requests.length = 0;
  hub.delay = 0;
  await field()
    .getByRole('button', { name: `Go on fetching ${tiny}` })
    .click();
  await expect(encoder()).toHaveValue(`hub:${tiny}`);
  const again = hub.requests.find((request) => request.startsWith(weights)) ?? '';
  expect(Number(/bytes=(\d+)-$/.exec(again)?.[1])).toBeGreaterThan(100_000);
  // The small files were whole: they are not asked for again.
  expect(hub.requests.filter((request) => request.includes('tokenizer'))).toEqual([]);
  await expect(page.getByText(/tensors? of the checkpoint not used/)).toBeVisible();

  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  hub.requests.length = 0;
  await page.reload();
  await open(page, 'Data');
  await openSample(page);
  await open(page, 'Train');
  await adjust(page, quick);
  await encoder().selectOption(`hub:${tiny}`);
  await trainToTheEnd(page, 'From the Hub');
  expect(hub.requests).toEqual([]);
});

test('a connection that breaks off is taken up again where it broke', async () => {
  await openTrain();
  hub.breakAfter = 2_000_000;
  await fetchModel(tiny);
  await expect(encoder()).toHaveValue(`hub:${tiny}`);
  const asked = hub.requests.filter((request) => request.startsWith(weights));
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.slice(1).every((request) => /bytes=[1-9]\d*-$/.test(request))).toBe(true);
});

test('stopping keeps what came; a file that has changed since starts anew, others stay', async () => {
  await openTrain();
  hub.delay = 600;
  await fetchModel(tiny);
  await expect.poll(received).toBeGreaterThan(1);
  await field().getByRole('button', { name: 'Stop' }).click();
  await expect(field().getByText(/not complete/)).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  Object.assign(hub, { delay: 0, version: 1 });
  hub.requests.length = 0;
  await field()
    .getByRole('button', { name: `Go on fetching ${tiny}` })
    .click();
  await expect(encoder()).toHaveValue(`hub:${tiny}`);
  expect(hub.requests.filter((request) => request.startsWith('GET cas-bridge'))).toEqual([`${weights}/1`]);
  expect(hub.requests.filter((request) => request.includes('tokenizer'))).toEqual([]);

  await field()
    .getByRole('button', { name: `Remove ${tiny}` })
    .click();
  await expect(encoder()).toHaveValue('shipped:rung-mini');
  await expect(field().getByText(/In this browser/)).toBeHidden();
});

test('what cannot be had is said where it was asked for', async () => {
  await openTrain();
  const refused: [string, RegExp][] = [
    ['rung-test/missing', /no public model “rung-test\/missing”/],
    ['rung-test/gated', /open only to those who accepted its terms/],
    ['rung-test/t5', /model_type.*t5/],
    ['rung-test/gguf-only', /no config.json, no tokenizer.json/],
    ['not a name', /is no name of a model/],
  ];
  for (const [id, message] of refused) {
    await fetchModel(id);
    const alert = field().getByRole('alert').filter({ hasText: message });
    await expect(alert).toBeVisible();
    await alert.getByRole('button', { name: 'Dismiss the error' }).click();
    await expect(alert).toBeHidden();
  }
  await expect(field().getByText(/In this browser/)).toBeHidden();
  // Refused by its config: no megabyte was fetched for it.
  expect(hub.requests.filter((request) => request.includes('t5/model.safetensors'))).toEqual([]);

  hub.damaged = true;
  await fetchModel(tiny);
  await expect(field().getByRole('alert')).toContainText(/not what the Hub states.*SHA-256.*thrown away/s);
  hub.damaged = false;
  await context.setOffline(true);
  await fetchModel('rung-test/tiny-sharded-bert');
  await expect(field().getByRole('alert')).toContainText('huggingface.co could not be reached');
});

test('shards, PyTorch files and SentencePiece vocabularies load', async () => {
  await openTrain();
  for (const id of ['rung-test/tiny-sharded-bert', 'rung-test/tiny-deberta-bin']) {
    await fetchModel(id);
    await expect(encoder()).toHaveValue(`hub:${id}`);
  }
  await adjust(page, quick);
  await trainToTheEnd(page, 'DeBERTa');
});

test('a folder that is dropped where tables are becomes the encoder', async () => {
  await visit(page, 'wasm');
  const files = hubRepositories().find(({ id }) => id === 'rung-test/tiny-sharded-bert')?.files ?? new Map();
  await dropFiles(
    page,
    Array.from(files, ([name, file]) => ({ name, mimeType: '', buffer: file.read(0, file.size) })),
  );
  await expect(page.getByText(/is the encoder of the next training/)).toBeVisible();
});
