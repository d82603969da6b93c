/**
 * `npm run screenshots`: drives the built page through the main job and takes pictures of every place, light and dark, wide and
 * narrow, into `screenshots/`; with `--readme` only the one that the README shows, into `public/screenshot.png`.
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import { preview } from 'vite';
import { chromiumArguments, chromiumPath } from './chromium.ts';

const schemes = ['light', 'dark'] as const;
const sizes = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
];

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string', default: 'public/sample/job-titles.csv' },
      epochs: { type: 'string', default: '8' },
      readme: { type: 'boolean', default: false },
    },
  });
  const server = await preview({ logLevel: 'warn', preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  try {
    const url = server.resolvedUrls?.local[0] ?? '';
    await mkdir('screenshots', { recursive: true });
    const page = await trainedPage(browser, url, resolve(values.data), values.epochs, values.readme);
    if (!values.readme) {
      await everyPlace(page);
      await otherPlaces(page);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

/** A page with a finished run; pictures of the moments on the way. */
async function trainedPage(
  browser: Browser,
  url: string,
  file: string,
  epochs: string,
  readme: boolean,
): Promise<Page> {
  const page = await browser.newPage({ viewport: sizes[0], colorScheme: 'light' });
  await page.goto(`${url}?backend=wasm`);
  await page.getByRole('button', { name: /^Device: / }).waitFor();
  if (!readme) await everyLook(page, 'first-visit');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Browse files' }).click();
  await (await chooser).setFiles(file);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await page.getByRole('button', { name: /^Adjust/ }).click();
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill(epochs);
  await page.getByText(/measured on this device/).waitFor();
  if (!readme) await everyLook(page, 'train-ready');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page
    .getByText(new RegExp(`in epoch [${Math.max(1, Number(epochs) - 2)}-${epochs}]`))
    .first()
    .waitFor({ timeout: 600_000 });
  await page.waitForTimeout(1500);
  if (readme) await page.screenshot({ path: 'public/screenshot.png' });
  else await everyLook(page, 'train-live');
  if (!readme)
    await page
      .getByRole('button', { name: /^Open / })
      .first()
      .waitFor({ timeout: 600_000 });
  return page;
}

async function everyPlace(page: Page): Promise<void> {
  await page.waitForTimeout(9000);
  for (const place of ['Data', 'Train', 'Results', 'Predict', 'Export']) {
    await page
      .getByRole('navigation', { name: 'Places' })
      .getByRole('link', { name: new RegExp(`^${place}`) })
      .click();
    if (place === 'Predict') {
      await page.getByRole('textbox', { name: 'Job title' }).fill('VP & Chief Information Officer');
      await page.getByRole('button', { name: 'Paste titles' }).click();
      const titles = [
        'Head of Sales, EMEA',
        'Junior Accountant',
        'Owner',
        'CTO',
        'Director of Nursing',
        'Plant Manager',
      ];
      await page.getByRole('dialog').getByRole('textbox').fill(titles.join('\n'));
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /Predict/ })
        .click();
    }
    await page.waitForTimeout(1000);
    await everyLook(page, place.toLowerCase());
  }
}

const taxonomy = `Code,Title,Description
11-1011,Chief Executives,Determine policies and give overall direction to companies
29-1141,Registered Nurses,Assess patient health problems and maintain medical records
51-3011,Bakers,"Mix and bake ingredients to make breads, cookies and cakes"
13-2011,Accountants,"Examine, analyse and interpret accounting records"
23-1011,Lawyers,Represent clients in court and draw up legal documents`;

const titles = ['manager', 'director', 'head', 'assistant', 'owner'].flatMap((level) =>
  ['sales', 'nursing', 'finance', 'human resources', 'software', 'legal'].map((area) => `${area} ${level}`),
);

/** The places beside the main job, each with something in it. */
async function otherPlaces(page: Page): Promise<void> {
  const go = (place: string): Promise<void> =>
    page
      .getByRole('navigation', { name: 'Places' })
      .getByRole('link', { name: new RegExp(`^${place}`) })
      .click();
  await go('Review');
  await page.getByRole('button', { name: 'Find likely mislabelled rows' }).click();
  await page.getByText(/rows are doubtful/).waitFor({ timeout: 300_000 });
  await page.getByRole('button', { name: /^Keep/ }).first().click();
  await everyLook(page, 'review');
  await page.getByRole('button', { name: /^Edit/ }).first().click();
  await everyLook(page, 'edit-labels');
  await page.keyboard.press('Escape');
  await go('Map');
  await page.getByRole('button', { name: 'Draw the map' }).click();
  await page.getByText(/^[\d\s.,]+ titles by /).waitFor({ timeout: 300_000 });
  await page.getByRole('textbox', { name: 'Find titles on the map' }).fill('director');
  await page.keyboard.press('Enter');
  await everyLook(page, 'map');
  await go('Match');
  await page.getByText('O*NET Resource Center').first().waitFor();
  await drop(page, 'taxonomy.csv', taxonomy);
  await page.getByText(/^Ready: the entries were read/).waitFor({ timeout: 120_000 });
  await page.getByRole('textbox', { name: 'Job title' }).fill('ward nurse');
  await page.waitForTimeout(2000);
  await everyLook(page, 'match');
  await go('Level & area');
  await page.getByRole('heading', { name: 'Level and area', exact: true }).waitFor();
  await drop(page, 'titles.csv', ['Title', ...titles].join('\n'));
  await page.getByText(/^Decided: /).waitFor();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('heading', { name: /^4\. Results of/ }).waitFor({ timeout: 300_000 });
  await everyLook(page, 'level-area');
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page
    .getByRole('main')
    .getByRole('button', { name: /^(Browse files|Choose a file|Another file)/ })
    .first()
    .click();
  await (await chooser).setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
}

/** One picture a colour scheme and width; the whole page, not only what fits the window. */
async function everyLook(page: Page, name: string): Promise<void> {
  for (const colorScheme of schemes) {
    for (const { name: size, width, height } of sizes) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(400);
      await page.screenshot({ path: `screenshots/${name}-${size}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(sizes[0]);
}
