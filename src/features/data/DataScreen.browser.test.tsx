import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import type { DataSettings, DataSummary, RowPage, RowQuery, RowView } from '../../shared/dataset.ts';
import '../../ui/tokens.css';
import { DataScreen } from './DataScreen.tsx';
import type { DataScreenProps } from './dataState.ts';

const names = ['Director', 'Manager', 'Owner'];
const rows: RowView[] = Array.from({ length: 300 }, (_, i) => ({
  row: i + 2,
  title: i === 7 ? 'Founder & CEO' : `Head of Team ${i}`,
  labels: i === 9 ? [] : [names[i === 7 ? 2 : i % 2]],
  notes: i === 9 ? ['no label'] : [],
}));

const summary: DataSummary = {
  source: { name: 'levels.csv', bytes: 5, format: 'delimited', encoding: 'utf-8', delimiter: ';' },
  columns: ['Title', 'Level', 'Second level', 'Notes'],
  rowCount: rows.length,
  settings: {
    roles: { title: 0, labels: { kind: 'columns', columns: [1, 2] } },
    unlabelled: { kind: 'drop' },
    cleaning: { html: true, unicode: true, separators: false, symbols: false, lowercase: false, whitespace: true },
    filter: { invalidTitles: true, exactDuplicates: false },
  },
  blocked: null,
  findings: [
    { id: 'sorted', severity: 'info', title: 'Rows are sorted', detail: 'They are shuffled.', rows: 0 },
    { id: 'unlabelled', severity: 'warning', title: '1 row has no label', detail: 'It is left out.', rows: 1 },
  ],
  labels: [
    { name: 'Director', rows: 150 },
    { name: 'Manager', rows: 148 },
    { name: 'Owner', rows: 1 },
  ],
  cooccurrence: [150, 12, 0, 12, 148, 0, 0, 0, 1],
  tokenLengths: [0, 0, 0, 0, 1, 299],
  trainableRows: 299,
  cleaned: { count: 1, examples: [{ row: 9, before: 'Founder &amp; CEO', after: 'Founder & CEO' }] },
  corrections: { changed: 0, kept: 0, canUndo: false, canRedo: false, mostLabels: 2, separator: '', stored: true },
};

async function fetchRows(query: RowQuery, offset: number, limit: number): Promise<RowPage> {
  const matching = rows.filter(
    (row) =>
      (query.finding !== 'unlabelled' || row.labels.length === 0) &&
      (query.label === undefined || row.labels.includes(query.label)) &&
      row.title.toLowerCase().includes((query.search ?? '').toLowerCase()),
  );
  return { total: matching.length, rows: matching.slice(offset, offset + limit) };
}

function spies() {
  return {
    onDismissError: vi.fn<() => void>(),
    onOpenFile: vi.fn<DataScreenProps['onOpenFile']>(),
    onOpenModel: vi.fn<DataScreenProps['onOpenModel']>(),
    onOpenText: vi.fn<(text: string) => void>(),
    onReopen: vi.fn<NonNullable<DataScreenProps['onReopen']>>(),
    corrections: {
      onEdit: vi.fn<DataScreenProps['corrections']['onEdit']>(),
      onUndo: vi.fn<() => void>(),
      onRedo: vi.fn<() => void>(),
      onReview: vi.fn<(start: boolean) => void>(),
    },
    onOpenSample: vi.fn<() => void>(),
    onConfigure: vi.fn<(change: Partial<DataSettings>) => void>(),
    onContinue: vi.fn<() => void>(),
  };
}

function screen(
  props: Omit<ReturnType<typeof spies>, 'onReopen'> & Pick<DataScreenProps, 'onReopen'> & Partial<DataScreenProps>,
) {
  return (
    <MantineProvider defaultColorScheme="auto">
      <DataScreen
        state={{ status: 'ready', summary }}
        error={null}
        configuring={false}
        locked={false}
        fetchRows={fetchRows}
        {...props}
      />
    </MantineProvider>
  );
}

function paste(text: string, target: EventTarget = document.body): void {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}

function transferOf(...files: File[]): DataTransfer {
  const dataTransfer = new DataTransfer();
  for (const file of files) dataTransfer.items.add(file);
  return dataTransfer;
}

/** @returns false when the page took the event. */
function drag(type: string, dataTransfer: DataTransfer): boolean {
  return document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}

function drop(...files: File[]): void {
  drag('drop', transferOf(...files));
}

const button = (name: string | RegExp) => page.getByRole('button', { name });
const rowTexts = () => [
  ...page.getByRole('table', { name: 'Rows of the table' }).element().querySelectorAll('tbody tr'),
];

const marked = () =>
  rowTexts().filter((row) => [...row.querySelectorAll('span')].some((span) => span.className.includes('labelHot')))
    .length;

beforeEach(() => page.viewport(1440, 900));

describe('with no table open', () => {
  it('offers a drop, a file, a paste and the sample, and promises that nothing leaves the machine', async () => {
    const props = spies();
    await render(screen({ ...props, state: { status: 'empty' } }));
    await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent('Drop a table of job titles here');
    await expect.element(page.getByText(/Nothing leaves this machine/)).toBeVisible();
    await button('Use sample data').click();
    expect(props.onOpenSample).toHaveBeenCalledOnce();

    const file = new File(['Title;Level\nCEO;Owner'], 'a.csv');
    drop(file);
    await expect.poll(() => props.onOpenFile.mock.calls).toEqual([[file]]);
  });

  it('covers the page while a file is dragged over it, and leaves dragged text alone', async () => {
    await render(screen({ ...spies(), state: { status: 'empty' } }));
    const overlay = page.getByText('Drop to open this table', { exact: true });
    const text = new DataTransfer();
    text.setData('text/plain', 'Chief Nurse');
    for (const type of ['dragenter', 'dragover', 'drop']) expect(drag(type, text)).toBe(true);
    const files = transferOf(new File(['a'], 'a.csv'));
    expect(drag('dragenter', files)).toBe(false);
    expect(drag('dragover', files)).toBe(false);
    await expect.element(overlay).toBeVisible();
    drag('dragleave', files);
    await expect.element(overlay).not.toBeInTheDocument();
    drag('dragenter', files);
    await expect.element(overlay).toBeVisible();
    drag('drop', files);
    await expect.element(overlay).not.toBeInTheDocument();
  });

  it('takes the file chosen in the dialog', async () => {
    const props = spies();
    const { container } = await render(screen({ ...props, state: { status: 'empty' } }));
    const input = container.querySelector<HTMLInputElement>('input[type=file]');
    expect(input?.accept).toContain('.xlsx');
    await userEvent.upload(input!, new File(['Title,Level'], 'chosen.csv'));
    expect(props.onOpenFile.mock.calls[0][0].name).toBe('chosen.csv');
  });

  it('takes a table pasted anywhere, but not what is pasted into a text box', async () => {
    const props = spies();
    await render(screen({ ...props, state: { status: 'empty' } }));
    paste('Title\tLevel\nCEO\tOwner');
    expect(props.onOpenText.mock.calls).toEqual([['Title\tLevel\nCEO\tOwner']]);
    paste('   ');
    expect(props.onOpenText).toHaveBeenCalledOnce();

    await button('Paste a table').click();
    const box = page.getByRole('textbox', { name: /Copied cells/ });
    await box.fill('Title,Level\nCTO,Owner');
    paste('again', box.element());
    expect(props.onOpenText).toHaveBeenCalledOnce();
    await button('Read this table').click();
    expect(props.onOpenText).toHaveBeenLastCalledWith('Title,Level\nCTO,Owner');
    await expect.element(box).not.toBeInTheDocument();
  });

  it('opens the first of several files and says so', async () => {
    const props = spies();
    await render(screen({ ...props, state: { status: 'empty' } }));
    drop(new File(['?'], 'notes.md'), new File(['a'], 'first.csv'), new File(['b'], 'second.csv'));
    await expect.poll(() => props.onOpenFile.mock.calls.map(([file]) => file.name)).toEqual(['first.csv']);
    await expect.element(page.getByText(/Only first.csv was opened/)).toBeVisible();
  });
});

it('takes a dropped model folder for what it is', async () => {
  const props = spies();
  await render(screen({ ...props, state: { status: 'empty' } }));
  drop(new File(['{}'], 'config.json'), new File(['a'], 'vocab.txt'), new File(['b'], 'model.safetensors'));
  await expect.poll(() => props.onOpenModel.mock.calls.map(([files]) => files.length)).toEqual([3]);
  expect(props.onOpenFile).not.toHaveBeenCalled();
});

describe('while reading', () => {
  it('says what is read and how far it is', async () => {
    const state = {
      status: 'loading',
      message: 'Looking for duplicates',
      fraction: 0.4,
      name: 'b.xlsx',
      previous: null,
    } as const;
    await render(screen({ ...spies(), state }));
    await expect.element(page.getByText('Reading b.xlsx')).toBeVisible();
    await expect.element(page.getByText('Looking for duplicates')).toBeVisible();
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '40');
  });

  it('keeps the table before in view and takes no second file', async () => {
    const props = spies();
    const state = {
      status: 'loading',
      message: 'Unpacking',
      fraction: null,
      name: 'b.xlsx',
      previous: summary,
    } as const;
    await render(screen({ ...props, state }));
    await expect.element(page.getByText('Head of Team 0', { exact: true })).toBeVisible();
    drop(new File(['a'], 'c.csv'));
    await expect.element(page.getByText(/b.xlsx is still being read/)).toBeVisible();
    expect(props.onOpenFile).not.toHaveBeenCalled();
  });
});

describe('with a table open', () => {
  it('shows an error over the table and loses nothing', async () => {
    const props = spies();
    const error = { message: 'Reading report.pdf: expected a table, got a PDF.', hint: 'Save it as CSV.' };
    await render(screen({ ...props, error }));
    await expect.element(page.getByRole('alert')).toHaveTextContent('got a PDF');
    await expect.element(page.getByText('Save it as CSV.')).toBeVisible();
    await expect.element(page.getByText('Head of Team 0', { exact: true })).toBeVisible();
    await button('Dismiss the error').click();
    expect(props.onDismissError).toHaveBeenCalledOnce();
  });

  it('filters the rows by a finding and shows all again', async () => {
    await render(screen(spies()));
    await expect.element(page.getByText('300 rows', { exact: true })).toBeVisible();
    await button(/1 row has no label/).click();
    await expect.element(page.getByText('Head of Team 9', { exact: true })).toBeVisible();
    await expect.element(page.getByText(/1 of 300 rows/)).toBeVisible();
    expect(rowTexts()).toHaveLength(1);
    await expect.element(button(/1 row has no label/)).toHaveAttribute('aria-pressed', 'true');
    await button('Show all rows').click();
    await expect.element(page.getByText('Head of Team 0', { exact: true })).toBeVisible();
    expect(button(/Rows are sorted/).query()).toBeNull();
  });

  it('searches titles and filters by the label of a bar', async () => {
    await render(screen(spies()));
    await button(/^Owner: 1 rows/).click();
    await expect.element(page.getByText(/labelled Owner/)).toBeVisible();
    await expect.element(page.getByText('Founder & CEO', { exact: true }).first()).toBeVisible();
    await button(/^Owner: 1 rows/).click();
    await page.getByRole('textbox', { name: 'Search titles' }).fill('TEAM 299');
    await expect.element(page.getByText(/1 of 300 rows/)).toBeVisible();
    await page.getByRole('textbox', { name: 'Search titles' }).fill('nothing like it');
    await expect.element(page.getByText('No row matches.')).toBeVisible();
  });

  it('asks for corrected column roles', async () => {
    const props = spies();
    await render(screen(props));
    await expect
      .element(page.getByText('Labels are in Level and Second level, at most one in each cell.'))
      .toBeVisible();
    await button('Columns: change').click();
    await page.getByText('0/1 columns').click();
    const roles = { title: 0, labels: { kind: 'indicators', columns: [1, 2] } };
    expect(props.onConfigure).toHaveBeenLastCalledWith({ roles });
    await expect.element(page.getByText(/Level and Second level are labels of their own/)).toBeVisible();

    await page.getByText('One column', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Between two labels' }).click();
    await page.getByRole('option', { name: '; semicolon' }).click();
    expect(props.onConfigure).toHaveBeenLastCalledWith({
      roles: { title: 0, labels: { kind: 'separated', column: 1, separator: ';' } },
    });

    await page.getByRole('combobox', { name: 'Titles are in' }).click();
    await page.getByRole('option', { name: 'Level', exact: true }).click();
    expect(props.onConfigure).toHaveBeenLastCalledWith({ roles: { title: 1, labels: null } });
  });

  it('asks for another policy, other filters and other cleaning', async () => {
    const props = spies();
    await render(screen(props));
    await button('Rows to train on: change').click();
    await page.getByRole('radio', { name: 'Give a label of their own' }).click();
    expect(props.onConfigure).toHaveBeenLastCalledWith({ unlabelled: { kind: 'label', name: 'Not Required' } });
    await page.getByRole('textbox', { name: 'Name of that label' }).fill('None of these');
    await userEvent.keyboard('{Enter}');
    expect(props.onConfigure).toHaveBeenLastCalledWith({ unlabelled: { kind: 'label', name: 'None of these' } });
    await page.getByRole('switch', { name: 'Leave out repeated rows' }).click();
    expect(props.onConfigure).toHaveBeenLastCalledWith({ filter: { invalidTitles: true, exactDuplicates: true } });

    await button('Title cleaning: change').click();
    await page.getByRole('switch', { name: 'Lower case' }).click();
    await page.getByRole('switch', { name: 'HTML' }).click();
    expect(props.onConfigure).toHaveBeenLastCalledWith({
      cleaning: { ...summary.settings.cleaning, lowercase: true, html: false },
    });
    await expect.element(page.getByText('amp;', { exact: true })).toBeVisible();
  });

  it('goes back to the settings that hold when a change has failed', async () => {
    const props = spies();
    const view = await render(screen(props));
    await button('Title cleaning: change').click();
    const lowerCase = page.getByRole('switch', { name: 'Lower case' });
    await lowerCase.click();
    await view.rerender(screen({ ...props, configuring: true }));
    await expect.element(lowerCase).toBeChecked();
    await view.rerender(screen({ ...props, error: { message: 'Cleaning failed.', hint: '' } }));
    await expect.element(lowerCase).not.toBeChecked();
  });

  it('reads what is open again with another separator, and nothing when it is gone', async () => {
    const props = spies();
    const view = await render(screen(props));
    await page.getByRole('combobox', { name: 'Separator between columns' }).selectOptions('Tab');
    expect(props.onReopen).toHaveBeenCalledWith({ delimiter: '\t', encoding: 'utf-8' });
    await view.rerender(screen({ ...props, onReopen: null }));
    await expect.element(page.getByRole('combobox', { name: 'Encoding' })).toBeDisabled();
  });

  it('shows the figures of a chart as a table', async () => {
    await render(screen(spies()));
    await button('Labels together: show as table').click();
    const table = page.getByRole('table', { name: 'Labels together' });
    await expect.element(table.getByRole('row').nth(1)).toHaveTextContent('DirectorManager12');
    expect(table.getByRole('row').elements()).toHaveLength(2);
  });

  it('marks the label pointed at in the other chart and in the rows', async () => {
    await render(screen(spies()));
    await expect.element(page.getByText('Head of Team 0', { exact: true })).toBeVisible();
    const head = page.getByRole('rowheader', { name: 'Manager' });
    const before = getComputedStyle(head.element()).backgroundColor;
    expect(marked()).toBe(0);
    await button(/^Manager: 148 rows/).hover();
    await expect.poll(() => getComputedStyle(head.element()).backgroundColor).not.toBe(before);
    await expect.poll(marked).toBeGreaterThan(5);
  });

  it('leads on to training, or says why it cannot', async () => {
    const props = spies();
    const view = await render(screen(props));
    await expect.element(page.getByText('299 rows to train on')).toBeVisible();
    await button('Continue to training').click();
    expect(props.onContinue).toHaveBeenCalledOnce();
    const blocked = {
      code: 'too-few-labels',
      message: 'All rows carry the same label: there is nothing to tell apart.',
    };
    await view.rerender(screen({ ...props, state: { status: 'ready', summary: { ...summary, blocked } } }));
    await expect.element(page.getByText(blocked.message)).toBeVisible();
    await expect.element(button('Continue to training')).toBeDisabled();
  });

  it('opens the column controls by itself when no title is recognised', async () => {
    const roles = { title: null, labels: null };
    const unread = { ...summary, findings: [], labels: [], cooccurrence: [], settings: { ...summary.settings, roles } };
    await render(screen({ ...spies(), state: { status: 'ready', summary: unread } }));
    await expect.element(page.getByRole('combobox', { name: 'Titles are in' })).toBeVisible();
    await expect.element(page.getByText('Looked at once the columns below are chosen.')).toBeVisible();
  });
});

describe('while a training runs', () => {
  it('asks before the table is replaced, and rests the settings', async () => {
    const props = spies();
    await render(screen({ ...props, locked: true }));
    paste('Title\tLevel\nCEO\tOwner');
    await expect.element(page.getByRole('dialog')).toHaveTextContent('A training is running on this table');
    await button('Keep this table').click();
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    expect(props.onOpenText).not.toHaveBeenCalled();

    drop(new File(['a'], 'next.csv'));
    await button('Replace the table').click();
    expect(props.onOpenFile.mock.calls[0][0].name).toBe('next.csv');

    await button('Title cleaning: change').click();
    await expect.element(page.getByRole('switch', { name: 'Lower case' })).toBeDisabled();
  });
});

describe('on a phone', () => {
  it('stacks title and labels and scrolls nothing sideways', async () => {
    await page.viewport(390, 844);
    await render(screen(spies()));
    await expect.element(page.getByRole('columnheader', { name: 'Row, title, labels and notes' })).toBeVisible();
    expect(page.getByRole('columnheader', { name: 'Labels', exact: true }).query()).toBeNull();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390);
    await expect.element(button('Continue to training')).toBeVisible();
  });
});
