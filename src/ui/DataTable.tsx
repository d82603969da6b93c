/**
 * A table of any number of rows of one height. Only the rows in view exist; they are fetched in windows, at once (an array) or later
 * (a worker). A table taller than browsers let an element be is shown in sections with a pager.
 */
import { Button } from '@mantine/core';
import { observeElementRect, useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useReducer, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import css from './DataTable.module.css';
import { DataTablePager } from './DataTablePager.tsx';
import { DataTableRow, cellClass, type DataTableColumn } from './DataTableRow.tsx';
import { sectionAt } from './DataTableSections.ts';
import { RowPages, type FetchRows } from './rowPages.ts';

export interface DataTableProps<Row> {
  /** Rows in all; `fetchRows` is never asked beyond it. */
  total: number;
  /** px; the same for every row. */
  rowHeight?: number;
  columns: readonly DataTableColumn<Row>[];
  /** Rows `offset` to `offset + limit`. An array returned directly is shown without a skeleton in between. */
  fetchRows: FetchRows<Row>;
  /** Changes when `fetchRows` would answer differently: the rows kept are dropped and the table scrolls to its top. */
  queryKey: string;
  /** Changes when the same rows hold other things: they are fetched anew where they stand, without scrolling. */
  revision?: number;
  getKey?: (row: Row, index: number) => string | number;
  /** What the table holds, for assistive technology. */
  caption: string;
  height: number | string;
  /** Narrower than this, the table scrolls sideways inside itself; px. */
  minWidth?: number;
  /** Shown in place of rows when there are none. */
  empty?: ReactNode;
}

const headerHeight = 34;
// Two notches of a wheel on either side; more would make every long jump dearer.
const overscan = 8;

/** A fixed-height, virtualised, read-only table; the scroll position is kept while rows of the same `queryKey` come in. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  // A new query is a new table: rows, scroll position and failures of the old one go with it.
  return <Table key={props.queryKey} {...props} />;
}

function Table<Row>(props: DataTableProps<Row>) {
  const { total, rowHeight = 36, columns, fetchRows, getKey, caption, height, minWidth, empty, revision = 0 } = props;
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [pages] = useState(() => new RowPages(fetchRows, redraw));
  const [sectionStart, setSectionStart] = useState(0);
  const section = sectionAt(sectionStart, total, rowHeight);
  const { scroller, virtualizer, width } = useRowVirtualizer(section.end - section.first, rowHeight);
  const items = virtualizer.getVirtualItems();

  const shown = useMemo(() => columns.filter(({ hideBelow }) => !hideBelow || width >= hideBelow), [columns, width]);
  const gridTemplateColumns = shown.map((column) => trackOf(column)).join(' ');
  const viewHeight = Math.max(0, (virtualizer.scrollRect?.height ?? 0) - headerHeight);
  const indexOf = (item: VirtualItem) => section.first + item.index;
  const wanted = {
    first: section.first + (items[0]?.index ?? 0),
    end: section.first + 1 + (items.at(-1)?.index ?? -1),
  };

  useLayoutEffect(() => {
    if (pages.want(wanted.first, wanted.end, total)) redraw();
  }, [pages, wanted.first, wanted.end, total]);

  const seenRevision = useRef(revision);
  useLayoutEffect(() => {
    if (seenRevision.current === revision) return;
    seenRevision.current = revision;
    if (pages.refresh(fetchRows)) redraw();
  }, [pages, fetchRows, revision]);

  const busy = !pages.failed && items.some((item) => pages.at(indexOf(item)) === undefined);
  const scrollRows = (rows: number) => scroller.current?.scrollBy({ top: rows * rowHeight });

  return (
    <div className={css.frame} style={{ height }}>
      <div className={css.view}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys scroll, which is what a scrolled region is for */}
        <section
          ref={scroller}
          className={css.scroller}
          aria-label={caption}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled region must be reachable by keyboard
          tabIndex={0}
          onKeyDown={(event) => scrollByKey(event, scrollRows, Math.floor(viewHeight / rowHeight) - 1)}
        >
          <table
            className={css.table}
            aria-label={caption}
            aria-rowcount={total + 1}
            aria-colcount={shown.length}
            aria-busy={busy}
            style={{ minWidth }}
          >
            <thead className={css.header}>
              <tr aria-rowindex={1} className={css.row} style={{ gridTemplateColumns, height: headerHeight }}>
                {shown.map((column) => (
                  <th key={column.id} scope="col" className={cellClass(column.align)}>
                    {column.header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody
              className={css.body}
              style={{ height: virtualizer.getTotalSize() }}
              data-scrolling={virtualizer.isScrolling || undefined}
            >
              {items.map((item) => {
                const index = indexOf(item);
                const row = pages.at(index);
                return (
                  <DataTableRow
                    key={row === undefined ? `s${index}` : (getKey?.(row, index) ?? index)}
                    row={row}
                    index={index}
                    columns={shown}
                    gridTemplateColumns={gridTemplateColumns}
                    top={item.start - headerHeight}
                    height={rowHeight}
                  />
                );
              })}
            </tbody>
          </table>
          {total === 0 && (
            <div className={css.empty} style={{ height: viewHeight }}>
              {empty ?? 'No rows.'}
            </div>
          )}
        </section>
        {pages.failed && <Failed onRetry={() => (pages.retry(), redraw())} />}
      </div>
      {section.count > 1 && (
        <DataTablePager
          section={section}
          total={total}
          onFirst={(first) => {
            setSectionStart(first);
            scroller.current?.scrollTo({ top: 0 });
            // An arrow that leads nowhere further is disabled and would drop the focus.
            scroller.current?.focus({ preventScroll: true });
          }}
        />
      )}
    </div>
  );
}

/** The window on `count` rows of one height, below a header that sticks, and the width they have. */
function useRowVirtualizer(count: number, rowHeight: number) {
  const scroller = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is compiled, and what the library returns is read afresh
  const virtualizer = useVirtualizer<HTMLElement, HTMLTableRowElement>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin: headerHeight,
    // The library draws anew only when other rows come into view; columns depend on the width.
    observeElementRect: (instance, onRect) =>
      observeElementRect(instance, (rect) => {
        setWidth(rect.width);
        onRect(rect);
      }),
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  return { scroller, virtualizer, width };
}

function trackOf<Row>({ width }: DataTableColumn<Row>): string {
  return typeof width === 'number' ? `${width}px` : width;
}

function Failed({ onRetry }: { onRetry: () => void }) {
  return (
    <div className={css.failed} role="alert">
      Some rows could not be read.
      <Button size="compact-sm" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

function scrollByKey(event: KeyboardEvent, scrollRows: (rows: number) => void, page: number): void {
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    ' ': event.shiftKey ? -page : page,
    // Far past any table: browsers stop at its ends.
    Home: -1e9,
    End: 1e9,
  };
  const rows = steps[event.key];
  // Keys meant for a control inside a cell, and the browser's own shortcuts, stay theirs.
  if (rows === undefined || event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey)
    return;
  event.preventDefault();
  scrollRows(rows);
}
