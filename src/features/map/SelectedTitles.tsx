import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { DataTable } from '../../ui/DataTable.tsx';
import type { DataTableColumn } from '../../ui/DataTableRow.tsx';
import { formatCounted } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { labelsAt, type MapData } from './mapData.ts';
import css from './MapScreen.module.css';

export interface SelectedTitlesProps {
  map: MapData;
  points: number[];
  /** Labels of the table: colours go by them. */
  tableNames: string[];
  onClear: () => void;
  onSaveCsv: (map: MapData, points: number[]) => void;
}

/** The titles that were selected on the map, as a list and as a file. */
export function SelectedTitles({ map, points, tableNames, onClear, onSaveCsv }: SelectedTitlesProps) {
  const columns = useMemo(() => columnsOf(map, tableNames), [map, tableNames]);
  return (
    <section className={css.panel} aria-labelledby="selected-titles">
      <h2 id="selected-titles">Selected titles</h2>
      <div className={css.selectedBar}>
        <output className="tabular">
          {points.length === 0
            ? 'Draw a line around points, choose a label or find titles, and they are listed here.'
            : formatCounted(points.length, 'title')}
        </output>
        <Button size="compact-sm" variant="default" disabled={points.length === 0} onClick={onClear}>
          Clear
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={points.length === 0}
          onClick={() => onSaveCsv(map, points)}
        >
          Save as CSV
        </Button>
      </div>
      {points.length > 0 && (
        <DataTable
          total={points.length}
          columns={columns}
          fetchRows={(offset, limit) => points.slice(offset, offset + limit)}
          queryKey={`${points.length} ${points[0]} ${points.at(-1)}`}
          getKey={(point) => point}
          caption="Selected titles"
          height={360}
          minWidth={520}
        />
      )}
    </section>
  );
}

function columnsOf(map: MapData, tableNames: string[]): DataTableColumn<number>[] {
  const chips = (flags: Uint8Array, point: number) => {
    const names = labelsAt(flags, point, map.labelNames.length).map((label) => map.labelNames[label]);
    return (
      <span className={css.chips}>
        {names.map((name) => (
          <LabelChip key={name} name={name} index={tableNames.indexOf(name)} quiet />
        ))}
      </span>
    );
  };
  const { predicted } = map;
  return [
    { id: 'row', header: 'Row', width: 72, align: 'end', render: (point) => map.rows[point] },
    { id: 'title', header: 'Title', width: 'minmax(0, 2fr)', render: (point) => map.titles[point] },
    { id: 'labels', header: 'Labels', width: 'minmax(0, 1.5fr)', render: (point) => chips(map.labels, point) },
    ...(predicted
      ? [
          {
            id: 'predicted',
            header: 'Predicted',
            width: 'minmax(0, 1.5fr)',
            render: (point: number) => chips(predicted, point),
          },
        ]
      : []),
  ];
}
