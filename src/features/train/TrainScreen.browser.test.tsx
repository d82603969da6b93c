import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { defaultClassicalConfig } from '../../shared/classical.ts';
import type { LiveRun } from '../../shared/live.ts';
import type { TrainingConfig } from '../../shared/training.ts';
import { exampleConfig, exampleCurves, exampleDevice, exampleLabels, exampleRun } from '../../testing/exampleRun.ts';
import { TrainScreen, type TrainScreenProps } from './TrainScreen.tsx';

function callbacks() {
  return {
    onConfigChange: vi.fn<(config: TrainingConfig) => void>(),
    onReset: vi.fn<() => void>(),
    onRunName: vi.fn<(name: string) => void>(),
    onTrain: vi.fn<() => void>(),
    onPause: vi.fn<() => void>(),
    onResume: vi.fn<() => void>(),
    onStop: vi.fn<() => void>(),
    onOpenRun: vi.fn<(id: string) => void>(),
    onRename: vi.fn<(id: string, name: string) => void>(),
    onDelete: vi.fn<(id: string) => void>(),
    onUndoDelete: vi.fn<() => void>(),
    onAgain: vi.fn<(id: string) => void>(),
    onSaveDocument: vi.fn<(id: string) => void>(),
    onOpenDocument: vi.fn<(files: File[]) => void>(),
    onCompare: vi.fn<(ids: string[]) => void>(),
    onDropEncoder: vi.fn<(files: File[]) => void>(),
    onDismissError: vi.fn<() => void>(),
  };
}

const usual: Omit<TrainScreenProps, keyof ReturnType<typeof callbacks>> = {
  dataset: {
    name: 'JobLevelData.xlsx',
    rows: 2230,
    labels: exampleLabels.map((name) => ({ name, rows: 100 })),
    meanTokens: 7.6,
  },
  blocked: null,
  device: exampleDevice,
  encoders: [
    { source: exampleConfig.encoder, name: 'Rung mini', description: 'Small.', parameters: 4.4e6, bytes: 17.6e6 },
  ],
  config: exampleConfig,
  runName: 'Run 3',
  estimate: { seconds: 130, bytes: 312e6 },
  live: null,
  runs: [],
  lastDeleted: null,
  compareIds: [],
  error: null,
  recipe: {
    recipes: [],
    chosen: 'rung',
    onChoose: () => undefined,
    classical: defaultClassicalConfig,
    foldPlan: null,
    prepare: true,
    onChange: () => undefined,
  },
  search: { result: null, onSearch: () => undefined, onUse: () => undefined, onDismiss: () => undefined },
  hub: {
    models: [],
    fetching: null,
    error: null,
    onFetch: () => undefined,
    onStop: () => undefined,
    onRemove: () => undefined,
    onDismissError: () => undefined,
  },
};

/** The screen with a config that follows its changes, as the app's does. */
function Harness(props: TrainScreenProps) {
  const [config, setConfig] = useState(props.config);
  return (
    <MantineProvider>
      <TrainScreen
        {...props}
        config={config}
        onConfigChange={(next) => {
          props.onConfigChange(next);
          setConfig(next);
        }}
      />
    </MantineProvider>
  );
}

async function show(change: Partial<TrainScreenProps> = {}) {
  const on = callbacks();
  const screen = await render(<Harness {...usual} {...on} {...change} />);
  return { screen, on };
}

const live: LiveRun = {
  method: 'finetune',
  crossValidation: null,
  search: null,
  secondsLeft: null,
  trials: [],
  chosen: [],
  name: 'Run 3',
  status: 'running',
  message: null,
  fraction: null,
  plan: {
    runId: '3',
    labelNames: exampleLabels,
    trainRows: 1784,
    validationRows: 223,
    testRows: 223,
    stepsPerEpoch: 56,
    totalSteps: 448,
    device: exampleDevice,
  },
  ...exampleCurves(3.5, 56),
  bestEpoch: 2,
  member: null,
  memberStarts: [],
  notices: ['The graphics card was lost once.'],
};

describe('before a training', () => {
  it('says what will be trained on what, and trains with one press', async () => {
    const { screen, on } = await show();
    await expect.element(screen.getByText('2\u202f230 titles, 6 labels')).toBeVisible();
    await expect
      .element(screen.getByText(/about 1\u202f784 to learn from, 223 to choose the best epoch/))
      .toBeVisible();
    await expect.element(screen.getByText('NVIDIA Ada Lovelace, WebGPU')).toBeVisible();
    await expect.element(screen.getByText(/2\u00a0min 10\u00a0s/)).toBeVisible();
    await screen.getByRole('button', { name: 'Train', exact: true }).click();
    expect(on.onTrain).toHaveBeenCalledOnce();
  });

  it('waits for a table', async () => {
    const { screen } = await show({ dataset: null });
    await expect.element(screen.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
    await expect.element(screen.getByText(/waits for a table/)).toBeVisible();
  });

  it('shows why the data cannot be trained on', async () => {
    const { screen } = await show({ blocked: 'Every row has the same label.' });
    await expect.element(screen.getByText('Every row has the same label.')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  });

  it('shows an error over everything else and lets it be dismissed', async () => {
    const { screen, on } = await show({
      error: { message: 'Out of memory at step 12', hint: 'Choose a smaller batch.' },
    });
    await expect.element(screen.getByText('Choose a smaller batch.')).toBeVisible();
    await screen.getByRole('button', { name: 'Dismiss' }).click();
    expect(on.onDismissError).toHaveBeenCalledOnce();
  });
});

describe('settings', () => {
  it('are folded away, take numbers as they are typed, and count what was changed', async () => {
    const { screen, on } = await show();
    await expect.element(screen.getByLabelText('Epochs', { exact: true })).not.toBeVisible();
    await screen.getByRole('button', { name: /^Adjust/ }).click();
    await screen.getByLabelText('Learning rate', { exact: true }).fill('3e-4');
    expect(on.onConfigChange).toHaveBeenLastCalledWith({ ...exampleConfig, learningRate: 3e-4 });
    await screen.getByLabelText('Dropout, %').fill('20');
    expect(on.onConfigChange).toHaveBeenLastCalledWith({ ...exampleConfig, learningRate: 3e-4, dropout: 0.2 });
    // Five of the example's are not the defaults, either: epochs, least steps, early stopping, the epoch that is kept, one model.
    await expect.element(screen.getByText('7 settings changed')).toBeVisible();
    await screen.getByRole('button', { name: /Reset/ }).click();
    expect(on.onReset).toHaveBeenCalledOnce();
  });

  it('that cannot be used are explained, kept from the app, and keep Train from starting', async () => {
    const { screen, on } = await show();
    await screen.getByRole('button', { name: /^Adjust/ }).click();
    await screen.getByLabelText('Training, %').fill('70');
    await expect.element(screen.getByText('The shares add up to 90\u00a0%; they need 100 %')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
    expect(on.onConfigChange).not.toHaveBeenCalled();
    await screen.getByLabelText('Test, %').fill('20');
    expect(on.onConfigChange).toHaveBeenLastCalledWith({
      ...exampleConfig,
      split: { train: 0.7, validation: 0.1, test: 0.2 },
    });
    await expect.element(screen.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
  });

  it('step with the arrow keys', async () => {
    const { screen, on } = await show();
    await screen.getByRole('button', { name: /^Adjust/ }).click();
    await screen.getByLabelText('Batch size, titles').click();
    await userEvent.keyboard('{ArrowUp}');
    expect(on.onConfigChange).toHaveBeenLastCalledWith({ ...exampleConfig, batchSize: 64 });
    await expect.element(screen.getByLabelText('Batch size, titles')).toHaveValue('64');
  });

  it('of a choice are there with it only, and begin anew with it', async () => {
    const { screen, on } = await show();
    await screen.getByRole('button', { name: /^Adjust/ }).click();
    await expect.element(screen.getByLabelText('Focus', { exact: true })).not.toBeInTheDocument();
    await screen.getByLabelText('Loss', { exact: true }).selectOptions('focal');
    await screen.getByLabelText('Focus', { exact: true }).fill('-1');
    await expect.element(screen.getByText('A number from 0 to 10')).toBeVisible();
    await screen.getByLabelText('Loss', { exact: true }).selectOptions('asymmetric');
    expect(on.onConfigChange).toHaveBeenLastCalledWith({ ...exampleConfig, loss: 'asymmetric' });
    await screen.getByLabelText('Margin, %').fill('10');
    const asymmetric = { ...exampleConfig, loss: 'asymmetric', asymmetricMargin: 0.1 };
    expect(on.onConfigChange).toHaveBeenLastCalledWith(asymmetric);
    await screen.getByLabelText('Schedule').selectOptions('plateau');
    await screen.getByLabelText('Waits, epochs').fill('2');
    const plateau = { schedule: 'plateau', plateauPatience: 2 };
    expect(on.onConfigChange).toHaveBeenLastCalledWith({ ...asymmetric, ...plateau });
    await screen.getByLabelText('Frozen layers').fill('3');
    expect(on.onConfigChange).toHaveBeenLastCalledWith({ ...asymmetric, ...plateau, frozenLayers: 3 });
  });

  it('turn early stopping off', async () => {
    const { screen, on } = await show();
    await screen.getByRole('button', { name: /^Adjust/ }).click();
    await screen.getByLabelText('Early stopping').selectOptions('off');
    expect(on.onConfigChange).toHaveBeenLastCalledWith({ ...exampleConfig, earlyStoppingPatience: null });
    await expect.element(screen.getByLabelText('Patience')).toBeDisabled();
  });
});

describe('during a training', () => {
  it('tells how far it is, how well it does, and what happened', async () => {
    const { screen, on } = await show({ live });
    await expect
      .element(screen.getByRole('progressbar', { name: 'Training progress' }))
      .toHaveAttribute('aria-valuenow', '43.75');
    await expect.element(screen.getByText('of 448')).toBeVisible();
    await expect.element(screen.getByText('The graphics card was lost once.')).toBeVisible();
    const titles = ['Loss', 'F1 on validation rows', 'F1 of each label', 'Learning rate'];
    for (const name of titles) await expect.element(screen.getByRole('figure', { name })).toBeVisible();
    await expect.element(screen.getByRole('heading', { name: /Run 3/ })).toHaveFocus();
    await screen.getByRole('button', { name: 'Stop and keep epoch' }).click();
    expect(on.onStop).toHaveBeenCalledOnce();
  });

  it('keeps its height from the first moment to the last', async () => {
    const preparing: LiveRun = {
      ...live,
      status: 'preparing',
      message: 'Compiling',
      plan: null,
      steps: [],
      epochs: [],
      bestEpoch: null,
      notices: [],
    };
    const { screen, on } = await show({ live: preparing });
    await expect.element(screen.getByText('Compiling')).toBeVisible();
    await screen.getByRole('button', { name: 'Stop training' }).click();
    expect(on.onStop).toHaveBeenCalledOnce();
    const before = screen.container.getBoundingClientRect().height;
    await screen.rerender(<Harness {...usual} {...callbacks()} live={{ ...live, notices: [] }} />);
    await expect.element(screen.getByText('of 448')).toBeVisible();
    expect(Math.abs(screen.container.getBoundingClientRect().height - before)).toBeLessThan(1);
  });

  it('says which weights are kept when it was stopped before its first epoch ended', async () => {
    const { screen, on } = await show({ live });
    await expect.element(screen.getByText('of 448')).toBeVisible();
    const run = exampleRun('3', { status: 'stopped', epochs: [], bestEpoch: null, steps: live.steps.slice(0, 12) });
    await screen.rerender(<Harness {...usual} {...on} runs={[run]} />);
    await expect.element(screen.getByText(/kept are the weights as they stood after about step 24\./)).toBeVisible();
  });

  it('offers the results when it has ended', async () => {
    const { screen, on } = await show({ live });
    await expect.element(screen.getByText('of 448')).toBeVisible();
    await screen.rerender(<Harness {...usual} {...on} runs={[exampleRun('3')]} />);
    await screen.getByRole('button', { name: 'See results' }).click();
    expect(on.onOpenRun).toHaveBeenCalledWith('3');
  });
});

describe('runs', () => {
  const runs = [exampleRun('2', { config: { ...exampleConfig, learningRate: 3e-4 } }, 2), exampleRun('1')];

  it('are renamed in place, opened and deleted', async () => {
    const { screen, on } = await show({ runs, lastDeleted: { name: 'Run 0' } });
    await screen.getByLabelText('Name of Run 2').fill('Lower rate');
    await userEvent.keyboard('{Enter}');
    expect(on.onRename).toHaveBeenCalledWith('2', 'Lower rate');
    await screen.getByRole('button', { name: 'Open Run 1' }).click();
    expect(on.onOpenRun).toHaveBeenCalledWith('1');
    await screen.getByRole('button', { name: 'Delete Run 1' }).click();
    expect(on.onDelete).toHaveBeenCalledWith('1');
    await screen.getByRole('button', { name: 'Undo' }).click();
    expect(on.onUndoDelete).toHaveBeenCalledOnce();
  });

  it('keep their name when it is emptied or the change is given up', async () => {
    const { screen, on } = await show({ runs });
    await screen.getByLabelText('Name of Run 2').fill('  ');
    await userEvent.keyboard('{Enter}');
    await screen.getByLabelText('Name of Run 1').fill('other');
    await userEvent.keyboard('{Escape}{Enter}');
    expect(on.onRename).not.toHaveBeenCalled();
    await expect.element(screen.getByLabelText('Name of Run 2')).toHaveValue('Run 2');
  });

  it('are laid over each other with what differs', async () => {
    const { screen, on } = await show({ runs, compareIds: ['2', '1'] });
    const table = screen.getByRole('region', { name: 'Comparison table' }).getByRole('table');
    const rows = [...table.element().querySelectorAll('tbody tr')].map((row) => row.textContent);
    expect(rows).toContain('Learning rate0.00030.001');
    expect(rows.some((row) => row?.startsWith('Batch size'))).toBe(false);
    await expect.element(screen.getByRole('figure', { name: 'Validation loss' })).toBeVisible();
    await screen.getByLabelText('Compare Run 1').click();
    expect(on.onCompare).toHaveBeenCalledWith(['2']);
  });
});
