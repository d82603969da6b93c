import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { splitFigures } from '../../metrics/splitFigures.ts';
import { splitReport } from '../../metrics/bootstrap.ts';
import { costThreshold } from '../../metrics/thresholds.ts';
import { testArrays } from '../../shared/evaluation.ts';
import type { FinetunedRun } from '../../shared/training.ts';
import { exampleRows } from '../../testing/exampleRows.ts';
import { testExplainer } from '../../testing/testModel.ts';
import { exampleRun } from '../../testing/exampleRun.ts';
import { toPixels } from '../../ui/unitGeometry.ts';
import { figuresAt, labelRows, nearestStop, stopsOf, thresholdText } from './labelCurves.ts';
import { outcomesOf, wrongOutcomes } from './outcomes.ts';
import { ResultsScreen } from './ResultsScreen.tsx';

const rows = exampleRows(223);
const validation = testArrays(exampleRows(223, 8));
const director = labelRows(validation, 6, 1);

function exampleResult(change: Partial<FinetunedRun> = {}): FinetunedRun {
  const run = exampleRun('1', { validation, ...change });
  const { actual, probabilities, groups } = testArrays(rows);
  const options = { seed: run.config.seed, groups };
  const report = splitReport(actual, probabilities, run.thresholds, run.data.labelNames, options);
  return { ...run, test: { report, rows } };
}

const run = exampleResult();

async function show(shown = run) {
  const onThresholds = vi.fn<(id: string, thresholds: number[]) => void>();
  const nothing = vi.fn<() => void>();
  const screen = await render(
    <MantineProvider>
      <ResultsScreen
        run={shown}
        runs={[shown]}
        onSelect={nothing}
        onPredict={nothing}
        onExport={nothing}
        onThresholds={onThresholds}
        // No figure here is an interval, which take their time in the page.
        measure={async (request) => splitFigures({ ...request, resamples: 20 })}
        nearestTitles={testExplainer.nearestTitles}
      />
    </MantineProvider>,
  );
  const open = async (name: string): Promise<void> =>
    screen.getByRole('button', { name: new RegExp(`^Threshold of ${name}`) }).click();
  return { screen, onThresholds, open };
}

/** What the row of a split says under "At this threshold". */
function rowText(at: number, on: { rows: number }, figures: ReturnType<typeof figuresAt>): string {
  const [precision, recall, f1] = [figures.precision, figures.recall, figures.f1].map((figure) => figure?.toFixed(2));
  return `${at === 0 ? 'validation' : 'test'}, ${on.rows} rows${precision}${recall}${f1}${figures.fp}${figures.fn}`;
}

describe('moving a threshold', () => {
  it('by keyboard: tables, lists and what is kept follow', async () => {
    const { screen, onThresholds, open } = await show();
    await open('Director');
    const slider = screen.getByRole('slider', { name: 'Threshold of Director' });
    await expect.element(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/^0\.47: precision/));
    slider.element().focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}');

    const stops = stopsOf(director);
    const moved = stops[nearestStop(stops, 0.47) + 3].threshold;
    const thresholds = run.thresholds.with(1, moved);
    const text = thresholdText(moved);
    await expect.element(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(new RegExp(`^${text}: `)));
    const lines = screen.getByRole('table', { name: 'At this threshold' }).getByRole('row');
    const onTest = labelRows(testArrays(rows), 6, 1);
    expect(lines.elements()[1].textContent).toBe(rowText(0, director, figuresAt(director, moved)));
    expect(lines.elements()[2].textContent).toBe(rowText(1, onTest, figuresAt(onTest, moved)));

    await expect
      .element(screen.getByRole('button', { name: `Threshold of Director ${text}: look closely` }))
      .toBeVisible();
    const wrong = wrongOutcomes(outcomesOf(rows, thresholds)).length;
    const list = screen.getByRole('region', { name: 'Titles answered wrongly' });
    await expect.element(list.getByRole('status')).toHaveTextContent(`${wrong} titles`);
    await expect.element(screen.getByText(/^The threshold of Director was moved by hand/)).toBeVisible();
    await expect.poll(() => onThresholds).toHaveBeenCalledExactlyOnceWith('1', thresholds);
  });

  it('by pressing the curve, and back with one press', async () => {
    const { screen, onThresholds, open } = await show();
    await open('Director');
    const slider = screen.getByRole('slider', { name: 'Threshold of Director' });
    await expect.element(slider).toBeInTheDocument();
    const area = slider.element().parentElement!;
    const { width, height } = area.getBoundingClientRect();
    const stops = stopsOf(director);
    const aim = stops[Math.floor(stops.length / 4)];
    const { left, top } = toPixels(aim, width, height);
    await userEvent.click(area, { position: { x: Math.round(left), y: Math.round(top) } });
    await expect.poll(() => onThresholds).toHaveBeenCalledOnce();
    const [, kept] = onThresholds.mock.calls[0];
    const { precision, recall } = figuresAt(director, kept[1]);
    expect(recall).toBeCloseTo(aim.x, 1);
    expect(precision).toBeCloseTo(aim.y, 1);

    await screen.getByRole('button', { name: 'Back to the chosen thresholds' }).click();
    await expect
      .element(screen.getByText(/^Thresholds were chosen on rows that the answering model had not seen/))
      .toBeVisible();
    await expect.poll(() => onThresholds).toHaveBeenLastCalledWith('1', run.chosenThresholds);
  });

  it('not by typing what is none: it is marked, and gone when the field is left', async () => {
    const { screen, onThresholds, open } = await show();
    await open('Director');
    const input = screen.getByLabelText('Threshold of Director, number');
    for (const typed of ['5', '']) {
      await userEvent.fill(input, typed);
      await expect.element(input).toHaveAttribute('aria-invalid', 'true');
      await userEvent.keyboard('{Tab}');
      await expect.element(input).toHaveValue(String(run.thresholds[1]));
    }
    expect(onThresholds).not.toHaveBeenCalled();
  });

  it('by typing, with points on the way to a number', async () => {
    const { screen, onThresholds } = await show();
    const input = screen.getByLabelText('Threshold of Individual Contributor/Staff, number');
    await userEvent.clear(input);
    await userEvent.type(input, '0.605');
    await expect.element(input).toHaveValue('0.605');
    await expect.poll(() => onThresholds).toHaveBeenLastCalledWith('1', run.thresholds.with(0, 0.605));
  });

  it('is kept when the screen is left before it rested', async () => {
    const { screen, onThresholds, open } = await show();
    await open('Director');
    await userEvent.fill(screen.getByLabelText('Threshold of Director, number'), '0.9');
    expect(onThresholds).not.toHaveBeenCalled();
    await screen.unmount();
    expect(onThresholds).toHaveBeenCalledExactlyOnceWith('1', run.thresholds.with(1, 0.9));
  });

  it('shows thresholds that were moved earlier, and the chosen ones to go back to', async () => {
    const { screen, onThresholds, open } = await show(exampleResult({ thresholds: run.thresholds.with(1, 0.8) }));
    await expect.element(screen.getByText(/^The threshold of Director was moved by hand/)).toBeVisible();
    await open('Director');
    await screen.getByRole('button', { name: 'Back to 0.47' }).click();
    await expect.poll(() => onThresholds).toHaveBeenCalledWith('1', run.chosenThresholds);
  });
});

/** What the mistakes with Director cost, in missed ones, when a false one costs three. */
function costAt(threshold: number): number {
  const { fp, fn } = figuresAt(director, threshold);
  return 3 * fp + fn;
}

describe('costs', () => {
  it('lead to a threshold, with what it does beside it', async () => {
    const { screen, onThresholds, open } = await show();
    await open('Director');
    await userEvent.fill(screen.getByLabelText('Times that a false Director costs a missed one'), '20');
    const expected = Number(costThreshold(validation.actual, validation.probabilities, 6, 1, 20).toFixed(4));
    const { fp, fn } = figuresAt(director, expected);
    await expect
      .element(screen.getByText(new RegExp(`${fp} false and ${fn} missed cost ${20 * fp + fn},`)))
      .toBeVisible();
    await screen.getByRole('button', { name: `Use ${thresholdText(expected)}` }).click();
    await expect.poll(() => onThresholds).toHaveBeenCalledWith('1', run.thresholds.with(1, expected));
  });

  it('are not offered a threshold that costs more on the rows that judge', async () => {
    const suggested = Number(costThreshold(validation.actual, validation.probabilities, 6, 1, 3).toFixed(4));
    const candidates = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
    const best = candidates.reduce((least, at) => (costAt(at) < costAt(least) ? at : least));
    expect(costAt(best)).toBeLessThan(costAt(suggested));
    const { screen, open } = await show({ ...run, thresholds: run.thresholds.with(1, best) });
    await open('Director');
    await expect.element(screen.getByText(/: nothing to gain\./)).toBeVisible();
    await expect.element(screen.getByRole('button', { name: `Use ${thresholdText(suggested)}` })).toBeDisabled();
  });

  it('of a rare label follow calibrated probabilities', async () => {
    const { screen, open } = await show();
    await open('Owner');
    await expect
      .element(screen.getByText(/not enough to choose by. 0.75 is what calibrated probabilities/))
      .toBeVisible();
  });
});

it('says where rows are too few for a curve', async () => {
  const { screen, open } = await show();
  await open('Owner');
  const owner = labelRows(validation, 6, 5).positives;
  await expect
    .element(
      screen.getByText(
        `${owner} of 223 validation rows carry Owner: not enough rows to say; it takes 10 with it and 10 without.`,
      ),
    )
    .toBeVisible();
  expect(screen.getByRole('slider').elements()).toHaveLength(0);
});

it('draws the curve on test rows where no others are kept, and says so', async () => {
  const { screen } = await show(exampleResult({ validation: null }));
  await expect.element(screen.getByRole('figure', { name: 'Precision and recall, test rows' })).toBeVisible();
  await expect.element(screen.getByText(/kept no answers on its validation rows/)).toBeVisible();
});

it('gives each curve as a table', async () => {
  const { screen } = await show();
  for (const title of ['Precision and recall, validation rows', 'ROC curve, test rows', 'Calibration, test rows']) {
    await screen.getByRole('button', { name: `${title}: show as table` }).click();
    const lines = screen.getByRole('table', { name: title }).getByRole('row').elements();
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.map((line) => line.textContent).join()).not.toMatch(/NaN|undefined/);
  }
});

it('shows the titles behind a cell of the sets', async () => {
  const { screen } = await show();
  await screen.getByText('By set of labels').click();
  const cell = screen.getByRole('button', {
    name: /titles? with Individual Contributor.Staff given no label: show them$/,
  });
  const count = Number(cell.element().firstChild?.textContent);
  expect(count).toBeGreaterThan(0);
  await cell.click();
  const list = screen.getByRole('region', { name: 'Titles answered wrongly' });
  await expect.element(list.getByRole('status')).toHaveTextContent(count === 1 ? '1 title' : `${count} titles`);
  await list.getByRole('button', { name: /^Only Individual Contributor.Staff, given no label/ }).click();
  const wrong = wrongOutcomes(outcomesOf(rows, run.thresholds)).length;
  await expect.element(list.getByRole('status')).toHaveTextContent(`${wrong} titles`);
});
