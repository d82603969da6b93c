/** Level and area through the page: titles without labels in, a keyword edited, trained, measured, predicted, kept, read back. On WASM. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { dropFiles, open, textOf, visit } from './support.ts';

const levels = ['Manager', 'Director', 'Assistant', 'Intern', 'Engineer', 'Senior Analyst', 'Vice President'];
const areas = [
  'Nursing',
  'Software',
  'Retail Store',
  'Banking',
  'Warehouse',
  'Marketing',
  'Hotel',
  'School',
  'Construction',
];
const places = ['London', 'Night Shift', 'Part Time', 'EMEA', 'North', 'Remote'];

/** Titles that a keyword decides, some that none does, and cells that are no titles. */
const cells = [
  ...areas.flatMap((area) =>
    levels.flatMap((level) => places.slice(0, 5).map((place) => `${level}, ${area}, ${place}`)),
  ),
  ...places.map((place) => `Colleague ${place}`),
  '12345',
  '???',
  '<b>Nurse</b>',
  'n/a',
  'manager, nursing, london',
];

async function drop(page: Page, name: string, text: string): Promise<void> {
  await dropFiles(page, [{ name, mimeType: 'text/csv', buffer: Buffer.from(text) }]);
}

test('titles alone become a model of level and area', async ({ page }) => {
  await visit(page, 'wasm');
  await open(page, 'Level & area');
  await expect(page.getByRole('heading', { name: 'Level and area', exact: true })).toBeVisible();
  await drop(page, 'titles.csv', ['Title', ...cells.map((cell) => `"${cell}"`)].join('\n'));

  const left = page.getByRole('region', { name: 'Rows that are left out' });
  await expect(left.getByRole('row', { name: /HTML tags 1/ })).toBeVisible();
  await expect(left.getByRole('row', { name: /Digits only 1/ })).toBeVisible();
  await expect(page.getByText(/Decided: 315 of 321 titles/)).toBeVisible();

  await page.getByRole('radiogroup', { name: 'Show' }).getByText('By keyword').click();
  const caught = page.getByRole('region', { name: 'What each keyword caught' });
  await expect(caught.getByRole('row', { name: /^vice president Vice president 45 45/ })).toBeVisible();
  await expect(caught.getByRole('row', { name: /^president Chief officer 45 0 45/ })).toBeVisible();

  // A keyword of one's own decides the titles that none did.
  await page.getByRole('radiogroup', { name: 'Show' }).getByText('Classes').click();
  await page.getByRole('button', { name: 'Edit Specialist', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const keywords = dialog.getByRole('textbox', { name: 'Keywords' });
  await keywords.fill(`${await keywords.inputValue()}, colleague`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/Decided: 321 of 321 titles/)).toBeVisible();

  await page.getByRole('button', { name: 'Adjust' }).click();
  await page.getByRole('textbox', { name: 'Epochs at most' }).fill('6');
  await page.getByRole('textbox', { name: 'Name of this model' }).fill('Small');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('heading', { name: '4. Results of Small' })).toBeVisible({ timeout: 120_000 });
  for (const head of ['level', 'area']) {
    const results = page.getByRole('region', { name: `Results of the ${head}` });
    await expect(results.getByRole('row', { name: /^Agreement with the keywords \d+ [01]\.\d\d, from/ })).toBeVisible();
    // The file has no true labels: nothing may be called accuracy.
    await expect(results.getByText(/Accuracy/)).toHaveCount(0);
  }

  await page.getByRole('button', { name: 'Predict titles.csv' }).click();
  const table = page.getByRole('table', { name: 'Level and area of titles.csv' });
  await expect(table).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page, 'Level & area with a model');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const lines = (await textOf(await saving)).replace('\ufeff', '').trim().split('\r\n');
  expect(lines).toHaveLength(cells.length + 1);
  expect(lines[0]).toBe(
    'Title,Level,Level probability,Level by keywords,Area,Area probability,Area by keywords,Left out because',
  );
  expect(lines.find((line) => line.startsWith('12345'))).toBe('12345,,,,,,,digits');

  // Kept over a reload; the download opens again and answers the same.
  const loading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the model' }).click();
  const buffer = await readFile(await (await loading).path());
  await page.reload();
  await expect(page.getByRole('heading', { name: '4. Results of Small' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete Small' }).click();
  await expect(page.getByRole('heading', { name: '4. Results of Small' })).toHaveCount(0);
  await dropFiles(page, [{ name: 'Small.zip', mimeType: 'application/zip', buffer }]);
  await expect(page.getByRole('heading', { name: '4. Results of Small' })).toBeVisible();
  await drop(page, 'titles.csv', ['Title', ...cells.map((cell) => `"${cell}"`)].join('\n'));
  await page.getByRole('button', { name: 'Predict titles.csv' }).click();
  await expect(table).toBeVisible({ timeout: 60_000 });
  const again = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  expect((await textOf(await again)).replace('\ufeff', '').trim().split('\r\n')).toEqual(lines);
});
