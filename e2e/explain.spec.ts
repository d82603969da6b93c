/** Why a title got its labels, in a real browser: on a model that was trained on the sample, and on the same model once it was downloaded. */
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { adjust, dropFiles, oneModel, open, openSample, predictOne, trainToTheEnd, visit } from './support.ts';

const title = 'Regional Sales Manager';

/** Numbers of a text, "−" read as a minus. */
function numbers(text: string): number[] {
  return Array.from(text.replaceAll('−', '-').matchAll(/[+-]?\d+\.\d+/g), (match) => Number(match[0]));
}

const explanation = (page: Page) => page.getByRole('region', { name: 'Explanation' });

async function explainLabel(page: Page, label: string): Promise<void> {
  const opener = page.getByRole('button', { name: 'Why these labels?' });
  if ((await opener.getAttribute('aria-expanded')) !== 'true') await opener.click();
  await explanation(page).getByRole('combobox', { name: 'Label to explain' }).selectOption(label);
}

test('a title is explained by its words, by what would change it, and by near training titles', async ({
  page,
  browser,
}) => {
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  // Little training: titles of the sample must be left that it gets wrong.
  await adjust(page, { ...oneModel, Epochs: '3' });
  await trainToTheEnd(page, 'Explained');
  await predictOne(page, title);

  // The words: their pushes add up to the change of the log-odds, and "Manager" is what makes a manager.
  await explainLabel(page, 'Manager');
  const chips = explanation(page).getByRole('list', { name: 'What each word does to Manager' }).getByRole('listitem');
  await expect(chips).toHaveCount(3);
  const pushes = (await chips.allInnerTexts()).map((text) => numbers(text)[0]);
  expect(Math.max(...pushes)).toBe(pushes[2]);
  expect(pushes[2]).toBeGreaterThan(0.5);
  const sentence = await explanation(page)
    .getByText(/with every word blanked/)
    .innerText();
  const [baseline, logit] = numbers(sentence);
  const sum = pushes.reduce((total, push) => total + push, 0);
  // Each is rounded to a hundredth.
  expect(Math.abs(sum - (logit - baseline))).toBeLessThanOrEqual(0.02 * Math.abs(logit - baseline) + 0.03);
  const [, out] = /but for [<>]?\s?([\d.]+)\s%/.exec(sentence) ?? [];
  expect(Number(out)).toBeLessThan(2);
  // The plain check: without the word the label is less probable.
  const row = explanation(page).getByRole('row', { name: /^Manager/ });
  const [, drop, without] = numbers(await row.innerText());
  expect(drop).toBeGreaterThan(0);
  const now = numbers(
    await explanation(page)
      .getByRole('columnheader', { name: /^Probability without it/ })
      .innerText(),
  );
  expect(without).toBeLessThan(now[0]);
  const { violations } = await new AxeBuilder({ page }).include('[aria-label="Explanation"]').analyze();
  expect(violations).toEqual([]);

  // What would change it, taken into the box, does change it.
  await explanation(page).getByRole('tab', { name: 'What changes it' }).click();
  const changes = explanation(page).getByRole('list', { name: 'Changes that take Manager away' });
  await expect(changes).toBeVisible({ timeout: 120_000 });
  await changes.getByRole('button').first().click();
  await expect(page.getByRole('textbox', { name: 'Job title' })).not.toHaveValue(title);
  await expect(explanation(page).getByRole('list', { name: 'Changes that give it Manager' })).toBeVisible({
    timeout: 120_000,
  });

  // Near training titles, here and beside a wrong title of Results.
  await page.getByRole('textbox', { name: 'Job title' }).fill(title);
  await explanation(page).getByRole('tab', { name: 'Near titles' }).click();
  const near = explanation(page).getByRole('list', { name: `Training titles nearest to ${title}` });
  await expect(near.getByRole('listitem')).toHaveCount(6, { timeout: 120_000 });
  await expect(near).toContainText('Manager');
  await open(page, 'Results');
  const wrong = page.getByRole('region', { name: 'Wrong titles' });
  await wrong
    .getByRole('button', { name: /^Near training titles of/ })
    .first()
    .click();
  await expect(wrong.getByRole('list', { name: /^Training titles nearest to/ }).getByRole('listitem')).toHaveCount(6);

  // The download holds no training titles, and says so.
  await open(page, 'Export');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download the model/ }).click();
  const zip = await readFile(await (await saving).path());
  const fresh = await browser.newPage();
  await visit(fresh, 'wasm');
  await dropFiles(fresh, [{ name: 'model.zip', mimeType: 'application/zip', buffer: zip }]);
  await predictOne(fresh, title);
  await explainLabel(fresh, 'Manager');
  const again = explanation(fresh).getByRole('list', { name: 'What each word does to Manager' }).getByRole('listitem');
  await expect(again).toHaveCount(3);
  expect((await again.allInnerTexts()).map((text) => numbers(text)[0])).toEqual(pushes);
  await explanation(fresh).getByRole('tab', { name: 'Near titles' }).click();
  await expect(explanation(fresh).getByText(/A downloaded model comes without its training titles/)).toBeVisible();
  await explanation(fresh).getByRole('tab', { name: 'What changes it' }).click();
  await expect(explanation(fresh).getByText(/Only words of the title were taken out/)).toBeVisible();
  await fresh.close();
});
