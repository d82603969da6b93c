import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { RungError } from '../../shared/errors.ts';
import type { FinetunedRun } from '../../shared/training.ts';
import { testRecord } from '../../testing/runRecord.ts';
import { ExportScreen, type ExportScreenProps } from './ExportScreen.tsx';

function measuredRun(): FinetunedRun {
  const run = testRecord();
  return { ...run, test: run.test && { ...run.test, report: { ...run.test.report, macroF1Supported: null } } };
}

async function show(change: Partial<ExportScreenProps> = {}) {
  const props: ExportScreenProps = {
    runs: [measuredRun()],
    selectedId: null,
    onSelect: vi.fn<(id: string) => void>(),
    exportRun: async () => new Blob([new Uint8Array(2_000_000)]),
    exportEvents: async () => new Blob(['events']),
    exportPage: async () => new Blob(['<!doctype html>']),
    pushPanel: () => null,
    ...change,
  };
  await render(
    <MantineProvider defaultColorScheme="auto">
      <ExportScreen {...props} />
    </MantineProvider>,
  );
  return props;
}

/** The name of the next download. */
function nextDownload(): Promise<string> {
  return new Promise((resolve) => {
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementationOnce(function click(this: HTMLAnchorElement) {
      resolve(this.download);
    });
  });
}

const download = () => page.getByRole('button', { name: 'Download the model' });

describe('ExportScreen', () => {
  it('says what it waits for while there are no weights', async () => {
    await show({ runs: [{ ...measuredRun(), weightBytes: 0 }] });
    await expect.element(page.getByText('Nothing to download yet')).toBeVisible();
    expect(download().query()).toBeNull();
  });

  it('saves a zip named after the run, with progress and its size at the end', async () => {
    const gate = new EventTarget();
    const exportRun = vi.fn<ExportScreenProps['exportRun']>(async (_, __, onProgress) => {
      onProgress('Reading the weights', 0.5);
      await new Promise((resolve) => gate.addEventListener('open', resolve));
      return new Blob([new Uint8Array(2_000_000)]);
    });
    const run = { ...measuredRun(), name: 'Levels: 2nd try' };
    await show({ runs: [run], exportRun });
    const name = nextDownload();
    await download().click();
    await expect.element(page.getByText('Reading the weights')).toBeVisible();
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '50');
    gate.dispatchEvent(new Event('open'));
    expect(await name).toBe('Levels- 2nd try.zip');
    await expect.element(page.getByText(/Levels- 2nd try\.zip is saved, 2\.0.MB/)).toBeVisible();
    expect(exportRun).toHaveBeenCalledWith(run.id, [{ form: 'classifier', precision: 'fp32' }], expect.any(Function));
  });

  it('saves an event file under a name that TensorBoard finds, for what was fine-tuned', async () => {
    const run = { ...measuredRun(), name: '2nd try', createdAt: 1_700_000_000_500 };
    const exportEvents = vi.fn<ExportScreenProps['exportEvents']>(async () => new Blob(['events']));
    await show({ runs: [run], exportEvents });
    const name = nextDownload();
    await page.getByRole('button', { name: 'Download the event file' }).click();
    expect(await name).toBe('events.out.tfevents.1700000000.2nd-try');
    expect(exportEvents).toHaveBeenCalledWith(run.id);
  });

  it('saves a page for colleagues, or says why there is none', async () => {
    const exportPage = vi
      .fn<ExportScreenProps['exportPage']>()
      .mockRejectedValueOnce(new RungError('file-too-large', 'Too large for a page.', 'Train a smaller encoder.'))
      .mockResolvedValueOnce(new Blob(['<!doctype html>']));
    const run = { ...measuredRun(), name: 'Levels: 2nd try' };
    await show({ runs: [run], exportPage });
    const panel = page.getByRole('region', { name: 'Web page for colleagues' });
    await panel.getByRole('button').click();
    await expect.element(panel.getByRole('alert')).toHaveTextContent('Too large for a page.Train a smaller encoder.');
    const name = nextDownload();
    await panel.getByRole('button').click();
    expect(await name).toBe('Levels- 2nd try.html');
    await expect.element(panel).toHaveTextContent(/is saved, 15.B/);
    expect(exportPage).toHaveBeenLastCalledWith(run.id);
  });

  it('shows why it failed and can be tried again', async () => {
    const exportRun = vi
      .fn<ExportScreenProps['exportRun']>()
      .mockRejectedValueOnce(new RungError('not-found', 'The weights are gone.', 'Train again.'))
      .mockResolvedValueOnce(new Blob(['PK']));
    await show({ exportRun });
    await download().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('The weights are gone.Train again.');
    const name = nextDownload();
    await download().click();
    expect(await name).toMatch(/\.zip$/);
    expect(page.getByRole('alert').query()).toBeNull();
  });

  it('offers runs with weights and tells which was chosen', async () => {
    const props = await show({
      runs: [
        measuredRun(),
        { ...measuredRun(), id: 'empty', name: 'Without weights', weightBytes: 0 },
        { ...measuredRun(), id: 'other', name: 'Another run' },
      ],
    });
    await page.getByRole('combobox', { name: 'Model' }).click();
    expect(page.getByRole('option', { name: /Without weights/ }).query()).toBeNull();
    await page.getByRole('option', { name: /Another run/ }).click();
    expect(props.onSelect).toHaveBeenCalledWith('other');
  });

  it('shows the figures of the card, and says what they cannot say', async () => {
    await show();
    const card = page.getByRole('region', { name: 'What the model card says' });
    await expect.element(card).toHaveTextContent('Micro-F10.91, from 0.86 to 0.95');
    await expect.element(card).toHaveTextContent('Macro-F1, labels of 10 rows or morenot enough rows to say');
    await expect.element(card).toHaveTextContent('Best constant answermicro-F1 0.58');
    await expect
      .element(card.getByRole('row', { name: /Director/ }))
      .toHaveTextContent('0.91, from 0.86 to 0.95700.40');
    await expect.element(card.getByRole('row', { name: /Owner/ })).toHaveTextContent('not enough rows to say10.50');
  });

  it('has no figures for a run that was not measured', async () => {
    await show({ runs: [{ ...measuredRun(), test: null, status: 'interrupted' }] });
    await expect.element(page.getByText(/was never measured on its test rows/)).toBeVisible();
    await expect.element(page.getByText(/was cut off when its tab closed/)).toBeVisible();
  });

  it('says what a run that was stopped early holds', async () => {
    await show({ runs: [{ ...measuredRun(), status: 'stopped', epochs: [], bestEpoch: null, steps: [] }] });
    await expect
      .element(page.getByText(/The download holds the weights as they stood at its first steps: no epoch was finished/))
      .toBeVisible();
  });

  it('puts the ONNX files that are chosen into the zip, and says what it will weigh', async () => {
    const exportRun = vi.fn<ExportScreenProps['exportRun']>(async () => new Blob(['PK']));
    const run = { ...measuredRun(), weightBytes: 4_000_000 };
    await show({ runs: [run], exportRun });
    const onnx = page.getByRole('region', { name: 'ONNX files' });
    await expect.element(page.getByText(/about 8\.0.MB\. It is written/)).toBeVisible();
    const classifier = onnx.getByRole('group', { name: 'Classifier' });
    const embedding = onnx.getByRole('group', { name: 'Embedding' });
    await expect.element(classifier.getByRole('checkbox', { name: /float32, about 4\.0.MB/ })).toBeChecked();
    await classifier.getByRole('checkbox', { name: /float32/ }).click();
    await classifier.getByRole('checkbox', { name: /8 bits, about 1\.0.MB/ }).click();
    await embedding.getByRole('checkbox', { name: /float16, about 2\.0.MB/ }).click();
    await expect.element(page.getByText(/about 7\.0.MB\. It is written/)).toBeVisible();
    await page.getByRole('tab', { name: 'In JavaScript' }).click();
    await expect.element(page.getByLabelText('JavaScript code')).toHaveTextContent("{ dtype: 'q8' }");
    await expect.element(page.getByLabelText('embedding code')).toHaveTextContent("model_file_name: 'embedding'");
    const name = nextDownload();
    await download().click();
    await name;
    const chosen = [
      { form: 'classifier', precision: 'int8' },
      { form: 'embedding', precision: 'fp16' },
    ];
    expect(exportRun).toHaveBeenCalledWith(run.id, chosen, expect.any(Function));
    for (const box of [
      classifier.getByRole('checkbox', { name: /8 bits/ }),
      embedding.getByRole('checkbox', { name: /float16/ }),
    ]) {
      await box.click();
    }
    await expect.element(page.getByText(/choose a classifier under/)).toBeVisible();
  });

  it('gives code that names the folder of the download', async () => {
    await show({ runs: [{ ...measuredRun(), name: 'My "best" run' }] });
    await page.getByRole('tab', { name: 'In Python' }).click();
    await expect.element(page.getByLabelText('Python code')).toHaveTextContent('folder = "My -best- run"');
    await page.getByRole('tab', { name: 'In JavaScript' }).click();
    await expect.element(page.getByLabelText('JavaScript code')).toHaveTextContent("pipeline('text-classification'");
  });
});
