/** Matching in the page: a small taxonomy of files like O*NET's, one title, a pasted list, fine-tuning with its table, what is kept. On WASM. */
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { dropFiles, open, openSample, textOf, visit } from './support.ts';

const occupations: [string, string, string[]][] = [
  [
    'Chief Executives',
    'Determine and formulate policies and give overall direction to companies',
    ['CEO', 'Company President'],
  ],
  [
    'Registered Nurses',
    'Assess patient health problems and needs and maintain medical records',
    ['Staff Nurse', 'Ward Sister'],
  ],
  ['Bakers', 'Mix and bake ingredients to make breads, rolls, cookies and cakes', ['Bread Maker', 'Pastry Chef']],
  ['Welders', 'Use hand-welding equipment to join metal components', ['Welding Technician', 'Arc Welder']],
  ['Accountants', 'Examine, analyse and interpret accounting records', ['Bookkeeper', 'Tax Specialist']],
  ['Lawyers', 'Represent clients in court and draw up legal documents', ['Attorney', 'Solicitor']],
  ['Carpenters', 'Construct and repair structures of wood', ['Joiner', 'Cabinet Fitter']],
  ['Actors', 'Play parts in stage, television or film productions', ['Comedian', 'Stage Performer']],
  ['Truck Drivers', 'Drive a tractor-trailer to deliver goods', ['Lorry Driver', 'Haulier']],
  ['Librarians', 'Administer libraries and select books and periodicals', ['Book Curator', 'Media Specialist']],
];

const code = (i: number): string => `1${i}-1000.00`;
const text = (name: string, rows: string[][]) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(rows.map((row) => row.join('\t')).join('\n')),
});
const files = [
  text('Occupation Data.txt', [
    ['O*NET-SOC Code', 'Title', 'Description'],
    ...occupations.map(([title, description], i) => [code(i), title, description]),
  ]),
  text('Alternate Titles.txt', [
    ['O*NET-SOC Code', 'Alternate Title', 'Short Title'],
    ...occupations.flatMap(([, , others], i) => others.map((other) => [code(i), other, 'n/a'])),
  ]),
];

async function openMatch(page: Page): Promise<void> {
  await open(page, 'Match');
  await expect(page.getByRole('heading', { name: 'Match', exact: true })).toBeVisible();
}

async function openTaxonomy(page: Page): Promise<void> {
  // Until the place is there, what is dropped is a table of titles.
  await expect(page.getByText('O*NET Resource Center').first()).toBeVisible();
  await dropFiles(page, files);
  await expect(page.getByText('10 entries, 20 other titles')).toBeVisible();
  await expect(page.getByText(/^Ready: the entries were read/)).toBeVisible({ timeout: 120_000 });
}

test('titles are matched to a taxonomy, one and many, and an encoder is fine-tuned, kept and exported', async ({
  page,
}) => {
  await visit(page, 'wasm');
  await openMatch(page);
  await expect(page.getByRole('link', { name: 'O*NET Resource Center' })).toBeVisible();
  await openTaxonomy(page);

  const best = page.getByRole('list', { name: 'Best entries' }).getByRole('listitem');
  await page.getByRole('textbox', { name: 'Job title' }).fill('Night nurse');
  await expect(best.first()).toContainText(/Registered Nurses.*11-1000\.00.*0\.\d\d/);
  await expect(best).toHaveCount(5);
  await page.getByText('Words', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Job title' }).fill('Baker of bread');
  await expect(best.first()).toContainText('Bakers');
  await page.getByText('Both', { exact: true }).click();

  await page.getByRole('button', { name: 'Paste titles' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(['Welder II', '=Lawyer', 'Librarian'].join('\n'));
  await dialog.getByRole('button', { name: 'Match' }).click();
  await expect(page.getByText('3 titles matched.')).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /CSV/ }).click();
  const lines = (await textOf(await saving)).replace('\ufeff', '').trim().split('\r\n');
  expect(lines[0]).toMatch(/^Title,Code 1,Match 1,Score 1,.*Code 5,Match 5,Score 5$/);
  expect(lines[1]).toMatch(/^Welder II,13-1000\.00,Welders,0\.\d{4},/);
  expect(lines[2]).toMatch(/^'=Lawyer,15-1000\.00,Lawyers,/);

  const panel = page.getByRole('region', { name: 'Fine-tune' });
  await panel.getByRole('button', { name: 'Adjust' }).click();
  await panel.getByRole('textbox', { name: 'Epochs' }).fill('2');
  await panel.getByRole('button', { name: 'Fine-tune' }).click();
  const table = panel.getByRole('table', { name: /Before and after fine-tuning/ });
  await expect(table).toBeVisible({ timeout: 300_000 });
  for (const name of ['Words alone (TF-IDF)', 'Words and encoder, before', 'Words and encoder, after'])
    await expect(table.getByRole('row', { name }).first().getByRole('cell')).toHaveCount(5);

  await expectAccessible(page, 'Match with a taxonomy');
  const downloading = page.waitForEvent('download');
  await panel.getByRole('button', { name: /^Download / }).click();
  expect((await downloading).suggestedFilename()).toMatch(/tuned 1\.zip$/);
  await panel.getByRole('button', { name: 'Match with it' }).click();
  await expect(panel.getByRole('button', { name: 'In use' })).toBeVisible();
  await expect(page.getByText(/^Ready: the entries were read/)).toBeVisible({ timeout: 120_000 });

  // The next visit has the encoder, and the embeddings of both.
  await page.reload();
  await openTaxonomy(page);
  await expect(page.getByText('Ready: the entries were read in an earlier visit.')).toBeVisible();
  await panel.getByRole('button', { name: 'Match with it' }).click();
  await expect(page.getByText('Ready: the entries were read in an earlier visit.')).toBeVisible();
  await panel.getByRole('button', { name: 'Figures' }).click();
  await expect(table).toBeVisible();

  // It can be what Train begins with.
  await panel.getByRole('button', { name: 'Train with it' }).click();
  await expect(page.getByText(/tuned 1 is the encoder of the next training\.$/)).toBeVisible();
  await open(page, 'Data');
  await openSample(page);
  await open(page, 'Train');
  await expect(page.getByRole('region', { name: 'Train' }).getByText(/tuned 1$/)).toBeVisible();

  await open(page, 'Match');
  await panel.getByRole('button', { name: /^Remove / }).click();
  await expect(panel.getByText('Fine-tuned encoders in this browser')).toBeHidden();
});

test('a taxonomy of other columns is read, and what cannot be read says why', async ({ page }) => {
  await visit(page, 'wasm');
  await openMatch(page);
  await dropFiles(page, [{ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.from('') }]);
  await expect(page.getByRole('alert')).toContainText('empty.csv');
  const rows = occupations.map(([title, description], i) => `${i};${description};${title}`);
  const table = Buffer.from(['Nr;Was;Beruf', ...rows].join('\n'));
  await dropFiles(page, [{ name: 'berufe.csv', mimeType: 'text/csv', buffer: table }]);
  await expect(page.getByText('10 entries')).toBeVisible();
  await expect(page.getByText(/Waits for titles that are known to belong to an entry/)).toBeVisible();
  await page.getByRole('button', { name: 'Columns' }).click();
  await expect(page.getByRole('combobox', { name: 'Title', exact: true })).toHaveValue('Beruf');
  await page.getByRole('combobox', { name: 'Description' }).click();
  await page.getByRole('option', { name: 'None' }).click();
  await expect(page.getByText(/^Ready: the entries were read/)).toBeVisible({ timeout: 120_000 });
  await page.getByRole('textbox', { name: 'Job title' }).fill('Carpenter');
  await expect(page.getByRole('list', { name: 'Best entries' }).getByRole('listitem').first()).toContainText(
    'Carpenters',
  );
});
