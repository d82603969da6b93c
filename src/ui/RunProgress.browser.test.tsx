import '@mantine/core/styles.css';
import './tokens.css';
import { MantineProvider } from '@mantine/core';
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import type { LiveRun } from '../shared/live.ts';
import { defaultSearchPlan } from '../shared/search.ts';
import { exampleCurves, exampleDevice, exampleLabels } from '../testing/exampleRun.ts';
import { RunProgress } from './RunProgress.tsx';

const curves = exampleCurves(2.5, 56);
const live: LiveRun = {
  method: 'finetune',
  crossValidation: null,
  search: null,
  secondsLeft: null,
  trials: [],
  chosen: [],
  name: 'Run 7',
  status: 'running',
  message: null,
  fraction: null,
  plan: {
    runId: '7',
    labelNames: exampleLabels,
    trainRows: 1784,
    validationRows: 223,
    testRows: 223,
    stepsPerEpoch: 56,
    totalSteps: 448,
    device: exampleDevice,
  },
  steps: curves.steps.map((step) => ({ ...step, secondsLeft: 80 })),
  epochs: curves.epochs,
  bestEpoch: 2,
  member: null,
  memberStarts: [],
  notices: [],
};

async function show(change: Partial<LiveRun>) {
  const on = { onPause: vi.fn<() => void>(), onResume: vi.fn<() => void>(), onStop: vi.fn<() => void>() };
  const screen = await render(
    <MantineProvider>
      <RunProgress live={{ ...live, ...change }} {...on} />
    </MantineProvider>,
  );
  return { screen, on };
}

it('says where a running training is and stops it', async () => {
  const { screen, on } = await show({});
  await expect.element(screen.getByText('epoch 3 of 8')).toBeVisible();
  await expect.element(screen.getByText('31\u00a0%')).toBeVisible();
  await expect.element(screen.getByText('1\u00a0min 20\u00a0s left')).toBeVisible();
  await expect.element(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', String((100 * 140) / 448));
  await screen.getByRole('button', { name: 'Pause training' }).click();
  await screen.getByRole('button', { name: 'Stop and keep epoch' }).click();
  expect(on.onPause).toHaveBeenCalledOnce();
  expect(on.onStop).toHaveBeenCalledOnce();
});

it('says how far a search for settings is, and what stopping keeps', async () => {
  const settings = { learningRate: 1e-3, layerDecay: 1, epochs: 8, loss: 'bce', dropout: 0, batchSize: 32 } as const;
  const done = [{ number: 1, settings, round: 1, share: 1 / 3, score: 0.8, seconds: 30 }];
  const current = { number: 2, settings, round: 1, fold: 1, fraction: 0.25, part: 0.25 };
  const { screen } = await show({ search: { plan: defaultSearchPlan, current, done } });
  await expect.element(screen.getByText(/Settings 2 of 9, round 1 of 2 · 1.min 30.s left/)).toBeVisible();
  const value = String(100 * (0.25 + (0.25 * 140) / 448));
  await expect.element(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', value);
  await expect.element(screen.getByRole('button', { name: 'Stop and keep 1 trial' })).toBeVisible();
});

it('says which of several models is trained, and what stopping keeps', async () => {
  const { screen } = await show({ member: { number: 3, of: 3 } });
  await expect.element(screen.getByText(/^Model 3 of 3 · 1.min 20.s left$/)).toBeVisible();
  await expect.element(screen.getByRole('button', { name: 'Stop and keep 2 models' })).toBeVisible();
});

it('resumes a paused one', async () => {
  const { screen, on } = await show({ status: 'paused' });
  await expect.element(screen.getByText('Paused')).toBeVisible();
  await screen.getByRole('button', { name: 'Resume training' }).click();
  expect(on.onResume).toHaveBeenCalledOnce();
});

it('says what it prepares; that can be stopped but not paused', async () => {
  const { screen, on } = await show({
    status: 'preparing',
    message: 'Compiling shaders',
    plan: null,
    steps: [],
    epochs: [],
    bestEpoch: null,
  });
  await expect.element(screen.getByText('Compiling shaders')).toBeVisible();
  await screen.getByRole('button', { name: 'Stop training' }).click();
  expect(on.onStop).toHaveBeenCalledOnce();
  const pause = screen.getByRole('button', { name: 'Pause training' });
  await expect.element(pause).toHaveAttribute('aria-disabled', 'true');
  await pause.click({ force: true });
  expect(on.onPause).not.toHaveBeenCalled();
});

it('says why the end can no longer be stopped', async () => {
  const { screen, on } = await show({ status: 'finishing', message: 'Measuring on the test rows' });
  const stop = screen.getByRole('button', { name: 'Stop and keep epoch' });
  await expect.element(stop).toHaveAttribute('aria-disabled', 'true');
  await stop.click({ force: true });
  await expect.element(screen.getByText(/the run is being measured and kept/)).toBeVisible();
  expect(on.onStop).not.toHaveBeenCalled();
});

it('says what is still done while it stops', async () => {
  const { screen } = await show({ status: 'stopping', message: 'Measuring on the test rows' });
  await expect.element(screen.getByText('Stopping. Measuring on the test rows')).toBeVisible();
});
