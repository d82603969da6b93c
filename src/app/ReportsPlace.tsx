/** Tables, report and bundle wired to the stores; a chunk of its own. */
import { useMemo } from 'react';
import { ReportsScreen } from '../features/export/ReportsScreen.tsx';
import type { RunRecord } from '../shared/training.ts';
import { requireTable, settingsOfRun } from './again.ts';
import { summaryOf, useDataStore } from './dataStore.ts';
import { useEngineStore } from './engineStore.ts';
import { useSelectedRun } from './selectedRun.ts';
import { engineWorker } from './workers.ts';

export default function ReportsPlace() {
  const runs = useEngineStore((store) => store.runs);
  const { selectedId, select } = useSelectedRun();
  const measured = useMemo(() => runs.filter((run) => run.test !== null && run.status !== 'running'), [runs]);
  return (
    <ReportsScreen
      runs={measured}
      selectedId={selectedId}
      onSelect={select}
      exportTable={(id, table, format) => engineWorker.exportDocument(id, { kind: 'table', table, format })}
      exportReport={(run) => engineWorker.exportDocument(run.id, { kind: 'report', findings: findingsOf(run) })}
      exportBundle={bundle}
    />
  );
}

/** Of the open table, when it has the name and the rows of the run; else null. */
function findingsOf({ data }: RunRecord) {
  const summary = summaryOf(useDataStore.getState().state);
  if (summary?.source.name !== data.name || summary.trainableRows !== data.rows) return null;
  return summary.findings.map(({ severity, title, detail }) => ({ severity, title, detail }));
}

async function bundle(run: RunRecord): Promise<Blob> {
  const { state, dataset } = useDataStore.getState();
  requireTable(run, summaryOf(state));
  return engineWorker.exportDocument(run.id, { kind: 'bundle', dataset: await dataset(settingsOfRun(run)) });
}
