import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import { splitFigures } from '../../metrics/splitFigures.ts';
import { evaluate, splitReport } from '../../metrics/bootstrap.ts';
import { rankingReport } from '../../metrics/rankingReport.ts';
import { testArrays } from '../../shared/evaluation.ts';
import type { FinetunedRun } from '../../shared/training.ts';
import { formatInterval } from '../../ui/format.ts';
import { exampleRows } from '../../testing/exampleRows.ts';
import { exampleRun } from '../../testing/exampleRun.ts';
import { testExplainer } from '../../testing/testModel.ts';
import { outcomesOf, wrongOutcomes } from './outcomes.ts';
import { ResultsScreen, type ResultsScreenProps } from './ResultsScreen.tsx';

/** `exampleRun` with `rows` test rows. */
function exampleResult(id: string, change: Partial<FinetunedRun> = {}, rows = 223): FinetunedRun {
  const run = exampleRun(id, change);
  const testRows = exampleRows(rows);
  const { actual, probabilities, groups } = testArrays(testRows);
  const options = { seed: run.config.seed, groups };
  const report = splitReport(actual, probabilities, run.thresholds, run.data.labelNames, options);
  const validation = testArrays(exampleRows(223, 8));
  return { ...run, validation, test: { report, rows: testRows }, ...change };
}

const result = exampleResult('4');
const counted = (count: number): string => (count === 1 ? '1 title' : `${count} titles`);

async function show(run: FinetunedRun | null, runs: FinetunedRun[] = run ? [run] : []) {
  const on = {
    onSelect: vi.fn<(id: string) => void>(),
    onPredict: vi.fn<() => void>(),
    onExport: vi.fn<() => void>(),
    onThresholds: vi.fn<(id: string, thresholds: number[]) => void>(),
    nearestTitles: vi.fn<ResultsScreenProps['nearestTitles']>(testExplainer.nearestTitles),
  };
  const screen = await render(
    <MantineProvider>
      <ResultsScreen run={run} runs={runs} {...on} measure={async (request) => splitFigures(request)} />
    </MantineProvider>,
  );
  return { screen, on };
}

it('says what it waits for', async () => {
  const { screen } = await show(null);
  await expect.element(screen.getByRole('heading', { name: /come with the first trained model/ })).toBeVisible();
});

it('gives the figures with their intervals and the floor', async () => {
  const { screen, on } = await show(result, [result, exampleRun('1')]);
  const report = result.test!.report;
  const floor = report.constantMicroF1.toFixed(2);
  await expect
    .element(screen.getByText(`Micro-F1 ${formatInterval(report.microF1)}; best constant answer ${floor}`))
    .toBeInTheDocument();
  await expect.element(screen.getByText(/^On 223 titles that it never saw/)).toBeVisible();
  await screen.getByLabelText('Run', { exact: true }).selectOptions('1');
  expect(on.onSelect).toHaveBeenCalledWith('1');
  await screen.getByRole('button', { name: 'Try titles' }).click();
  await screen.getByRole('button', { name: 'Download' }).click();
  expect(on.onPredict).toHaveBeenCalledOnce();
  expect(on.onExport).toHaveBeenCalledOnce();
});

it('says where there are not enough rows to say', async () => {
  const { screen } = await show(result);
  const support = result.test!.report.perLabel[5].support;
  expect(result.test!.report.perLabel[5].f1).toBeNull();
  await expect.element(screen.getByText(`not enough rows to say (${support}; it takes 10)`)).toBeVisible();
});

it('shows the titles behind a cell of the matrix, and all again', async () => {
  const { screen } = await show(result);
  const wrong = wrongOutcomes(outcomesOf(result.test!.rows, result.thresholds));
  const missedManagers = wrong.filter((outcome) => outcome.missed.includes(3)).length;
  await screen.getByRole('button', { name: /with Manager where it was missed: show them$/ }).click();
  const region = screen.getByRole('region', { name: 'Titles answered wrongly' });
  await expect.element(region.getByText(counted(missedManagers), { exact: true })).toBeVisible();
  await region.getByLabelText('Label of the mistake').selectOptions('Any label');
  await region.getByText('All', { exact: true }).click();
  await expect.element(region.getByText(counted(wrong.length), { exact: true })).toBeVisible();
});

it('searches the wrong titles and keeps only those in view on the page', async () => {
  const large = exampleResult('5', {}, 4000);
  const { screen } = await show(large);
  const wrong = wrongOutcomes(outcomesOf(large.test!.rows, large.thresholds));
  expect(wrong.length).toBeGreaterThan(200);
  const region = screen.getByRole('region', { name: 'Titles answered wrongly' });
  await expect.element(region.getByRole('listitem').first()).toBeVisible();
  expect(region.getByRole('listitem').elements().length).toBeLessThan(60);
  await region.getByLabelText('Search titles').fill('team lead');
  const found = wrong.filter((outcome) => outcome.test.title.startsWith('Team Lead')).length;
  expect(found).toBeGreaterThan(0);
  await expect.element(region.getByText(counted(found), { exact: true })).toBeVisible();
  await region.getByLabelText('Search titles').fill('no such title');
  await region.getByRole('button', { name: /Show all/ }).click();
  await expect.element(region.getByRole('listitem').first()).toBeVisible();
});

it('explains runs that did not finish', async () => {
  const failed = exampleRun('2', {
    status: 'failed',
    error: { code: 'training-diverged', message: 'The loss of step 31 is not a number.' },
    epochs: [],
    bestEpoch: null,
    weightBytes: 0,
  });
  const { screen } = await show(failed);
  await expect.element(screen.getByText('Failed after 0 epochs of 8')).toBeVisible();
  await expect.element(screen.getByText(/The loss of step 31 is not a number. No epoch was finished/)).toBeVisible();
  await expect.element(screen.getByRole('button', { name: 'Try titles' })).toBeDisabled();
});

it('tells of weights from within the first epoch', async () => {
  const { screen } = await show(
    exampleResult('6', { status: 'stopped', epochs: [], bestEpoch: null, steps: result.steps.slice(0, 20) }),
  );
  await expect
    .element(screen.getByText(/^No epoch was finished: the weights as they stood after about step 40 are kept/))
    .toBeVisible();
});

it('does not make up a precision nor a mean', async () => {
  const thresholds = result.thresholds.with(0, 1);
  const { screen } = await show({ ...result, thresholds });
  await expect.element(screen.getByRole('cell', { name: 'never given' })).toBeVisible();
  await screen.unmount();
  const few = await show(exampleResult('7', {}, 9));
  await expect.element(few.screen.getByText('labels under 10 rows left out: not enough rows to say')).toBeVisible();
});

it('gives every average with its interval, and ranking by label', async () => {
  const { screen } = await show(result);
  const { actual, probabilities, groups } = testArrays(result.test!.rows);
  const options = { seed: result.config.seed, groups };
  const { weightedF1, samplesF1 } = evaluate(actual, probabilities, result.thresholds, result.data.labelNames, options);
  await expect.element(screen.getByText(`Weighted F1 ${formatInterval(weightedF1)}`)).toBeInTheDocument();
  await expect.element(screen.getByText(`Samples F1 ${formatInterval(samplesF1)}`)).toBeInTheDocument();
  const { perLabel } = rankingReport(actual, probabilities, 6, options);
  const row = screen.getByRole('region', { name: 'Label by label' }).getByRole('row', { name: /^Director/ });
  const { value, low, high } = perLabel[1].rocAuc!;
  const [figure, from, to] = [value, low, high].map((number) => number.toFixed(2));
  await expect.element(row).toHaveTextContent(`${figure}${from} to ${to}`);
  await expect.element(screen.getByText(new RegExp(`ROC-AUC ${formatInterval(perLabel[0].rocAuc!)}`))).toBeVisible();
});

it('shows the settings of the run when asked', async () => {
  const { screen } = await show(result);
  await expect.element(screen.getByText('falls in a straight line')).not.toBeVisible();
  await screen.getByRole('button', { name: 'Settings of this run' }).click();
  await expect.element(screen.getByText('falls in a straight line')).toBeVisible();
});

it('opens a wrong title to its nearest training titles, with their labels', async () => {
  const { screen, on } = await show(result);
  const [first] = wrongOutcomes(outcomesOf(result.test!.rows, result.thresholds));
  const list = screen.getByRole('region', { name: 'Wrong titles' });
  const opener = list.getByRole('button', { name: `Near training titles of ${first.test.title}` }).first();
  await expect.element(opener).toHaveAttribute('aria-expanded', 'false');
  expect(on.nearestTitles).not.toHaveBeenCalled();
  await opener.click();
  const near = list.getByRole('list', { name: `Training titles nearest to ${first.test.title}` });
  await expect.element(near).toHaveTextContent('Area Sales Manager row 17 and 2 moreVice Presidentsimilarity 0.970');
  expect(on.nearestTitles).toHaveBeenCalledWith('4', first.test.title, expect.any(Function));
  await opener.click();
  expect(near.elements()).toEqual([]);
});

it('opens no titles of a run without weights', async () => {
  const { screen } = await show({ ...result, weightBytes: 0 });
  await expect.element(screen.getByRole('region', { name: 'Wrong titles' })).toBeVisible();
  expect(screen.getByRole('button', { name: /^Near training titles of/ }).elements()).toEqual([]);
});
