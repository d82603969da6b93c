/** Doubtful labels: found without training, decided by click and key, kept over a reload, saved, read in again, trained on. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { adjust, dropFiles, open, quick, textOf, trainToTheEnd, visit } from './support.ts';

const sample = readFileSync(resolve(import.meta.dirname, '../public/sample/job-titles.csv'), 'utf8');
/** Rows of the sample with another label: as the spreadsheet counts them. */
const wrong = new Map<number, string>();

/** The sample with every thirtieth row's labels wrong. */
function spoilt(): string {
  const lines = sample.trimEnd().split(/\r?\n/);
  return lines
    .map((line, i) => {
      if (i === 0 || i % 30 !== 7) return line;
      const title = /^("(?:[^"]|"")*"|[^,]*)/.exec(line)?.[0] ?? '';
      const label = /,Director/.test(line) ? 'Owner' : 'Director';
      wrong.set(i + 1, title.replaceAll('"', ''));
      return `${title},${label}${','.repeat(lines[0].split(',').length - 2)}`;
    })
    .join('\n');
}

const file = { name: 'spoilt titles.csv', mimeType: 'text/csv', buffer: Buffer.from(spoilt()) };

test('doubtful rows are found, decided, undone, kept, saved, read and trained on', async ({ page }) => {
  await visit(page, 'wasm');
  await dropFiles(page, [file]);
  await page.getByRole('button', { name: 'Find likely mislabelled rows' }).click();
  const list = page.getByRole('region', { name: 'Rows to decide' });
  await expect(list).toBeVisible({ timeout: 120_000 });
  const left = page.getByText(/rows? to decide$/);
  const toDecide = async (): Promise<number> => Number(/\d+/.exec(await left.innerText())?.[0]);
  const suggested = await toDecide();
  expect(suggested).toBeGreaterThan(4);

  // Most of those at the top are the ones that were spoilt.
  const rows = await list.getByRole('button', { name: /^Accept for row/ }).allInnerTexts();
  expect(rows.length).toBeGreaterThan(3);
  const names = await Promise.all(
    (await list.getByRole('button', { name: /^Accept for row/ }).all())
      .slice(0, 4)
      .map((button) => button.getAttribute('aria-label')),
  );
  const first = names.map((name) => Number(/\d+/.exec(name ?? '')?.[0]));
  expect(first.filter((row) => wrong.has(row)).length).toBeGreaterThan(1);

  await list.getByRole('button', { name: `Titles similar to row ${first[0]}` }).click();
  await expect(
    list
      .getByRole('list', { name: /^Titles similar to/ })
      .getByRole('listitem')
      .first(),
  ).toBeVisible();
  await list.getByRole('button', { name: `Accept for row ${first[0]}` }).click();
  await expect.poll(toDecide).toBe(suggested - 1);
  await list.getByRole('button', { name: `Keep the labels of row ${first[1]}` }).click();
  await expect.poll(toDecide).toBe(suggested - 2);
  // By keyboard: accept the first that is left, then take it back.
  await list.focus();
  await page.keyboard.press('a');
  await expect.poll(toDecide).toBe(suggested - 3);
  await page.keyboard.press('Control+z');
  await expect.poll(toDecide).toBe(suggested - 2);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(toDecide).toBe(suggested - 3);
  // By hand, with the keyboard alone.
  await list.focus();
  await page.keyboard.press('e');
  const dialogue = page.getByRole('dialog', { name: /^Labels of row/ });
  await expect(dialogue.getByRole('checkbox').first()).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(dialogue).toBeHidden();
  await expect.poll(toDecide).toBe(suggested - 4);
  await expect(page.getByText(/^3 rows corrected, 1 looked at and kept/)).toBeVisible();

  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the change log' }).click();
  const log = await textOf(await saving);
  expect(log.replace('\ufeff', '').split('\r\n')[0]).toBe('Row,Title,Before,After,Decision,Why,When');
  expect(log.trimEnd().split('\r\n')).toHaveLength(5);
  const savingTable = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the corrected table' }).click();
  await page.getByRole('menuitem', { name: 'as CSV' }).click();
  const table = await textOf(await savingTable);
  const changed = table.replace('\ufeff', '').trimEnd().split('\r\n');
  expect(changed).toHaveLength(sample.trimEnd().split(/\r?\n/).length);

  // Another visit: the same file, the same corrections.
  await page.reload();
  await expect(page.getByRole('button', { name: /^Device: / })).toBeVisible({ timeout: 60_000 });
  await dropFiles(page, [file]);
  await expect(page.getByText(/^3 rows corrected\. Training uses/)).toBeVisible();
  await open(page, 'Review');
  await expect(page.getByText(/^3 rows corrected, 1 looked at and kept/)).toBeVisible();
  const undo = page.getByRole('button', { name: 'Undo', exact: true });
  for (let step = 0; step < 4; step++) await undo.click();
  await expect(page.getByText('No label has been corrected.')).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Read a change log' }).click();
  await (await chooser).setFiles({ name: 'log.csv', mimeType: 'text/csv', buffer: Buffer.from(log) });
  await expect(page.getByText('4 lines of the change log applied.')).toBeVisible();
  await expect(page.getByText(/^3 rows corrected, 1 looked at and kept/)).toBeVisible();

  await page.getByRole('button', { name: 'Train on the corrected labels' }).click();
  await adjust(page, quick);
  await trainToTheEnd(page, 'Corrected');
  await page.getByRole('button', { name: 'Open Corrected' }).click();
  await expect(page.getByText(/^Trained on a table with [23] corrected rows/)).toBeVisible();
});

test('labels are edited in the table of rows, which stays where it was', async ({ page }) => {
  await visit(page, 'wasm');
  await dropFiles(page, [file]);
  const rows = page.getByRole('region', { name: 'Rows of the table' });
  await rows.focus();
  await page.keyboard.press('PageDown');
  await expect.poll(() => rows.evaluate((element) => element.scrollTop)).toBeGreaterThan(100);
  await rows.getByRole('button', { name: 'Edit the labels of row 25' }).click();
  const dialogue = page.getByRole('dialog', { name: 'Labels of row 25' });
  await expect(dialogue).toBeVisible();
  // Only now: to click, Playwright may scroll the table itself.
  const scrolled = await rows.evaluate((element) => element.scrollTop);
  expect(scrolled).toBeGreaterThan(100);
  for (const box of await dialogue.getByRole('checkbox', { checked: true }).all()) await box.uncheck();
  await dialogue.getByRole('checkbox', { name: 'Director' }).check();
  await dialogue.getByRole('button', { name: 'Save labels' }).click();
  await expect(rows.getByText(/^corrected, was/)).toBeVisible();
  expect(await rows.evaluate((element) => element.scrollTop)).toBe(scrolled);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(rows.getByText(/^corrected, was/)).toBeHidden();
  expect(await rows.evaluate((element) => element.scrollTop)).toBe(scrolled);

  // A label that the table does not have yet; what stands for none cannot be one.
  await rows.getByRole('button', { name: 'Edit the labels of row 25' }).click();
  for (const box of await dialogue.getByRole('checkbox', { checked: true }).all()) await box.uncheck();
  const another = dialogue.getByRole('textbox', { name: 'Another label' });
  await another.fill('n/a');
  await expect(dialogue.getByText('Not possible: “n/a” stands for no label in tables.')).toBeVisible();
  await another.fill('Trainee');
  await another.press('Enter');
  await expect(dialogue.getByRole('checkbox', { name: 'Trainee' })).toBeChecked();
  await dialogue.getByRole('button', { name: 'Save labels' }).click();
  await expect(rows.getByText(/^corrected, was/)).toBeVisible();
  await expect(rows.getByText('Trainee', { exact: true })).toBeVisible();
  expect(await rows.evaluate((element) => element.scrollTop)).toBe(scrolled);
});
