/** A file too large for a table goes from disk to disk: the same answers as a pasted list, and what is done is kept when it is stopped. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { open, openSample, predictedCsv, trainToTheEnd, visit } from './support.ts';

const titles = ['Director of Nursing', 'Owner', '=Chief, "Sales"', 'Staff Nurse', 'VP & CIO'];

test('a file of more than 8 MB is predicted piece by piece and saved as a CSV', async ({ page }) => {
  test.setTimeout(540_000);
  const folder = await mkdtemp(join(tmpdir(), 'rung-stream-'));
  const rows = 80_000;
  const note = 'some more text, '.repeat(6);
  const quoted = titles.map((title) => `"${title.replaceAll('"', '""')}"`);
  const lines = Array.from({ length: rows }, (_, i) => `${i},${quoted[i % titles.length]},"${note}"`);
  const path = join(folder, 'everyone.csv');
  await writeFile(path, ['Id,Job title,Note', ...lines].join('\r\n'));
  try {
    await visit(page, 'wasm');
    await openSample(page);
    await page.getByRole('button', { name: 'Continue to training' }).click();
    await page.getByRole('button', { name: /^Recipe/ }).click();
    await page.getByRole('radio', { name: /One classifier for each label/ }).check();
    await page.getByRole('button', { name: /^Adjust/ }).click();
    for (const kind of ['nearest neighbours', 'random forest', 'gradient boosting']) {
      await page.getByRole('checkbox', { name: kind }).uncheck();
    }
    await trainToTheEnd(page, 'Streamer');
    await open(page, 'Predict');
    const inPage = (await predictedCsv(page, titles)).trim().split('\r\n');
    await page.getByRole('button', { name: 'Close this file' }).click();

    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Browse files' }).click();
    await (await choosing).setFiles(path);
    await expect(
      page.getByText(/titles \(5 computed, the others repeat them\) predicted in .* titles a second/),
    ).toBeVisible({
      timeout: 240_000,
    });
    await page.screenshot({ path: test.info().outputPath('streamed.png') });
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: /Save the CSV/ }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe('everyone predictions.csv');
    const csv = (await readFile(await download.path(), 'utf8')).replace('\ufeff', '').trimEnd().split('\r\n');
    expect(csv).toHaveLength(rows + 1);
    expect(csv.slice(0, 6)).toEqual(inPage);
    expect(csv.at(-1)).toBe(inPage[5]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
