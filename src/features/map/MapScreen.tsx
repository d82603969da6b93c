/** All titles of the table as points, alike ones near each other: which labels keep together, which mix, and what lies where. */
import { Alert, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { Search, Square } from 'lucide-react';
import { useMemo, useState } from 'react';
import { formatCount, formatCounted } from '../../ui/format.ts';
import { LabelMarkIcon } from '../../ui/LabelChip.tsx';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import { MapCanvas, type DragMode } from './MapCanvas.tsx';
import { colourLabels, flagsOf, labelsAt, neighbourhoods, type Colouring, type MapData } from './mapData.ts';
import css from './MapScreen.module.css';
import { NeighbourTable } from './NeighbourTable.tsx';
import { SelectedTitles } from './SelectedTitles.tsx';

export interface MapScreenProps {
  /** The open table; null: none, or one that cannot be trained on yet. */
  table: { name: string; rows: number; labelNames: string[] } | null;
  /** Fine-tuned runs whose embeddings can be taken. */
  runs: { id: string; name: string }[];
  /** What is being worked out. */
  working: { message: string; fraction: number | null } | null;
  map: MapData | null;
  /** What the map was made of, and of how many rows where not of all. */
  made: { from: string; rows: number; of: number } | null;
  error: { message: string; hint: string } | null;
  onDismissError: () => void;
  onDraw: (runId: string | null) => void;
  onStop: () => void;
  onSaveCsv: (data: MapData, points: number[]) => void;
  onData: () => void;
}

/** @see MapScreenProps */
export function MapScreen(props: MapScreenProps) {
  const { table, error, map } = props;
  return (
    <div className={css.screen}>
      <h1 className={css.heading}>Map</h1>
      {error && (
        <Alert
          color="red"
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss"
          onClose={props.onDismissError}
        >
          {error.hint}
        </Alert>
      )}
      {table === null ? (
        <section className={css.panel}>
          <h2>The map is drawn of an open table</h2>
          <p className={css.lead}>Every title becomes a point, alike titles lie near each other.</p>
          <Button onClick={props.onData}>Open a table</Button>
        </section>
      ) : (
        <>
          <Making {...props} table={table} />
          {map && <Drawn key={map.titles.length} map={map} labelNames={table.labelNames} onSaveCsv={props.onSaveCsv} />}
        </>
      )}
    </div>
  );
}

const words = 'words';

function Making({ runs, working, map, made, onDraw, onStop }: MapScreenProps & { table: object }) {
  const [source, setSource] = useState(runs[0]?.id ?? words);
  const chosen = runs.some(({ id }) => id === source) ? source : words;
  return (
    <section className={css.panel} aria-label="Making the map">
      <p className={css.lead}>
        Every title is a point, and titles that are alike lie near each other (UMAP). What is far apart is different;
        how far means little, and so do the directions.
      </p>
      <div className={css.controls}>
        <Select
          label="Alike by"
          className={css.source}
          data={[
            ...runs.map(({ id, name }) => ({ value: id, label: `what “${name}” has learnt` })),
            { value: words, label: 'words and pieces of words, no model' },
          ]}
          value={chosen}
          allowDeselect={false}
          disabled={working !== null}
          onChange={(value) => setSource(value ?? words)}
        />
        {working ? (
          <Button variant="default" leftSection={<Square size={14} aria-hidden="true" />} onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button onClick={() => onDraw(chosen === words ? null : chosen)}>
            {map ? 'Draw again' : 'Draw the map'}
          </Button>
        )}
      </div>
      <div className={css.status} aria-live="polite">
        {working && <WorkProgress {...working} label="Progress of the map" />}
        {made && !working && (
          <span>
            {formatCounted(made.rows, 'title')} by {made.from}.
            {made.rows < made.of && ` They are spread evenly over the ${formatCount(made.of)} of the table.`}
          </span>
        )}
      </div>
    </section>
  );
}

interface DrawnProps {
  map: MapData;
  labelNames: string[];
  onSaveCsv: MapScreenProps['onSaveCsv'];
}

function Drawn({ map, labelNames, onSaveCsv }: DrawnProps) {
  const [colouring, setColouring] = useState<Colouring>('actual');
  const [mode, setMode] = useState<DragMode>('lasso');
  const [label, setLabel] = useState<number | null>(null);
  const [selected, setSelected] = useState<number[]>([]);
  const [search, setSearch] = useState('');
  const labelCount = map.labelNames.length;
  const flags = flagsOf(map, colouring);
  const shown = useMemo(() => colourLabels(flags, labelCount), [flags, labelCount]);
  const bright = useMemo(
    () => brightPoints(map.titles.length, flags, labelCount, label, selected),
    [map.titles.length, flags, labelCount, label, selected],
  );
  const summary = useMemo(() => neighbourhoods(map.positions, flags, labelCount), [map.positions, flags, labelCount]);
  const namesOf = (of: Uint8Array, point: number): string =>
    labelsAt(of, point, labelCount)
      .map((at) => map.labelNames[at])
      .join(', ') || 'no label';
  const describe = (point: number) => ({
    title: map.titles[point],
    labels:
      map.predicted === null
        ? namesOf(map.labels, point)
        : `${namesOf(map.labels, point)}; predicted ${namesOf(map.predicted, point)}`,
  });
  const find = (text: string): void => {
    const sought = text.trim().toLowerCase();
    if (sought === '') return;
    setSelected(Array.from(map.titles.keys()).filter((point) => map.titles[point].toLowerCase().includes(sought)));
  };
  return (
    <>
      <section className={css.panel} aria-label="Picture">
        <div className={css.controls}>
          {map.predicted && (
            <SegmentedControl
              aria-label="Coloured by"
              value={colouring}
              data={[
                { value: 'actual', label: 'Labels in the table' },
                { value: 'predicted', label: 'Predicted labels' },
              ]}
              onChange={(value) => setColouring(value === 'predicted' ? 'predicted' : 'actual')}
            />
          )}
          <SegmentedControl
            aria-label="Dragging"
            value={mode}
            data={[
              { value: 'lasso', label: 'Drag to select' },
              { value: 'move', label: 'Drag to move' },
            ]}
            onChange={(value) => setMode(value === 'move' ? 'move' : 'lasso')}
          />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              find(search);
            }}
          >
            <TextInput
              aria-label="Find titles on the map"
              placeholder="Find titles, Enter"
              leftSection={<Search size={16} aria-hidden="true" />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          </form>
        </div>
        <fieldset className={css.legend}>
          <legend className={css.legendTitle}>Show one label alone</legend>
          {map.labelNames.map((name, at) => (
            <button
              key={name}
              type="button"
              aria-pressed={label === at}
              className={css.legendEntry}
              onClick={() => {
                setLabel(label === at ? null : at);
                setSelected([]);
              }}
            >
              <LabelMarkIcon index={at} /> {name} <small className="tabular">{formatCount(summary[at].points)}</small>
            </button>
          ))}
        </fieldset>
        <MapCanvas
          positions={map.positions}
          shown={shown}
          labelCount={labelCount}
          bright={bright}
          mode={mode}
          describe={describe}
          onSelect={(points) => {
            setLabel(null);
            setSelected(points);
          }}
          caption={`Map of ${formatCounted(map.titles.length, 'title')}. Arrow keys move a ring, plus and minus size it, Enter lists the titles in it.`}
        />
        <p className={css.hint}>
          Keyboard: arrows move a ring over the map, + and − size it, Enter lists what lies in it. Ctrl and the wheel
          zoom. A title with several labels has the colour of its rarest.
        </p>
      </section>
      <SelectedTitles
        map={map}
        points={selected.length > 0 || label === null ? selected : pointsOf(flags, labelCount, label)}
        tableNames={labelNames}
        onClear={() => {
          setSelected([]);
          setLabel(null);
        }}
        onSaveCsv={onSaveCsv}
      />
      <NeighbourTable labelNames={map.labelNames} neighbourhoods={summary} predicted={colouring === 'predicted'} />
    </>
  );
}

function pointsOf(flags: Uint8Array, labelCount: number, label: number): number[] {
  const points: number[] = [];
  for (let point = 0; point * labelCount < flags.length; point++) {
    if (flags[point * labelCount + label] === 1) points.push(point);
  }
  return points;
}

/** 1 for points in full colour; null: all of them. */
function brightPoints(
  count: number,
  flags: Uint8Array,
  labelCount: number,
  label: number | null,
  selected: readonly number[],
): Uint8Array | null {
  if (label === null && selected.length === 0) return null;
  const bright = new Uint8Array(count);
  for (const point of label === null ? selected : pointsOf(flags, labelCount, label)) bright[point] = 1;
  return bright;
}
