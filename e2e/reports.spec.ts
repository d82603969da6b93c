/** Tables, report and bundle of a measured run, from the page to the files. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Download, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { adjust, open, openSample, quick, textOf, trainToTheEnd, visit } from './support.ts';

async function download(page: Page, button: string): Promise<Download> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  return saving;
}

test('a run leaves as tables, as a report and as a bundle', async ({ page }) => {
  await visit(page, 'wasm');
  await openSample(page);
  await open(page, 'Train');
  // With fold models: what they said is what the bundle has to learn from.
  await adjust(page, { ...quick, 'Fold models': '2' });
  await trainToTheEnd(page, 'Short');
  await open(page, 'Export');

  const rows = JSON.parse(await textOf(await download(page, 'Test rows as JSON'))) as Record<string, unknown>[];
  expect(rows.length).toBeGreaterThan(20);
  const parquet = await readFile(await (await download(page, 'Test rows as Parquet')).path());
  const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length);
  expect(await parquetReadObjects({ file })).toEqual(rows);
  const csv = await textOf(await download(page, 'Figures as CSV'));
  expect(csv).toContain('micro-F1');

  const report = await textOf(await download(page, 'Download the report'));
  expect(report).toContain('What was wrong with it');
  expect(report).not.toContain('was not open when it was made');

  const saved = await download(page, 'Download the bundle');
  const files = unzipSync(new Uint8Array(await readFile(await saved.path())));
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([
      'train.py',
      'recipe.json',
      'data/train.csv',
      'start/model.safetensors',
      'trained/onnx/model.onnx',
    ]),
  );
  const trained = new TextDecoder().decode(files['data/train.csv']).trim().split('\n');
  expect(trained[1]).toMatch(/,0\.\d+/);
  const tested = new TextDecoder().decode(files['data/test.csv']).trim().split('\n');
  expect(tested.length).toBe(rows.length + 1);
});
