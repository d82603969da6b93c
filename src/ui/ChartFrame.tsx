import { UnstyledButton } from '@mantine/core';
import { useId, useState, type ReactNode } from 'react';
import css from './ChartFrame.module.css';
import { formatCount } from './format.ts';

export interface ChartTable {
  columns: readonly string[];
  /** The first cell heads its row. */
  rows: readonly (readonly (string | number)[])[];
  /** How many columns, from the first, hold names rather than figures. */
  nameColumns?: number;
}

export interface ChartFrameProps {
  title: string;
  /** The same figures as a table. */
  table: ChartTable;
  children: ReactNode;
  /** A sentence below the chart. */
  note?: ReactNode;
  /** Reserved height of the chart, px. */
  minHeight?: number;
}

/** A titled chart with a switch to its figures as a table of the same height. */
export function ChartFrame({ title, table, children, note, minHeight = 120 }: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <figure className={css.frame} aria-labelledby={id}>
      <div className={css.head}>
        <h3 id={id} className={css.title}>
          {title}
        </h3>
        <UnstyledButton
          className={css.toggle}
          onClick={() => setAsTable(!asTable)}
          aria-label={asTable ? `${title}: show as chart` : `${title}: show as table`}
        >
          {asTable ? 'Show as chart' : 'Show as table'}
        </UnstyledButton>
      </div>
      <div className={css.stage} style={{ minHeight }}>
        <div className={asTable ? css.away : undefined}>{children}</div>
        {asTable && <FigureTable title={title} table={table} />}
      </div>
      {note !== undefined && <figcaption className={css.note}>{note}</figcaption>}
    </figure>
  );
}

function FigureTable({ title, table }: { title: string; table: ChartTable }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so it must be reachable by keyboard
    <section className={css.table} tabIndex={0} aria-label={title}>
      <table aria-label={title}>
        <thead>
          <tr>
            {table.columns.map((column, i) => (
              <th key={column} scope="col" className={isFigure(table, i) ? css.figure : undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from(table.rows.entries(), ([position, [head, ...cells]]) => (
            // Points of a curve may read alike in so few digits.
            <tr key={position}>
              <th scope="row">{head}</th>
              {cells.map((cell, i) => (
                <td key={table.columns[i + 1]} className={isFigure(table, i + 1) ? css.figure : undefined}>
                  {typeof cell === 'number' ? formatCount(cell) : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function isFigure({ nameColumns = 1 }: ChartTable, column: number): boolean {
  return column >= nameColumns;
}
