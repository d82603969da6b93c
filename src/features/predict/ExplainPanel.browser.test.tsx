import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { RungError } from '../../shared/errors.ts';
import type { NearTitles } from '../../shared/explanation.ts';
import { testExplainer, testModel } from '../../testing/testModel.ts';
import { ExplainPanel, type ExplainPanelProps } from './ExplainPanel.tsx';
import type { Explainer } from './question.ts';

const salesManager = Float32Array.of(0.1, 0.1, 0.9);

async function show(change: Partial<ExplainPanelProps> = {}) {
  const explainer: Explainer = {
    explain: vi.fn<Explainer['explain']>(testExplainer.explain),
    counterfactuals: vi.fn<Explainer['counterfactuals']>(testExplainer.counterfactuals),
    nearestTitles: vi.fn<Explainer['nearestTitles']>(testExplainer.nearestTitles),
  };
  const props: ExplainPanelProps = {
    model: testModel,
    explainer,
    text: 'Acting Sales Manager',
    probabilities: salesManager,
    onText: vi.fn<(text: string) => void>(),
    ...change,
  };
  const ui = (more: Partial<ExplainPanelProps>) => (
    <MantineProvider>
      <ExplainPanel {...props} {...more} />
    </MantineProvider>
  );
  const screen = await render(ui({}));
  return { ...props, again: (more: Partial<ExplainPanelProps>) => screen.rerender(ui(more)) };
}

const opener = () => page.getByRole('button', { name: 'Why these labels?' });
const chips = () => page.getByRole('list', { name: /^What each word does to/ });

const roughly: Explainer['explain'] = async (...request) => ({
  ...(await testExplainer.explain(...request)),
  completeness: { baseline: -2.2, steps: 256, error: 0.051 },
});
const withoutGradients: Explainer['explain'] = async (...request) => {
  const answer = await testExplainer.explain(...request);
  for (const word of answer.words) Object.assign(word, { push: null, disagrees: false });
  return { ...answer, unread: 3, completeness: null };
};
const noChange: Explainer['counterfactuals'] = async (_id, _title, label) => ({
  label,
  holds: false,
  found: [],
  tried: 3,
  vocabulary: false,
});

describe('the explanation', () => {
  it('is quiet until it is asked for', async () => {
    const { explainer } = await show();
    await expect.element(opener()).toHaveAttribute('aria-expanded', 'false');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(explainer.explain).not.toHaveBeenCalled();
  });

  it('says in figures what each word does to the label that holds, and how far the sum is out', async () => {
    const { explainer } = await show();
    await opener().click();
    await expect.element(chips()).toHaveAccessibleName('What each word does to Manager');
    const items = chips().getByRole('listitem');
    await expect
      .poll(() => items.elements().map((item) => item.textContent))
      .toEqual(['Acting−0.30', 'Sales−0.30', 'Manager+4.40']);
    expect(explainer.explain).toHaveBeenCalledWith('run-1', 'Acting Sales Manager', 2);
    await expect
      .element(page.getByText(/−2.20 with every word blanked, \+1.60 as it is/))
      .toHaveTextContent('0.4 % of it, over 32 steps.');
  });

  it('has leaving words out beside it, and says where the two disagree', async () => {
    await show();
    await opener().click();
    const table = page.getByRole('region', { name: 'Each word left out' });
    await expect.element(table.getByRole('row', { name: /^Manager/ })).toHaveTextContent('Manager+4.40+4.400.10');
    await expect
      .element(table.getByRole('row', { name: /^Acting/ }))
      .toHaveTextContent('Acting−0.30+0.40 other sign0.10');
    await expect.element(page.getByText(/For “Acting” the two disagree/)).toBeVisible();
  });

  it('says when the sum is rough', async () => {
    await show({ explainer: { ...testExplainer, explain: roughly } });
    await opener().click();
    await expect
      .element(page.getByText(/with every word blanked/))
      .toHaveTextContent('5 % of it, over 256 steps: read them as rough.');
  });

  it('goes by leaving words out where a model has no gradients, and names words that were not read', async () => {
    await show({ explainer: { ...testExplainer, explain: withoutGradients } });
    await opener().click();
    await expect.element(page.getByText(/A classical model has no gradients/)).toBeVisible();
    await expect.element(chips()).toHaveTextContent('Acting+0.40Sales−0.30Manager+4.403 more words not read');
    expect(page.getByRole('columnheader', { name: 'Push' }).elements()).toEqual([]);
  });

  it('is of the label that is chosen, and of the title as it changes', async () => {
    const { explainer, again } = await show();
    await opener().click();
    await page.getByRole('combobox', { name: 'Label to explain' }).selectOptions('Director');
    await expect.element(chips()).toHaveAccessibleName('What each word does to Director');
    await again({ text: 'Director', probabilities: Float32Array.of(0.1, 0.9, 0.1) });
    await expect.element(chips()).toHaveTextContent('Director+4.40');
    expect(explainer.explain).toHaveBeenLastCalledWith('run-1', 'Director', 1);
    await again({ text: ' ', probabilities: null });
    await expect.element(page.getByText(/Type a title/)).toBeVisible();
  });

  it('shows titles that would turn the label over, and takes one into the box', async () => {
    const { explainer, onText } = await show();
    await opener().click();
    await page.getByRole('tab', { name: 'What changes it' }).click();
    const list = page.getByRole('list', { name: 'Changes that take Manager away' });
    await expect.element(list).toHaveTextContent('“Manager” taken outActing SalesManager 0.10');
    expect(explainer.counterfactuals).toHaveBeenCalledWith('run-1', 'Acting Sales Manager', 2, 0.6);
    await list.getByRole('button', { name: 'Put “Acting Sales” in the box' }).click();
    expect(onText).toHaveBeenCalledWith('Acting Sales');
  });

  it('says when nothing turns it over, and that only taking out was tried', async () => {
    await show({ explainer: { ...testExplainer, counterfactuals: noChange } });
    await opener().click();
    await page.getByRole('tab', { name: 'What changes it' }).click();
    await expect
      .element(page.getByText(/No change of one or two words gives it Manager; 3 titles tried/))
      .toBeVisible();
    await expect.element(page.getByText(/Only words of the title were taken out/)).toBeVisible();
  });

  it('lists the nearest training titles with their labels', async () => {
    await show();
    await opener().click();
    await page.getByRole('tab', { name: 'Near titles' }).click();
    const items = page
      .getByRole('list', { name: 'Training titles nearest to Acting Sales Manager' })
      .getByRole('listitem');
    await expect
      .poll(() => items.elements().map((item) => item.textContent))
      .toEqual([
        'Area Sales Manager row 17 and 2 moreManagersimilarity 0.970',
        'Sales Manager row 201no labelsimilarity 0.910',
      ]);
    await expect.element(page.getByText(/Among 20.000 titles kept of the 84.210/)).toBeVisible();
  });

  it.each([
    ['package', 'A downloaded model comes without its training titles'],
    ['not-kept', 'This run keeps no training titles'],
    ['classical', 'Classical models have no embeddings'],
  ] as const)('says why there are none: %s', async (reason, words) => {
    const nearestTitles = async (): Promise<NearTitles> => ({ kind: 'none', reason });
    await show({ explainer: { ...testExplainer, nearestTitles } });
    await opener().click();
    await page.getByRole('tab', { name: 'Near titles' }).click();
    await expect.element(page.getByText(new RegExp(words))).toBeVisible();
  });

  it('tells how far it is, and why it failed', async () => {
    const stop = new AbortController();
    const nearestTitles: Explainer['nearestTitles'] = (_id, _title, onProgress) => {
      onProgress('Reading training titles: 128 of 1784', 0.07);
      return new Promise((_resolve, reject) => {
        stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
      });
    };
    await show({ explainer: { ...testExplainer, nearestTitles } });
    await opener().click();
    await page.getByRole('tab', { name: 'Near titles' }).click();
    await expect.element(page.getByRole('status')).toHaveTextContent('Reading training titles: 128 of 1784');
    stop.abort(new RungError('device-lost', 'The graphics card went away.', 'Reload the page.'));
    await expect.element(page.getByRole('alert')).toHaveTextContent('The graphics card went away.Reload the page.');
  });
});
