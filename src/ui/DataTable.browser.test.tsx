import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { DataTable, type DataTableColumn } from './DataTable.tsx';
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
      />
    </MantineProvider>
  );
}

const region = () => page.getByRole('region', { name: 'Rows' });
const drawnRows = () => region().element().querySelectorAll('tbody tr').length;

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

  it('reaches the last row of a table taller than browsers allow', async () => {
    await render(table(make, 1_048_575));
    region().element().focus();
    await userEvent.keyboard('{End}');
    await expect.element(page.getByText('Title 1048574', { exact: true })).toBeVisible();
    const bottom = page.getByText('Title 1048574', { exact: true }).element().getBoundingClientRect().bottom;
    expect(bottom).toBeLessThanOrEqual(region().element().getBoundingClientRect().bottom);
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
