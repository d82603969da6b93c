import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import { splitReport } from '../../metrics/bootstrap.ts';
import { Random } from '../../shared/random.ts';
import type { RunRecord, TestRow } from '../../shared/training.ts';
import { formatInterval } from '../../ui/format.ts';
import { exampleLabels, exampleRun } from '../../testing/exampleRun.ts';
import { outcomesOf, wrongOutcomes } from './outcomes.ts';
import { ResultsScreen } from './ResultsScreen.tsx';

const stems = [
  ['Software Engineer', 'Systems Architect', 'Lead DevOps Engineer, Intelligent Automation Platform', 'Data Analyst'],
  ['Director of Systems Engineering', 'Executive Director, Global IT Infrastructure', 'Senior Director, Cloud'],
  ['Vice President, Solution Architecture', 'SVP and Head of Marketing', 'VP of Information Technology'],
  ['Engineering Manager', 'Program Manager, Customer Success and Business Transformation', 'Team Lead'],
  ['Chief Technology Officer | Founding Partner', 'CIO', 'Chief Data Architect'],
  ['Owner & Data Architect', 'Co-Founder'],
];
const shares = [0.5, 0.72, 0.88, 0.955, 0.99, 1];

function exampleTestRow(row: number, random: Random): TestRow {
  const draw = random.next();
  const main = shares.findIndex((share) => draw <= share);
  const actual = exampleLabels.map((_, label) => label === main);
  if (random.next() < 0.06) actual[random.int(5)] = true;
  const confused = random.next() < (main === 3 ? 0.35 : 0.09) ? random.int(5) : null;
  const probabilities = actual.map((holds, label) => {
    if (label === confused) return 0.3 + 0.6 * random.next();
    const sure = confused === null ? 0.97 : 0.6;
    return holds ? sure - 0.5 * random.next() ** 3 : 0.3 * random.next() ** 4;
  });
  const titles = stems[main];
  return {
    row,
    title: `${titles[random.int(titles.length)]} ${row % 5 === 0 ? '2' : ''}`.trim(),
    actual,
    probabilities,
  };
}

/** `exampleRun` with `rows` test rows. */
function exampleResult(id: string, change: Partial<RunRecord> = {}, rows = 223): RunRecord {
  const run = exampleRun(id, change);
  const random = new Random(7);
  const testRows = Array.from({ length: rows }, (_, i) => exampleTestRow(2 + 7 * i, random));
  const report = splitReport(
    Uint8Array.from(testRows.flatMap((row) => row.actual.map(Number))),
    Float32Array.from(testRows.flatMap((row) => row.probabilities)),
    run.thresholds,
    run.data.labelNames,
    { seed: 1 },
  );
  return { ...run, test: { report, rows: testRows }, ...change };
}

const result = exampleResult('4');
const counted = (count: number): string => (count === 1 ? '1 title' : `${count} titles`);

async function show(run: RunRecord | null, runs: RunRecord[] = run ? [run] : []) {
  const on = { onSelect: vi.fn<(id: string) => void>(), onPredict: vi.fn<() => void>(), onExport: vi.fn<() => void>() };
  const screen = await render(
    <MantineProvider>
      <ResultsScreen run={run} runs={runs} {...on} />
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
  const { report, rows } = result.test!;
  const unsure = {
    ...report,
    macroF1Supported: null,
    perLabel: [{ ...report.perLabel[0], predicted: 0, precision: null }, ...report.perLabel.slice(1)],
  };
  const { screen } = await show({ ...result, test: { report: unsure, rows } });
  await expect.element(screen.getByRole('cell', { name: 'never given' })).toBeVisible();
  await expect.element(screen.getByText('labels under 10 rows left out: not enough rows to say')).toBeVisible();
});

it('shows the settings of the run when asked', async () => {
  const { screen } = await show(result);
  await expect.element(screen.getByText('falls in a straight line')).not.toBeVisible();
  await screen.getByRole('button', { name: 'Settings of this run' }).click();
  await expect.element(screen.getByText('falls in a straight line')).toBeVisible();
});
