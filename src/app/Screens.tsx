/** Each place wired to the stores: screens get everything by props and know no store. */
import { Alert, Box } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { DataScreen } from '../features/data/DataScreen.tsx';
import type { CorrectionActions } from '../features/data/dataState.ts';
import { ExportScreen } from '../features/export/ExportScreen.tsx';
import { PredictScreen } from '../features/predict/PredictScreen.tsx';
import { ResultsScreen } from '../features/results/ResultsScreen.tsx';
import type { HubFieldProps } from '../features/train/HubField.tsx';
import { TrainScreen } from '../features/train/TrainScreen.tsx';
import { mostTokensCounted, type DataSettings, type DataSummary } from '../shared/dataset.ts';
import type { OnnxFile } from '../shared/onnxFiles.ts';
import type { FinetunedRun, RunRecord } from '../shared/training.ts';
import { engineWorker, dataWorker, titleReaders } from './workers.ts';
import { keptWeights } from '../ui/keptWeights.ts';
import { saveBlob } from '../ui/saveBlob.ts';
import { summaryOf, useDataStore } from './dataStore.ts';
import { useEngineStore } from './engineStore.ts';
import { estimateOf } from './liveRun.ts';
import { requireTable, settingsOfRun } from './again.ts';
import { chosenRecipe, dataChange } from './recipeChoice.ts';
import { useHubStore } from './hubStore.ts';
import { goTo, placeOf, type Place } from './places.ts';
import { usePredictStore } from './predictStore.ts';
import { openModelFiles } from './dropped.ts';
import { useSearch } from './searchStore.ts';
import { useSelectedRun } from './selectedRun.ts';

const PushPlace = lazy(() => import('./PushPlace.tsx'));
const LevelAreaPlace = lazy(() => import('./LevelAreaPlace.tsx'));
const MapPlace = lazy(() => import('./MapPlace.tsx'));
const MatchPlace = lazy(() => import('./MatchPlace.tsx'));
const ReportsPlace = lazy(() => import('./ReportsPlace.tsx'));
const ReviewPlace = lazy(() => import('./ReviewPlace.tsx'));

export function Screens({ place }: { place: Place }) {
  switch (place) {
    case 'data':
      return <DataPlace />;
    case 'train':
      return <TrainPlace />;
    case 'results':
      return <ResultsPlace />;
    case 'predict':
      return <PredictPlace />;
    case 'export':
      return (
        <>
          <ExportPlace />
          <Suspense fallback={null}>
            <ReportsPlace />
          </Suspense>
        </>
      );
    case 'match':
      return (
        <Suspense fallback={null}>
          <MatchPlace />
        </Suspense>
      );
    case 'level-area':
      return (
        <Suspense fallback={null}>
          <LevelAreaPlace />
        </Suspense>
      );
    case 'map':
      return (
        <Suspense fallback={null}>
          <MapPlace />
        </Suspense>
      );
    case 'review':
      return (
        <Suspense fallback={null}>
          <ReviewPlace />
        </Suspense>
      );
  }
}

function DataPlace() {
  const store = useDataStore();
  const locked = useEngineStore((engine) => engine.live !== null);
  return (
    <DataScreen
      state={store.state}
      error={store.error}
      onDismissError={store.dismissError}
      onOpenFile={store.openFile}
      onOpenModel={openModelFiles}
      onReopen={store.reopen}
      onOpenText={store.openText}
      onOpenSample={store.openSample}
      onConfigure={store.configure}
      configuring={store.configuring}
      fetchRows={store.fetchRows}
      onContinue={() => goTo('train')}
      locked={locked}
      corrections={correctionActions}
    />
  );
}

const correctionActions: CorrectionActions = {
  onEdit: (row, labels) => void correctTable(() => dataWorker.correct([{ row, labels }], 'by hand')),
  onUndo: () => void correctTable(() => dataWorker.undoCorrection()),
  onRedo: () => void correctTable(() => dataWorker.redoCorrection()),
  onReview: (start) => {
    goTo('review');
    if (start) void import('./reviewStore.ts').then(({ useReviewStore }) => useReviewStore.getState().find(null));
  },
};

function correctTable(change: () => Promise<DataSummary>): Promise<boolean> {
  return useDataStore.getState().correct(change);
}

function meanOfHistogram(counts: readonly number[]): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return rows === 0 ? 0 : counts.reduce((sum, count, tokens) => sum + count * tokens, 0) / rows;
}

/** Rows and labels once a recipe has given rows without labels one, where it does. */
function trainedOn({ trainableRows, labels, findings, settings }: DataSummary, change: Partial<DataSettings>) {
  const [before, after] = [settings.unlabelled, change.unlabelled ?? settings.unlabelled];
  const unlabelled = findings.find(({ id }) => id === 'unlabelled')?.rows ?? 0;
  if (before.kind === 'label' || after.kind !== 'label' || unlabelled === 0) return { rows: trainableRows, labels };
  return { rows: trainableRows + unlabelled, labels: [...labels, { name: after.name, rows: unlabelled }] };
}

function TrainPlace() {
  const summary = useDataStore((store) => summaryOf(store.state));
  const engine = useEngineStore();
  const info = chosenRecipe(engine);
  const dataset = useMemo(
    () =>
      summary && {
        name: summary.source.name,
        ...trainedOn(summary, dataChange(info, engine.prepare, summary.settings)),
        meanTokens: meanOfHistogram(summary.tokenLengths),
        cutTokens: (summary.tokenLengths[mostTokensCounted] ?? 0) > 0,
      },
    [summary, info, engine.prepare],
  );
  const hub = useHub();
  const search = useSearch();
  const measurementKey = useMeasurementKey();
  useMeasurement(measurementKey);
  return (
    <TrainScreen
      dataset={dataset}
      blocked={summary?.blocked?.message ?? null}
      device={engine.device}
      encoders={engine.encoders}
      config={engine.config}
      onConfigChange={engine.setConfig}
      onReset={engine.resetConfig}
      recipe={{
        recipes: engine.recipes,
        chosen: engine.recipe,
        onChoose: engine.setRecipe,
        classical: engine.classical,
        foldPlan: engine.foldPlan,
        prepare: engine.prepare,
        onChange: engine.setChoice,
      }}
      search={search}
      runName={engine.runName}
      onRunName={engine.setRunName}
      estimate={estimateOf(
        engine.measured?.key === measurementKey ? engine.measured.estimate : null,
        summary?.trainableRows ?? 0,
        engine.config,
        engine.foldPlan,
      )}
      onTrain={train}
      live={engine.live}
      onPause={engine.pause}
      onResume={engine.resume}
      onStop={engine.stop}
      runs={engine.runs}
      onOpenRun={(id) => {
        useSelectedRun.getState().select(id);
        goTo('results');
      }}
      onRename={engine.renameRun}
      onDelete={(id) => {
        usePredictStore.getState().forget(id);
        return engine.deleteRun(id);
      }}
      onUndoDelete={engine.undoDelete}
      onAgain={runAgain}
      onSaveDocument={saveDocument}
      onOpenDocument={openModelFiles}
      lastDeleted={engine.lastDeleted}
      compareIds={engine.compareIds}
      onCompare={engine.setCompare}
      onDropEncoder={openModelFiles}
      hub={hub}
      error={engine.error}
      onDismissError={engine.dismissError}
    />
  );
}

function useHub(): HubFieldProps {
  const { models, fetching, error, fetch, stop, remove, refresh, dismissError } = useHubStore();
  useEffect(() => void refresh(), [refresh]);
  return {
    models,
    fetching,
    error,
    onFetch: fetch,
    onStop: stop,
    onRemove: remove,
    onDismissError: dismissError,
  };
}

/** Trains the chosen recipe on the open table. */
async function train(): Promise<void> {
  // Runs that are kept should outlast a full disk; the browser may decline, and then they are merely the first to go.
  void navigator.storage?.persist?.().catch(() => false);
  const engine = useEngineStore.getState();
  const { state, dataset } = useDataStore.getState();
  const settings = summaryOf(state)?.settings;
  const recipe = chosenRecipe(engine);
  await tellEnd(await engine.train(() => dataset(settings ? dataChange(recipe, engine.prepare, settings) : {})));
}

/** Trains with a kept run's settings, on the open table prepared as that run's was. */
async function runAgain(id: string): Promise<void> {
  const engine = useEngineStore.getState();
  const run = engine.runs.find((kept) => kept.id === id);
  if (!run) return;
  const { state, dataset } = useDataStore.getState();
  const end = await engine.again(run, async () => {
    requireTable(run, summaryOf(state));
    return dataset(settingsOfRun(run));
  });
  await tellEnd(end);
}

async function saveDocument(id: string): Promise<void> {
  const { runs, fail } = useEngineStore.getState();
  try {
    const name = runs.find((run) => run.id === id)?.name ?? 'Run';
    saveBlob(
      await engineWorker.exportDocument(id, 'document'),
      `${name.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')}.run.json`,
    );
  } catch (thrown) {
    fail(thrown);
  }
}

/** When a training is done the results are one click away and the model is ready to predict. */
async function tellEnd(done: Awaited<ReturnType<ReturnType<typeof useEngineStore.getState>['train']>>): Promise<void> {
  if (!done) return;
  const { run, notices } = done;
  useSelectedRun.getState().select(run.id);
  if (run.weightBytes > 0) await usePredictStore.getState().select(run.id);
  // The train screen says so itself.
  if (placeOf(location.hash) !== 'train') {
    notifications.show({
      title: `${run.name} ${endedText(run)}`,
      message: run.test ? `Micro-F1 on the test rows: ${run.test.report.microF1.value.toFixed(3)}. See Results.` : '',
      color: 'green',
    });
  }
  // The live panel that showed them is gone; "could not be kept" must not go with it.
  for (const message of notices) notifications.show({ title: run.name, message, color: 'yellow', autoClose: 20_000 });
}

function endedText(run: RunRecord): string {
  if (run.kind === 'cross-validation')
    return run.status === 'stopped' ? 'was stopped; its folds are kept' : 'is measured';
  if (run.status !== 'stopped') return 'is trained';
  return run.kind === 'finetune' ? `was stopped; kept are ${keptWeights(run)}` : 'was stopped';
}

const sampledPlaces = 25;
const rowsOfPlace = 20;

/** Titles from all over the table: it may be sorted, and long titles cost more. */
async function sampleTitles(rowCount: number): Promise<string[]> {
  const { fetchRows } = useDataStore.getState();
  const gap = Math.max(rowsOfPlace, Math.floor(rowCount / sampledPlaces));
  const offsets = Array.from({ length: sampledPlaces }, (_, i) => i * gap).filter((offset) => offset < rowCount);
  const pages = await Promise.all(offsets.map((offset) => fetchRows({}, offset, rowsOfPlace)));
  return pages.flatMap((page) => page.rows.map((row) => row.title));
}

/** What the estimate was measured for: another device, encoder, batch or table needs another measurement. */
function useMeasurementKey(): string {
  const summary = useDataStore((store) => summaryOf(store.state));
  const { device, config } = useEngineStore();
  const { encoder, batchSize, maxTokens } = config;
  const table = summary ? [summary.source.name, summary.source.bytes, summary.trainableRows] : [];
  return [device?.backend, encoder.kind, encoder.id, batchSize, maxTokens, ...table].join(' ');
}

/** Times this device on the open table when nothing else runs, for the estimate beside the Train button. */
function useMeasurement(key: string): void {
  const summary = useDataStore((store) => summaryOf(store.state));
  const { device, live, measured } = useEngineStore();
  const rowCount = summary && !summary.blocked ? summary.rowCount : 0;
  const wanted = rowCount > 0 && device !== null && live === null && measured?.key !== key;
  useEffect(() => {
    if (!wanted) return;
    const { measure, fail } = useEngineStore.getState();
    // Typing a batch size should not start a measurement for every digit.
    const timer = setTimeout(() => {
      sampleTitles(rowCount)
        .then((titles) => measure(key, titles))
        .catch(fail);
    }, 600);
    return () => clearTimeout(timer);
  }, [key, wanted, rowCount]);
}

async function keepThresholds(id: string, thresholds: number[]): Promise<void> {
  const kept = await useEngineStore.getState().setThresholds(id, thresholds);
  if (kept) usePredictStore.getState().setThresholds(id, thresholds);
}

function ResultsPlace() {
  const runs = useEngineStore((store) => store.runs);
  const { selectedId, select } = useSelectedRun();
  const shown = runs.find((run) => run.id === selectedId) ?? runs.find((run) => run.test !== null) ?? null;
  return (
    <ResultsScreen
      run={shown}
      runs={runs}
      onSelect={select}
      onPredict={() => {
        if (shown) void usePredictStore.getState().select(shown.id);
        goTo('predict');
      }}
      onThresholds={keepThresholds}
      measure={dataWorker.measureSplit}
      nearestTitles={engineWorker.nearestTitles}
      onExport={() => {
        if (shown) select(shown.id);
        goTo('export');
      }}
    />
  );
}

function PredictPlace() {
  const runs = useEngineStore((store) => store.runs);
  const { model, packages, loading, error, select, predict, dismissError } = usePredictStore();
  const usable = useMemo(() => runs.filter((run) => run.weightBytes > 0 && run.status !== 'running'), [runs]);
  const newest = usable[0]?.id;
  useEffect(() => {
    if (!model && newest && !loading && !error) void select(newest);
  }, [model, newest, loading, error, select]);
  const models = [
    ...packages.map(({ id, name }) => ({ id, name, detail: 'dropped in this visit' })),
    ...usable.map((run) => ({
      id: run.id,
      name: run.name,
      detail: `${run.data.name}${run.test ? `, micro-F1 ${run.test.report.microF1.value.toFixed(3)}` : ''}`,
    })),
  ];
  return (
    <Box>
      {error && (
        <Alert
          color="red"
          m="md"
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss"
          onClose={dismissError}
        >
          {error.hint}
        </Alert>
      )}
      <PredictScreen
        model={model}
        models={models}
        onSelectModel={select}
        onOpenPackage={openModelFiles}
        predict={predict}
        readers={titleReaders}
        writePredictions={dataWorker.writePredictions}
        explainer={engineWorker}
        busy={loading}
      />
    </Box>
  );
}

function pushPanel(run: FinetunedRun, onnx: readonly OnnxFile[]) {
  return (
    <Suspense fallback={null}>
      <PushPlace run={run} onnx={onnx} />
    </Suspense>
  );
}

function ExportPlace() {
  const runs = useEngineStore((store) => store.runs);
  const { selectedId, select } = useSelectedRun();
  const usable = useMemo(
    () =>
      runs
        .filter((run) => run.kind !== 'cross-validation')
        .filter((run) => run.weightBytes > 0 && run.status !== 'running'),
    [runs],
  );
  const shown = usable.find((run) => run.id === selectedId)?.id ?? usable[0]?.id ?? null;
  return (
    <ExportScreen
      runs={usable}
      selectedId={shown}
      onSelect={select}
      exportRun={(id, onnx, onProgress) => engineWorker.exportRun(id, onnx, onProgress)}
      exportEvents={(id) => engineWorker.exportDocument(id, 'events')}
      exportPage={engineWorker.exportPage}
      pushPanel={pushPanel}
    />
  );
}
