import { ActionIcon, Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Pencil, Search } from 'lucide-react';
import { useState } from 'react';
import type { DataSummary, Finding, RowQuery, RowView } from '../../shared/dataset.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { DataTableColumn } from '../../ui/DataTableRow.tsx';
import { EditLabels } from '../../ui/EditLabels.tsx';
import { formatCount, formatCounted } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import css from './RowsTable.module.css';
import type { RowResult } from './useRowQuery.ts';
import { isBlank } from '../../shared/strings.ts';

export interface RowsTableProps {
  summary: DataSummary;
  rows: RowResult;
  query: RowQuery;
  /** What is typed, ahead of `query.search`. */
  search: string;
  onSearch: (search: string) => void;
  onLabel: (label: string | null) => void;
  onShowAll: () => void;
  hovered: string | null;
  onHover: (label: string | null) => void;
  /** Gives a row other labels; null where they cannot be changed now. */
  onEdit: ((row: number, labels: string[]) => void) | null;
}

/** Every row of the table, with the search box, the label filter, and what is filtered for said in words. */
export function RowsTable(props: RowsTableProps) {
  const { summary, rows, query, search, onSearch, onLabel, onShowAll } = props;
  const [edited, setEdited] = useState<RowView | null>(null);
  const cells = { ...props, onOpen: props.onEdit && setEdited };
  const narrow = useMediaQuery('(max-width: 760px)', undefined, { getInitialValueInEffect: false });
  const finding = summary.findings.find(({ id }) => id === query.finding);
  const filtered = finding !== undefined || query.label !== undefined || (query.search ?? '') !== '';
  return (
    <section aria-label="Rows" className={css.section}>
      <div className={css.toolbar}>
        <TextInput
          aria-label="Search titles"
          placeholder="Search titles"
          leftSection={<Search size={16} aria-hidden="true" />}
          rightSection={search && <CloseButton size="sm" aria-label="Clear the search" onClick={() => onSearch('')} />}
          value={search}
          onChange={(event) => onSearch(event.currentTarget.value)}
        />
        <Select
          aria-label="Filter by label"
          placeholder="All labels"
          data={summary.labels.map((label) => label.name)}
          value={query.label ?? null}
          onChange={onLabel}
          clearable
          clearButtonProps={{ 'aria-label': 'All labels' }}
          searchable={summary.labels.length > 12}
        />
      </div>
      <div className={css.status}>
        <span className={`${css.statusText} tabular`} aria-live="polite">
          {filtered
            ? `${formatCount(rows.total)} of ${formatCounted(summary.rowCount, 'row')}`
            : formatCounted(summary.rowCount, 'row')}
          {filtered && <strong> · {filterWords(finding, query)}</strong>}
        </span>
        <Button
          variant="light"
          size="compact-sm"
          style={{ visibility: filtered ? 'visible' : 'hidden' }}
          onClick={onShowAll}
        >
          Show all rows
        </Button>
      </div>
      <div className={rows.stale ? css.stale : css.fresh}>
        <DataTable
          total={rows.total}
          // Notes get a line of their own when they are what is looked for.
          rowHeight={36 + (narrow ? 24 : 0) + (finding ? 22 : 0)}
          columns={narrow ? narrowColumns(cells, finding !== undefined) : wideColumns(cells, finding !== undefined)}
          fetchRows={rows.fetch}
          queryKey={rows.key}
          revision={rows.revision}
          getKey={(row) => row.row}
          caption="Rows of the table"
          height="clamp(420px, 100dvh - 312px, 900px)"
          empty={
            <>
              No row matches.
              <Button variant="default" size="xs" onClick={onShowAll}>
                Show all rows
              </Button>
            </>
          }
        />
      </div>
      <EditLabels
        row={edited}
        labelNames={summary.labels.map(({ name }) => name)}
        most={summary.corrections.mostLabels}
        separator={summary.corrections.separator}
        onClose={() => setEdited(null)}
        onSave={(labels) => {
          if (edited) props.onEdit?.(edited.row, labels);
          setEdited(null);
        }}
      />
    </section>
  );
}

function filterWords(finding: Finding | undefined, query: RowQuery): string {
  const words = [
    finding?.title,
    query.label === undefined ? undefined : `labelled ${query.label}`,
    query.search ? `“${query.search}” in the title` : undefined,
  ];
  return words.filter((word) => word !== undefined).join(', ');
}

type CellContext = Pick<RowsTableProps, 'summary' | 'query' | 'hovered' | 'onHover'> & {
  /** Opens the dialogue; null where labels cannot be changed now. */
  onOpen: ((row: RowView) => void) | null;
};

/** Room for the largest row number, px. */
function numberWidth({ rowCount }: DataSummary): number {
  return 12 + 9 * Math.max(3, String(rowCount + 1).length);
}

function wideColumns(context: CellContext, notesApart: boolean): DataTableColumn<RowView>[] {
  return [
    {
      id: 'row',
      header: 'Row',
      width: numberWidth(context.summary),
      align: 'end',
      render: ({ row }) => <span className={css.number}>{row}</span>,
    },
    {
      id: 'title',
      header: 'Title and notes',
      width: 'minmax(0, 1.4fr)',
      render: ({ title, notes }) => (
        <span className={notesApart ? css.stacked : css.noted}>
          <TitleText title={title} search={context.query.search} />
          <Notes notes={notes} />
        </span>
      ),
    },
    {
      id: 'labels',
      header: 'Labels',
      // Two labels, a long one among them, and the pencil beside them.
      width: 'minmax(min(350px, 50%), 1fr)',
      render: (row) => (
        <span className={css.editable}>
          <Labels labels={row.labels} {...context} />
          <EditButton row={row} {...context} />
        </span>
      ),
    },
  ];
}

function narrowColumns(context: CellContext, notesApart: boolean): DataTableColumn<RowView>[] {
  return [
    {
      id: 'title',
      header: 'Row, title, labels and notes',
      width: 'minmax(0, 1fr)',
      render: (row) => (
        <div className={css.editable}>
          <div className={css.stacked}>
            <div className={css.numbered}>
              <span className={`${css.number} tabular`}>{row.row}</span>
              <TitleText title={row.title} search={context.query.search} />
            </div>
            <div className={css.stackedRest}>
              <Labels labels={row.labels} {...context} />
              {!notesApart && <Notes notes={row.notes} />}
            </div>
            {notesApart && <Notes notes={row.notes} />}
          </div>
          <EditButton row={row} {...context} />
        </div>
      ),
    },
  ];
}

// A cell of 100,000 characters would cost more to lay out than all other rows in view.
const longestShown = 300;

function TitleText({ title, search }: { title: string; search: string | undefined }) {
  if (isBlank(title)) return <span className={css.quiet}>(empty)</span>;
  const shown = title.length > longestShown ? `${title.slice(0, longestShown)}…` : title;
  const at = search ? shown.toLowerCase().indexOf(search.toLowerCase()) : -1;
  return (
    <span className={css.title} title={shown}>
      {at < 0 || !search ? (
        shown
      ) : (
        <>
          {shown.slice(0, at)}
          <mark className={css.mark}>{shown.slice(at, at + search.length)}</mark>
          {shown.slice(at + search.length)}
        </>
      )}
    </span>
  );
}

function Labels({ labels, summary, hovered, onHover }: { labels: readonly string[] } & CellContext) {
  return (
    <span className={css.labels} title={labels.length > 1 ? labels.join(', ') : undefined}>
      {labels.map((name) => (
        <span
          key={name}
          className={hovered === name ? css.labelHot : css.label}
          onPointerEnter={() => onHover(name)}
          onPointerLeave={() => onHover(null)}
        >
          <LabelChip name={name} index={indexOf(summary, name)} quiet />
        </span>
      ))}
    </span>
  );
}

function EditButton({ row, onOpen }: { row: RowView } & Pick<CellContext, 'onOpen'>) {
  if (onOpen === null) return null;
  return (
    <ActionIcon
      // Rows are drawn as they come into view: by Tab one would never leave the table. Review edits by keys.
      tabIndex={-1}
      className={css.edit}
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={`Edit the labels of row ${row.row}`}
      onClick={() => onOpen(row)}
    >
      <Pencil size={14} aria-hidden="true" />
    </ActionIcon>
  );
}

/** A label's place in the list, for its colour; one that is not in it (yet) gets the place after the last. */
function indexOf({ labels }: DataSummary, name: string): number {
  const index = labels.findIndex((label) => label.name === name);
  return index < 0 ? labels.length : index;
}

function Notes({ notes }: { notes: readonly string[] }) {
  const text = notes.join(', ');
  return (
    <span className={css.quiet} title={text || undefined}>
      {text}
    </span>
  );
}
