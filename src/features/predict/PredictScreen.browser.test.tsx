import '@mantine/core/styles.css';
import '../../ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { RungError } from '../../shared/errors.ts';
import type { StreamProgress, StreamWorker } from '../../shared/streamedFile.ts';
import { packStrings, unpackStrings } from '../../shared/strings.ts';
import type { TitleFile } from '../../worker/protocol.ts';
import type { Predict, WritePredictions } from './filePrediction.ts';
import { PredictSession, type ReadTitles, type TitleReaders } from './predictSession.ts';
import { isModelPackage, PredictScreen, type PredictScreenProps } from './PredictScreen.tsx';
import { testExplainer, testModel, testPredict } from '../../testing/testModel.ts';

function titleFile(titles: string[], name = 'people.csv', change: Partial<TitleFile> = {}): TitleFile {
  return { name, columns: ['Title'], titleColumn: 0, rows: titles.length, titles: packStrings(titles), ...change };
}

const someProgress: StreamProgress = {
  rows: 120_000,
  computed: 900,
  bytes: 4e6,
  labels: [5, 6, 7],
  none: 8,
  seconds: 60,
};

/** A worker that streams files, made up. */
function testStream(change: Partial<StreamWorker>): StreamWorker {
  return {
    describe: async (file) => ({
      name: file.name,
      bytes: file.size,
      encoding: 'utf-8',
      delimiter: ',',
      columns: ['Name', 'Job'],
      titleColumn: 1,
      firstRow: 2,
      hasHeader: true,
    }),
    predict: () => new Promise(() => undefined),
    stop: async () => undefined,
    end: () => undefined,
    ...change,
  };
}

async function show({ readTitles, connectStream, ...change }: Partial<PredictScreenProps & TitleReaders> = {}) {
  const props: PredictScreenProps = {
    model: testModel,
    models: [
      { id: 'run-1', name: 'First run', detail: 'titles.xlsx, micro-F1 0.91' },
      { id: 'run-2', name: 'Second run', detail: 'titles.xlsx, micro-F1 0.93' },
    ],
    onSelectModel: vi.fn<(id: string) => void>(),
    onOpenPackage: vi.fn<(files: File[]) => void>(),
    predict: testPredict,
    readers: {
      readTitles: readTitles ?? (async () => titleFile(['CEO'])),
      connectStream: connectStream ?? (() => testStream({})),
    },
    writePredictions: async () => new Blob(),
    explainer: testExplainer,
    busy: null,
    session: new PredictSession(),
    ...change,
  };
  const ui = (more: Partial<PredictScreenProps>) => (
    <MantineProvider defaultColorScheme="auto">
      <PredictScreen {...props} {...more} />
    </MantineProvider>
  );
  const screen = await render(ui({}));
  return { props, again: (more: Partial<PredictScreenProps>) => screen.rerender(ui(more)) };
}

const box = () => page.getByRole('textbox', { name: 'Job title' });
const below = () => page.getByRole('region', { name: 'Many titles' }).element().getBoundingClientRect().top;
const isPackage = (...names: string[]) => isModelPackage(names.map((name) => new File([], name)));
const failingPredict: Predict = async () => {
  throw new RungError('device-lost', 'The graphics card went away.', 'Reload the page.');
};
const status = () => page.getByRole('status');
const paste = async (text: string) => {
  await page.getByRole('button', { name: 'Paste titles' }).click();
  await page.getByRole('textbox', { name: /One title a line/ }).fill(text);
  await page.getByRole('button', { name: 'Predict these titles' }).click();
};

describe('the box', () => {
  it('follows the typing with labels and probabilities', async () => {
    await show();
    await expect.element(status()).toHaveTextContent('Its labels show here while you type.');
    await box().fill('Managing Director');
    await expect.element(status()).toHaveTextContent('Director');
    const director = page.getByRole('row', { name: /Director/ });
    await expect.element(director).toHaveTextContent('Director0.900.40');
    await box().fill('CEO & Sales Manager');
    await expect.element(status()).toHaveTextContent('Chief OfficerManager');
    await expect.element(director).toHaveTextContent('0.10');
  });

  it('says when none of the labels holds, and empties on Escape', async () => {
    await show();
    await box().fill('Nurse');
    await expect.element(status()).toHaveTextContent('None of the labels');
    await userEvent.keyboard('{Escape}');
    await expect.element(box()).toHaveValue('');
    await expect.element(status()).toHaveTextContent('Its labels show here');
  });

  it('keeps one request in flight and answers the last title', async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const predict: Predict = async (modelId, titles) => {
      asked.push(...unpackStrings(titles));
      await new Promise<void>((resolve) => answers.push(resolve));
      return testPredict(modelId, titles);
    };
    await show({ predict });
    await userEvent.type(box(), 'Sales Manager');
    expect(asked).toEqual(['S']);
    answers[0]();
    await expect.poll(() => asked).toEqual(['S', 'Sales Manager']);
    answers[1]();
    await expect.element(status()).toHaveTextContent('Manager');
  });

  it('takes an example with one click', async () => {
    await show();
    await page.getByRole('button', { name: 'Regional Sales Manager' }).click();
    await expect.element(box()).toHaveValue('Regional Sales Manager');
    await expect.element(status()).toHaveTextContent('Manager');
  });

  it('does not jump while the answer changes', async () => {
    await show();
    const before = below();
    await box().fill('CEO Director Manager');
    await expect.element(status()).toHaveTextContent('Chief OfficerDirectorManager');
    expect(below()).toBe(before);
  });

  it('waits while the device is taken and answers once it is free', async () => {
    const { again } = await show({ busy: 'a training is running' });
    await box().fill('CEO');
    await expect.element(status()).toHaveTextContent('Predictions wait: a training is running.');
    await again({ busy: null });
    await expect.element(status()).toHaveTextContent('Chief Officer');
  });

  it('shows why a prediction failed', async () => {
    await show({ predict: failingPredict });
    await box().fill('CEO');
    await expect.element(page.getByRole('alert')).toHaveTextContent('The graphics card went away.Reload the page.');
  });
});

describe('a file', () => {
  const session = new PredictSession();
  afterEach(() => session.close());

  it('becomes a table that can be filtered and searched', async () => {
    const readTitles = vi.fn<ReadTitles>(async () =>
      titleFile(['CEO', 'Sales Manager', 'Nurse', 'Office Manager'], 'Pasted list'),
    );
    await show({ readTitles });
    await paste('CEO\nSales Manager\nNurse\nOffice Manager');
    expect(readTitles).toHaveBeenCalledWith('CEO\nSales Manager\nNurse\nOffice Manager', null);
    const table = page.getByRole('table', { name: 'Predictions of Pasted list' });
    await expect.element(table).toHaveAttribute('aria-rowcount', '5');
    await expect.element(page.getByText(/4.titles predicted in/)).toBeVisible();
    await page.getByRole('button', { name: /^Manager/ }).click();
    await expect.element(table).toHaveAttribute('aria-rowcount', '3');
    await page.getByRole('textbox', { name: 'Search titles' }).fill('office');
    await expect.element(table).toHaveAttribute('aria-rowcount', '2');
    await expect.element(table.getByText('Office Manager')).toBeVisible();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('button', { name: /^No label/ }).click();
    await expect.element(table.getByText('Nurse')).toBeVisible();
  });

  it('goes by thresholds that are moved, and shows where a label is just missed', async () => {
    const { again } = await show({ readTitles: async () => titleFile(['Sales Manager', 'Nurse', ''], 'list') });
    await paste('anything');
    await expect.element(page.getByRole('button', { name: /^Manager/ })).toHaveTextContent('1');
    await expect.element(page.getByRole('button', { name: /^No label/ })).toHaveTextContent('2');
    await again({ model: { ...testModel, thresholds: [0.5, 0.4, 0.904] } });
    await expect.element(page.getByRole('button', { name: /^Manager/ })).toHaveTextContent('0');
    await expect.element(page.getByRole('button', { name: /^No label/ })).toHaveTextContent('3');
    await box().fill('Sales Manager');
    await expect.element(page.getByRole('region', { name: 'One title' })).toHaveTextContent('0.9000.904');
  });

  it('goes on after a cancel and keeps what was done', async () => {
    const gates: (() => void)[] = [];
    const predict: Predict = async (modelId, titles) => {
      if (titles.offsets.length > 2) await new Promise<void>((resolve) => gates.push(resolve));
      return testPredict(modelId, titles);
    };
    const titles = Array.from({ length: 1000 }, (_, i) => `Manager ${i}`);
    await show({ predict, readTitles: async () => titleFile(titles), session });
    await paste('anything');
    await expect.poll(() => gates).toHaveLength(1);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect.element(page.getByText(/0 of 1.000 titles, stopping/)).toBeVisible();
    gates[0]();
    await expect.element(page.getByText(/512 of 1.000 titles, stopped; what is done is kept/)).toBeVisible();
    await expect.element(page.getByRole('table', { name: /Predictions of/ })).toHaveAttribute('aria-rowcount', '513');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => gates).toHaveLength(2);
    gates[1]();
    await expect.element(page.getByText(/1.000 titles predicted in/)).toBeVisible();
  });

  it('can be read from another column', async () => {
    const readTitles = vi.fn<ReadTitles>(async (_, column) =>
      titleFile(column === 1 ? ['CEO'] : ['Ada'], 'people.csv', { columns: ['Name', 'Job'], titleColumn: column ?? 0 }),
    );
    await show({ readTitles });
    await paste('Name,Job\nAda,CEO');
    await expect.element(page.getByRole('table', { name: /Predictions/ }).getByText('Ada')).toBeVisible();
    await page.getByRole('combobox', { name: 'Column with the titles' }).click();
    await page.getByRole('option', { name: 'Job' }).click();
    expect(readTitles).toHaveBeenLastCalledWith('Name,Job\nAda,CEO', 1);
    await expect.element(page.getByRole('table', { name: /Predictions/ }).getByText('CEO')).toBeVisible();
  });

  it('downloads what is shown, named after the file', async () => {
    const writePredictions = vi.fn<WritePredictions>(async () => new Blob(['Title']));
    await show({ readTitles: async () => titleFile(['CEO', 'Nurse'], 'people.2024.xlsx'), writePredictions });
    await paste('anything');
    const saved = new Promise<string>((resolve) => {
      document.addEventListener(
        'click',
        (event) => {
          if (!(event.target instanceof HTMLAnchorElement)) return;
          event.preventDefault();
          resolve(event.target.download);
        },
        { capture: true },
      );
      vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(this: HTMLAnchorElement) {
        resolve(this.download);
      });
    });
    await page.getByRole('button', { name: /^CSV file/ }).click();
    expect(await saved).toBe('people.2024 predictions.csv');
    vi.restoreAllMocks();
    const [table, format] = writePredictions.mock.calls[0];
    expect(format).toBe('csv');
    expect(unpackStrings(table.titles)).toEqual(['CEO', 'Nurse']);
    expect(table.labelNames).toEqual(testModel.labelNames);
    expect(table.thresholds).toEqual(testModel.thresholds);
    expect(table.probabilities).toEqual(Float32Array.of(0.9, 0.1, 0.1, 0.1, 0.1, 0.1));
  });

  it('that cannot be read leaves the one before', async () => {
    const readTitles = vi
      .fn<ReadTitles>()
      .mockResolvedValueOnce(titleFile(['CEO']))
      .mockRejectedValueOnce(new RungError('file-encrypted', 'people.xlsx has a password.', 'Save it without one.'));
    await show({ readTitles });
    await paste('first');
    await expect.element(page.getByText(/1 title predicted/)).toBeVisible();
    await paste('second');
    await expect.element(page.getByRole('alert')).toHaveTextContent('people.xlsx has a password.Save it without one.');
    await expect.element(page.getByRole('table', { name: /Predictions/ }).getByText('CEO')).toBeVisible();
  });

  it('stays when the user looks at another place, and tells whose predictions it shows', async () => {
    const { again } = await show({ readTitles: async () => titleFile(['CEO']), session });
    await paste('anything');
    await expect.element(page.getByText(/1 title predicted/)).toBeVisible();
    await again({ model: { ...testModel, id: 'run-2', name: 'Second run', thresholds: [0.95, 0.4, 0.6] } });
    await expect.element(page.getByText('These predictions are by First run')).toBeVisible();
    await page.getByRole('button', { name: 'Predict again with Second run' }).click();
    await expect.element(page.getByRole('table', { name: /Predictions/ }).getByText('none')).toBeVisible();
  });

  it('offers to begin again when another model was chosen while it ran', async () => {
    const second = { ...testModel, id: 'run-2', name: 'Second run' };
    let loaded = testModel.id;
    const gates: (() => void)[] = [];
    const predict: Predict = async (modelId, titles) => {
      if (gates.length < 2) await new Promise<void>((resolve) => gates.push(resolve));
      if (modelId !== loaded)
        throw new RungError('not-found', 'This model is not loaded any more.', 'Choose it again.');
      return testPredict(modelId, titles);
    };
    const titles = Array.from({ length: 600 }, (_, i) => `Manager ${i}`);
    const { again } = await show({ predict, readTitles: async () => titleFile(titles), session });
    await paste('anything');
    await expect.poll(() => gates).toHaveLength(1);
    gates[0]();
    await expect.poll(() => gates).toHaveLength(2);
    loaded = second.id;
    await again({ model: second });
    gates[1]();
    await expect.element(page.getByText(/512 of 600 titles, stopped; what is done is kept/)).toBeVisible();
    expect(page.getByRole('alert').query()).toBeNull();
    await page.getByRole('button', { name: 'Predict again with Second run' }).click();
    await expect.element(page.getByText(/600 titles predicted in/)).toBeVisible();
  });
});

describe('without a model', () => {
  it('says what it waits for and takes a package', async () => {
    const { props } = await show({ model: null, models: [] });
    await expect.element(page.getByText('There is no model yet')).toBeVisible();
    const zip = new File(['PK'], 'first-run.zip');
    const transfer = new DataTransfer();
    transfer.items.add(zip);
    const target = page.getByText('There is no model yet').element();
    target.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    await expect.poll(() => props.onOpenPackage).toHaveBeenCalledTimes(1);
  });

  it('chooses among the runs', async () => {
    const { props } = await show({ model: null });
    await page.getByRole('combobox', { name: 'Model' }).click();
    await page.getByRole('option', { name: /Second run/ }).click();
    expect(props.onSelectModel).toHaveBeenCalledWith('run-2');
  });

  it('tells a model from a table by its files', () => {
    expect(isPackage('run.zip')).toBe(true);
    expect(isPackage('config.json', 'model.safetensors')).toBe(true);
    expect(isPackage('titles.xlsx')).toBe(false);
    expect(isPackage('titles.txt')).toBe(false);
  });
});

const noTitles: ReadTitles = async () => titleFile([]);
const large = (): File => new File(['Title\n', 'Nurse\n'.repeat(1_400_000)], 'everyone.csv');

async function drop(file: File, session: PredictSession, connectStream: () => StreamWorker): Promise<void> {
  await show({ session, connectStream });
  // It ends when the test says so.
  void session.open(file, null, testModel, { readTitles: noTitles, connectStream });
}

describe('a file too large for a table', () => {
  it('is predicted from disk to disk, with progress, and saved as it ends', async () => {
    const csv = new File(['Title,Labels\r\n'], 'x.csv');
    const gate = new EventTarget();
    const predict = vi.fn<StreamWorker['predict']>(async (_, __, onProgress) => {
      onProgress(someProgress);
      await new Promise((resolve) => gate.addEventListener('open', resolve));
      return { ...someProgress, rows: 1_400_000, bytes: 8_400_006, file: csv, ended: null };
    });
    await drop(large(), new PredictSession(), () => testStream({ predict }));
    await expect
      .element(page.getByText(/120.000.titles, 4\.0.MB of 8\.4.MB, 1.min.5.s left, 2.000 titles a second/))
      .toBeVisible();
    await expect.element(page.getByRole('list', { name: 'Rows with each label' })).toHaveTextContent(/No label8/);
    gate.dispatchEvent(new Event('open'));
    await expect
      .element(page.getByText(/1.400.000 titles \(900 computed, the others repeat them\) predicted in 1.min/))
      .toBeVisible();
    await expect.element(page.getByRole('button', { name: /Save the CSV, 14.B/ })).toBeVisible();
    expect(predict.mock.calls[0][0]).toMatchObject({ column: 1, outputName: 'everyone predictions.csv' });
  });

  it('stops, keeping what is done, and another column begins anew', async () => {
    const end = vi.fn<() => void>();
    const gate = new EventTarget();
    const predict: StreamWorker['predict'] = async (_, __, onProgress) => {
      onProgress(someProgress);
      await new Promise((resolve) => gate.addEventListener('open', resolve));
      const ended = { code: 'aborted', message: 'Stopped.', hint: '' } as const;
      return { ...someProgress, file: new File(['x'], 'x.csv'), ended };
    };
    await drop(large(), new PredictSession(), () =>
      testStream({ predict, end, stop: async () => void gate.dispatchEvent(new Event('open')) }),
    );
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.element(page.getByText(/stopped; what is done is kept/)).toBeVisible();
    await expect.element(page.getByText(/The 120.000 rows predicted so far, a whole table/)).toBeVisible();
    expect(page.getByRole('alert').query()).toBeNull();
    await page.getByRole('combobox', { name: 'Column with the titles' }).click();
    await page.getByRole('option', { name: 'Name' }).click();
    await expect.poll(() => end.mock.calls.length).toBe(1);
  });

  it('says why it failed, and saves what there is', async () => {
    const ended = { code: 'quota-exceeded', message: 'No room left.', hint: 'Delete runs.' } as const;
    const predict: StreamWorker['predict'] = async () => ({ ...someProgress, file: new File(['x'], 'x.csv'), ended });
    await drop(large(), new PredictSession(), () => testStream({ predict }));
    await expect.element(page.getByRole('alert')).toHaveTextContent('No room left.Delete runs.');
    await expect.element(page.getByRole('button', { name: /Save the CSV/ })).toBeVisible();
  });
});
