/** The map wired to the stores; a chunk of its own, fetched when it is first opened. */
import { useMemo } from 'react';
import { mapCsv } from '../features/map/mapCsv.ts';
import { predictedFlags } from '../features/map/mapData.ts';
import { MapScreen } from '../features/map/MapScreen.tsx';
import { saveBlob } from '../ui/saveBlob.ts';
import { summaryOf, useDataStore } from './dataStore.ts';
import { useEngineStore } from './engineStore.ts';
import { useMapStore } from './mapStore.ts';
import { goTo } from './places.ts';
import { tableKey } from './reviewStore.ts';

export default function MapPlace() {
  const summary = useDataStore((store) => summaryOf(store.state));
  const runs = useEngineStore((store) => store.runs);
  const { working, map, answers, made, table, error, draw, stop, dismissError } = useMapStore();
  const usable = summary !== null && summary.blocked === null ? summary : null;
  const mine = usable !== null && table === tableKey(usable);
  const embedding = useMemo(
    () => runs.filter((run) => run.kind === 'finetune' && run.weightBytes > 0 && run.status !== 'running'),
    [runs],
  );
  const thresholds = (runs.find(({ id }) => id === answers?.run.id) ?? answers?.run)?.thresholds;
  const tableLabels = map?.labelNames;
  // Not anew for each place that points are moved to while the map is laid out.
  const predicted = useMemo(
    () => (tableLabels && answers && thresholds ? predictedFlags(tableLabels, answers, thresholds) : null),
    [tableLabels, answers, thresholds],
  );
  const shown = useMemo(() => map && { ...map, predicted }, [map, predicted]);
  return (
    <MapScreen
      table={
        usable && {
          name: usable.source.name,
          rows: usable.trainableRows,
          labelNames: usable.labels.map(({ name }) => name),
        }
      }
      runs={embedding}
      working={working}
      map={mine ? shown : null}
      made={mine ? made : null}
      error={error}
      onDismissError={dismissError}
      onDraw={(id) => void draw(embedding.find((run) => run.id === id) ?? null)}
      onStop={stop}
      onSaveCsv={(data, points) =>
        saveBlob(new Blob([mapCsv(data, points)], { type: 'text/csv;charset=utf-8' }), 'Selected titles.csv')
      }
      onData={() => goTo('data')}
    />
  );
}
