import { memo, type ReactNode } from 'react';
import css from './DataTable.module.css';

export interface DataTableColumn<Row> {
  id: string;
  header: ReactNode;
  /** px, or a CSS grid track such as "2fr". */
  width: number | string;
  align?: 'start' | 'end';
  /** Left out while the table is narrower than this, px. */
  hideBelow?: number;
  /** Called only for rows in view, and again only when the row or `columns` changes. */
  render(row: Row, index: number): ReactNode;
}

export interface DataTableRowProps<Row> {
  /** Undefined while it is fetched: a skeleton stands in its place. */
  row: Row | undefined;
  index: number;
  columns: readonly DataTableColumn<Row>[];
  gridTemplateColumns: string;
  /** px from the top of the table's body. */
  top: number;
  height: number;
}

export function cellClass(align: DataTableColumn<unknown>['align']): string {
  return align === 'end' ? `${css.cell} ${css.end}` : css.cell;
}

/** One row of a DataTable; scrolling draws only the rows that come in. */
export const DataTableRow = memo(function TableRow<Row>(props: DataTableRowProps<Row>) {
  const { row, index, columns, gridTemplateColumns, top, height } = props;
  return (
    <tr aria-rowindex={index + 2} className={css.row} style={{ gridTemplateColumns, top, height }}>
      {columns.map((column, i) => (
        <td key={column.id} className={cellClass(column.align)}>
          {row === undefined ? (
            // Widths differ from row to row, as text does, and stay the same for one row.
            <span className={css.skeleton} style={{ width: `${45 + ((index * 37 + i * 53) % 50)}%` }} />
          ) : (
            column.render(row, index)
          )}
        </td>
      ))}
    </tr>
  );
});
