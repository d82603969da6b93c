/**
 * A table of any number of rows of one height. Only the rows in view exist; they are fetched in windows, at once (an array) or later
 * (a worker). Hand-written rather than on @tanstack/react-virtual: equal heights need no list of measurements, and Excel's 1,048,576
 * rows are taller than browsers let an element be, so scrolling has to be compressed.
 */
import { Button } from '@mantine/core';
import {
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { flushSync } from 'react-dom';
import css from './DataTable.module.css';
import { RowPages, type FetchRows } from './rowPages.ts';
import { rowWindow } from './rowWindow.ts';

export interface DataTableColumn<Row> {
  id: string;
  header: ReactNode;
  /** px, or a CSS grid track such as "2fr". */
  width: number | string;
  align?: 'start' | 'end';
  /** Left out while the table is narrower than this, px. */
  hideBelow?: number;
  /** Called only for rows in view. */
  render(row: Row, index: number): ReactNode;
}

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

/** A fixed-height, virtualised, read-only table; the scroll position is kept while rows of the same `queryKey` come in. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  // A new query is a new table: rows, scroll position and failures of the old one go with it.
  return <Table key={props.queryKey} {...props} />;
}

function Table<Row>({
  total,
  rowHeight = 36,
  columns,
  fetchRows,
  getKey,
  caption,
  height,
  minWidth,
  empty,
}: DataTableProps<Row>) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [pages] = useState(() => new RowPages(fetchRows, redraw));
  const scroller = useRef<HTMLElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const view = useSize(scroller);

  const shown = columns.filter((column) => !column.hideBelow || view.width >= column.hideBelow);
  const gridTemplateColumns = shown.map(({ width }) => (typeof width === 'number' ? `${width}px` : width)).join(' ');
  const viewHeight = Math.max(0, view.height - headerHeight);
  const visible = rowWindow({ total, rowHeight, viewHeight }, scrollTop);

  useLayoutEffect(() => {
    if (pages.want(visible.first, visible.end, total)) redraw();
  }, [pages, visible.first, visible.end, total]);

  const scrollRows = (rows: number) => scroller.current?.scrollBy({ top: (rows * rowHeight) / visible.ratio });
  const indexes = Array.from({ length: visible.end - visible.first }, (_, i) => visible.first + i);
  const busy = !pages.failed && indexes.some((index) => pages.at(index) === undefined);

  return (
    <div className={css.frame}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys scroll, which is what a scrolled region is for */}
      <section
        ref={scroller}
        className={css.scroller}
        style={{ height }}
        aria-label={caption}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled region must be reachable by keyboard
        tabIndex={0}
        // Drawn in the frame of the scroll event, or the compositor shows blank rows first.
        onScroll={(event) => {
          const top = event.currentTarget.scrollTop;
          flushSync(() => setScrollTop(top));
        }}
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
                <th key={column.id} scope="col" className={cellClass(column)}>
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className={css.body} style={{ height: visible.bodyHeight }}>
            {indexes.map((index, i) => {
              const row = pages.at(index);
              const style = { gridTemplateColumns, height: rowHeight, top: visible.top + i * rowHeight };
              if (row === undefined)
                return <SkeletonRow key={`s${index}`} index={index} columns={shown} style={style} />;
              return (
                <tr key={getKey?.(row, index) ?? index} aria-rowindex={index + 2} className={css.row} style={style}>
                  {shown.map((column) => (
                    <td key={column.id} className={cellClass(column)}>
                      {column.render(row, index)}
                    </td>
                  ))}
                </tr>
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
  );
}

function cellClass<Row>(column: DataTableColumn<Row>): string {
  return column.align === 'end' ? `${css.cell} ${css.end}` : css.cell;
}

function SkeletonRow<Row>(props: { index: number; columns: readonly DataTableColumn<Row>[]; style: CSSProperties }) {
  return (
    <tr aria-rowindex={props.index + 2} className={css.row} style={props.style}>
      {props.columns.map((column, i) => (
        <td key={column.id} className={cellClass(column)}>
          {/* Widths differ from row to row, as text does, and stay the same for one row. */}
          <span className={css.skeleton} style={{ width: `${45 + ((props.index * 37 + i * 53) % 50)}%` }} />
        </td>
      ))}
    </tr>
  );
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

/** Inner size of an element, px; measured before the first paint. */
function useSize(element: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const measure = () => setSize({ width: target.clientWidth, height: target.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
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
