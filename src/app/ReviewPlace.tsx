/** Review wired to the stores; a chunk of its own, fetched when it is first opened. */
import { useEffect, useMemo } from 'react';
import { ReviewScreen } from '../features/noise/ReviewScreen.tsx';
import type { DataSummary } from '../shared/dataset.ts';
import { saveBlob } from '../ui/saveBlob.ts';
import { summaryOf, useDataStore } from './dataStore.ts';
import { useEngineStore } from './engineStore.ts';
import { goTo } from './places.ts';
import { tableKey, useReviewStore } from './reviewStore.ts';
import { dataWorker } from './workers.ts';

/** Makes a change of labels, and shows what went wrong where the user is. */
async function change(make: () => Promise<DataSummary>): Promise<void> {
  try {
    const summary = await make();
    await useDataStore.getState().correct(async () => summary);
  } catch (thrown) {
    useReviewStore.getState().fail(thrown);
  }
}

async function save(make: () => Promise<Blob>, what: string, extension: string): Promise<void> {
  const name = summaryOf(useDataStore.getState().state)?.source.name ?? 'table';
  try {
    saveBlob(await make(), `${name.replace(/\.\w+$/, '')} ${what}.${extension}`);
  } catch (thrown) {
    useReviewStore.getState().fail(thrown);
  }
}

export default function ReviewPlace() {
  const summary = useDataStore((store) => summaryOf(store.state));
  const runs = useEngineStore((store) => store.runs);
  const review = useReviewStore();
  const { refreshLog } = review;
  useEffect(() => void refreshLog(summary), [refreshLog, summary]);
  const measured = useMemo(() => runs.filter((run) => run.kind === 'cross-validation' && run.test !== null), [runs]);
  const usable = summary !== null && summary.blocked === null ? summary : null;
  const table = useMemo(
    () =>
      usable && {
        name: usable.source.name,
        rows: usable.trainableRows,
        labelNames: usable.labels.map(({ name }) => name),
        corrections: usable.corrections,
      },
    [usable],
  );
  return (
    <ReviewScreen
      table={table}
      blocked={summary?.blocked?.message ?? null}
      runs={measured}
      checking={review.checking}
      done={usable && review.done?.table === tableKey(usable) ? review.done : null}
      error={review.error}
      onDismissError={review.dismissError}
      onFind={(id) => void review.find(measured.find((run) => run.id === id) ?? null)}
      onStop={review.stop}
      log={review.log}
      onCorrect={(row, labels, why) => void change(() => dataWorker.correct([{ row, labels }], why))}
      nearest={review.nearest}
      changes={{
        onUndo: () => void change(() => dataWorker.undoCorrection()),
        onRedo: () => void change(() => dataWorker.redoCorrection()),
        onSaveLog: () => void save(() => dataWorker.writeChangeLog(), 'change log', 'csv'),
        onSaveTable: (format) => void save(() => dataWorker.writeCorrectedTable(format), 'corrected', format),
        onReadLog: async (file) => {
          try {
            const reading = await dataWorker.readChangeLog(file);
            await change(async () => reading.summary);
            return reading;
          } catch (thrown) {
            review.fail(thrown);
            return null;
          }
        },
      }}
      onData={() => goTo('data')}
      onTrain={() => goTo('train')}
    />
  );
}
