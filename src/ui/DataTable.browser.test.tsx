import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { DataTable, type DataTableProps } from './DataTable.tsx';
import type { DataTableColumn } from './DataTableRow.tsx';
import './tokens.css';

interface Item {
  row: number;
  title: string;
}
const columns: DataTableColumn<Item>[] = [
  { id: 'row', header: 'Row', width: 80, align: 'end', render: (item) => item.row },
  { id: 'title', header: 'Title', width: '1fr', render: (item) => item.title },
  { id: 'wide', header: 'Only wide', width: 200, hideBelow: 700, render: () => 'extra' },
];
const make = (offset: number, limit: number): Item[] =>
  Array.from({ length: limit }, (_, i) => ({ row: offset + i + 2, title: `Title ${offset + i}` }));

function table(
  fetchRows: (offset: number, limit: number) => Item[] | Promise<Item[]>,
  total = 200_000,
  queryKey = 'all',
  other: Partial<DataTableProps<Item>> = {},
) {
  return (
    <MantineProvider defaultColorScheme="auto">
      <DataTable
        total={total}
        columns={columns}
        fetchRows={fetchRows}
        queryKey={queryKey}
        caption="Rows"
        height={400}
        {...other}
      />
    </MantineProvider>
  );
}

const region = () => page.getByRole('region', { name: 'Rows' });
const drawnRows = () => region().element().querySelectorAll('tbody tr').length;

const rowTop = (index: number) =>
  page.getByText(`Title ${index}`, { exact: true }).element().closest('tr')?.getBoundingClientRect().top ?? Number.NaN;

describe('DataTable', () => {
  it('draws only the rows in view and reaches the last of 200,000 by keyboard', async () => {
    await render(table(make));
    await expect.element(page.getByText('Title 0', { exact: true })).toBeVisible();
    await expect.element(page.getByRole('table')).toHaveAttribute('aria-rowcount', '200001');
    expect(drawnRows()).toBeLessThan(40);
    region().element().focus();
    await userEvent.keyboard('{End}');
    await expect.element(page.getByText('Title 199999', { exact: true })).toBeVisible();
    await expect.element(page.getByRole('row', { name: 'Title 199999' })).toHaveAttribute('aria-rowindex', '200001');
    expect(drawnRows()).toBeLessThan(40);
    await userEvent.keyboard('{Home}{ArrowDown}{ArrowDown}');
    await expect.poll(() => region().element().scrollTop).toBe(72);
  });

  it('shows a table taller than browsers allow in sections, by keyboard as well', async () => {
    await page.viewport(1000, 800);
    await render(table(make, 1_048_575));
    const pager = page.getByRole('navigation', { name: 'Sections of the table' });
    await expect.element(pager).toHaveTextContent(/Rows 1 to 400.000 of 1.048.575/);
    await expect.element(page.getByRole('button', { name: 'Previous rows' })).toBeDisabled();
    region().element().focus();
    await userEvent.keyboard('{End}');
    await expect.element(page.getByText('Title 399999', { exact: true })).toBeVisible();
    const last = page.getByRole('button', { name: /^Rows 800.001 to 1.048.575/ });
    last.element().focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText('Title 800000', { exact: true })).toBeVisible();
    expect(region().element().scrollTop).toBe(0);
    // The pager's arrow may rest now; the rows asked for are what the keys act on.
    expect(document.activeElement).toBe(region().element());
    await expect.element(last).toHaveAttribute('aria-current', 'page');
    await expect.element(page.getByRole('button', { name: 'Next rows' })).toBeDisabled();
    await userEvent.keyboard('{End}');
    const row = page.getByRole('row', { name: 'Title 1048574' });
    await expect.element(row).toHaveAttribute('aria-rowindex', '1048576');
    const bottom = row.element().getBoundingClientRect().bottom;
    expect(bottom).toBeLessThanOrEqual(region().element().getBoundingClientRect().bottom);
    await page.getByRole('button', { name: 'Previous rows' }).click();
    await expect.element(pager).toHaveTextContent(/Rows 400.001 to 800.000 of 1.048.575/);
    await expect.element(page.getByText('Title 400000', { exact: true })).toBeVisible();
  });

  it('draws a row once, however far the table is scrolled around it', async () => {
    const drawn = new Map<number, number>();
    const counted: DataTableColumn<Item>[] = [
      {
        id: 'title',
        header: 'Title',
        width: '1fr',
        render: (item) => {
          drawn.set(item.row, (drawn.get(item.row) ?? 0) + 1);
          return item.title;
        },
      },
    ];
    await render(table(make, 200_000, 'all', { columns: counted }));
    await expect.element(page.getByText('Title 0', { exact: true })).toBeVisible();
    const before = drawn.get(7);
    region().element().scrollTop = 90;
    await expect.poll(() => drawn.has(22)).toBe(true);
    region().element().scrollTop = 180;
    await expect.poll(() => drawn.has(25)).toBe(true);
    expect(drawn.get(7)).toBe(before);
  });

  it('moves its rows when their height changes', async () => {
    const screen = await render(table(make));
    await expect.element(page.getByText('Title 2', { exact: true })).toBeVisible();
    await screen.rerender(table(make, 200_000, 'all', { rowHeight: 60 }));
    expect(rowTop(2) - rowTop(1)).toBe(60);
    expect(region().element().querySelector('tbody')?.offsetHeight).toBe(200_000 * 60);
  });

  it('shows rows that are in memory in the first frame, and skeletons while others load', async () => {
    await render(table(make));
    expect(region().element().textContent).toContain('Title 3');
    const gate = new EventTarget();
    const opened = new Promise((resolve) => gate.addEventListener('open', resolve));
    await render(
      table(
        async (offset, limit) => {
          await opened;
          return make(offset, limit);
        },
        50,
        'later',
      ),
    );
    const tables = page.getByRole('table');
    await expect.element(tables.last()).toHaveAttribute('aria-busy', 'true');
    gate.dispatchEvent(new Event('open'));
    await expect.element(tables.last()).toHaveAttribute('aria-busy', 'false');
    await expect.element(tables.last().getByText('Title 7', { exact: true })).toBeVisible();
  });

  it('starts at the top with fresh rows when the query changes', async () => {
    const screen = await render(table(make));
    region().element().scrollTop = 9000;
    await expect.element(page.getByText('Title 250', { exact: true })).toBeVisible();
    await screen.rerender(
      table((offset, limit) => make(offset, limit).map(({ row }) => ({ row, title: `Found ${row}` })), 30, 'found'),
    );
    await expect.element(page.getByText('Found 2', { exact: true })).toBeVisible();
    expect(region().element().scrollTop).toBe(0);
  });

  it('offers to try again when rows could not be read', async () => {
    let broken = true;
    await render(
      table(async (offset, limit) => {
        if (broken) throw new Error('worker gone');
        return make(offset, limit);
      }, 50),
    );
    const again = page.getByRole('button', { name: 'Try again' });
    await expect.element(again).toBeVisible();
    broken = false;
    await again.click();
    await expect.element(page.getByText('Title 4', { exact: true })).toBeVisible();
    await expect.element(again).not.toBeInTheDocument();
  });

  it('leaves out columns that do not fit, and says so when there are no rows', async () => {
    await page.viewport(390, 800);
    await render(table(make, 0));
    await expect.element(page.getByText('No rows.')).toBeVisible();
    expect(page.getByRole('columnheader', { name: 'Only wide' }).query()).toBeNull();
    await page.viewport(1000, 800);
    await expect.element(page.getByRole('columnheader', { name: 'Only wide' })).toBeVisible();
  });
});
