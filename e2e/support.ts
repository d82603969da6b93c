/** Steps that several journeys share, through what a user sees. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { expect, test, type Download, type Page } from '@playwright/test';

const jobLevelData = resolve(import.meta.dirname, '../../shared/data/JobLevelData.xlsx');

/** The real spreadsheet where it is at hand, else the sample that the project ships. */
export const mainFile = existsSync(jobLevelData)
  ? jobLevelData
  : resolve(import.meta.dirname, '../public/sample/job-titles.csv');
export const hasJobLevelData = existsSync(jobLevelData);

/** Drops files onto the page as the operating system would. */
export async function dropFiles(
  page: Page,
  files: { name: string; mimeType: string; buffer: Buffer }[],
): Promise<void> {
  // From disk through an input: as text through the protocol, a model of 20 MB would take many seconds.
  const { outputDir } = test.info();
  await mkdir(outputDir, { recursive: true });
  const folder = await mkdtemp(join(outputDir, 'dropped-'));
  const paths = files.map((_, i) => join(folder, String(i)));
  await Promise.all(files.map(({ buffer }, i) => writeFile(paths[i], buffer)));
  const input = await page.evaluateHandle(() => {
    const element = document.createElement('input');
    return Object.assign(element, { type: 'file', multiple: true });
  });
  await input.setInputFiles(paths);
  const names = files.map(({ name, mimeType }) => ({ name, type: mimeType }));
  const transfer = await page.evaluateHandle(
    ({ element, named }) => {
      const data = new DataTransfer();
      for (const [i, { name, type }] of named.entries()) data.items.add(new File([element.files![i]], name, { type }));
      return data;
    },
    { element: input, named: names },
  );
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.locator('main').dispatchEvent(type, { dataTransfer: transfer });
  }
}

export async function dropPath(page: Page, path: string): Promise<void> {
  await dropFiles(page, [{ name: basename(path), mimeType: '', buffer: await readFile(path) }]);
}

type Place = 'Data' | 'Train' | 'Results' | 'Predict' | 'Export' | 'Match' | 'Level & area' | 'Review' | 'Map';

/** Opens a place through the rail. */
export async function open(page: Page, place: Place): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Places' })
    .getByRole('link', { name: new RegExp(`^${place}`) })
    .click();
}

export async function openSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Use sample data' }).first().click();
  await expect(page.getByRole('button', { name: 'Continue to training' })).toBeEnabled();
}

/** The default averages several models, which has a journey of its own. */
export const oneModel = { 'Averaged models': '0' };

/** The shortest training there is. */
export const quick = { ...oneModel, Epochs: '1' };

/** Sets fields of the folded settings. */
export async function adjust(page: Page, values: Record<string, string>): Promise<void> {
  const fold = page.getByRole('button', { name: /^Adjust/ });
  if ((await fold.getAttribute('aria-expanded')) !== 'true') await fold.click();
  for (const [label, value] of Object.entries(values)) {
    await page.getByRole('textbox', { name: label, exact: true }).fill(value);
  }
}

/** Presses Train and waits for the run's row in the list. */
export async function trainToTheEnd(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Name of this run' }).fill(name);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('button', { name: `Open ${name}` })).toBeEnabled({ timeout: 540_000 });
}

/** Types a title on Predict and waits for its figures. */
export async function predictOne(page: Page, title: string): Promise<void> {
  await open(page, 'Predict');
  await page.getByRole('textbox', { name: 'Job title' }).fill(title);
  const figures = page.getByRole('region', { name: 'One title' }).getByRole('cell', { name: /^0\.\d\d$/ });
  await expect(figures.first()).toBeVisible();
}

export async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}

/** Loads the page with a backend forced, so that a run says the same on every machine. */
export async function visit(page: Page, backend: 'webgpu' | 'wasm'): Promise<void> {
  await page.goto(`./?backend=${backend}`);
  await expect(page.getByRole('button', { name: /^Device: / })).toBeVisible({ timeout: 60_000 });
}

/** Numbers of the probability columns of a predictions' CSV, row by row. */
export function probabilities(csv: string): number[][] {
  return csv
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => Array.from(line.matchAll(/,(\d\.\d+)/g), (match) => Number(match[1])));
}

/** Predicts the titles as a pasted list and returns the CSV. */
export async function predictedCsv(page: Page, titles: readonly string[]): Promise<string> {
  await page.getByRole('button', { name: 'Paste titles' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(titles.join('\n'));
  await dialog.getByRole('button', { name: /Predict/ }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /CSV/ }).click();
  return textOf(await saving);
}
