/** The page's side of the two workers: plain objects that fulfil `DataApi` and `EngineApi`, buffers transferred, callbacks proxied. */
import * as Comlink from 'comlink';
// The linter looks for the default export in the worker's file; Vite answers these imports with its address.
// oxlint-disable-next-line import/default
import dataWorkerUrl from './data.worker.ts?worker&url';
// oxlint-disable-next-line import/default
import hostWorkerUrl from './host.worker.ts?worker&url';
import type { Dataset, Split } from '../shared/dataset.ts';
import { toRungError, type RungError } from '../shared/errors.ts';
import type { PackedStrings } from '../shared/strings.ts';
import type { DataApi, EngineApi, PredictionTable } from './protocol.ts';
import { levelAreaDataClient, levelAreaEngineClient } from './levelAreaClient.ts';
import { matchingClient } from './matchingClient.ts';
import { startWorker } from './start.ts';
import { installErrorTransfer } from './transfer.ts';
import { whilePending } from './whilePending.ts';

export { connectMap, type MapClient } from './mapClient.ts';
export { connectHubPush } from './hubPushClient.ts';
export { connectLabelNoise, type LabelNoiseClient } from './labelNoiseClient.ts';

export type DataClient = Omit<DataApi, 'init'>;
export type EngineClient = Omit<EngineApi, 'init'>;

function buffersOfStrings(strings: PackedStrings): ArrayBuffer[] {
  return [strings.bytes.buffer, strings.offsets.buffer];
}

function buffersOfDataset(dataset: Dataset): ArrayBuffer[] {
  return [...buffersOfStrings(dataset.titles), dataset.labels.buffer, dataset.rowNumbers.buffer, dataset.groups.buffer];
}

function buffersOfSplit(split: Split | undefined): ArrayBuffer[] {
  return split ? [split.train.buffer, split.validation.buffer, split.test.buffer] : [];
}

function buffersOfTable(table: PredictionTable): ArrayBuffer[] {
  return [...buffersOfStrings(table.titles), table.probabilities.buffer];
}

/**
 * Starts the worker that reads tables.
 * @param baseUrl absolute address of the page's folder, where `models/` lies.
 */
export function connectData(baseUrl: string, onFailure: (error: RungError) => void): DataClient {
  installErrorTransfer();
  const remote = Comlink.wrap<DataApi>(startWorker(dataWorkerUrl, 'data', onFailure));
  remote.init(baseUrl).catch((thrown: unknown) => onFailure(toRungError(thrown)));
  return {
    open: (file, options, onProgress) => whilePending(onProgress, (told) => remote.open(file, options, told)),
    openText: (text, options, onProgress) => whilePending(onProgress, (told) => remote.openText(text, options, told)),
    configure: (change) => remote.configure(change),
    rows: (query, offset, limit) => remote.rows(query, offset, limit),
    dataset: (change) => remote.dataset(change),
    readTitles: (source, titleColumn) => remote.readTitles(source, titleColumn),
    measureSplit: (request) => remote.measureSplit(request),
    levelArea: levelAreaDataClient(remote),
    writePredictions: (table, format) =>
      remote.writePredictions(Comlink.transfer(table, buffersOfTable(table)), format),
    readTaxonomy: (files, columns, onProgress) =>
      whilePending(onProgress, (told) => remote.readTaxonomy(files, columns, told)),
    writeMatches: (table) => remote.writeMatches(table),
    correct: (edits, why) => remote.correct(edits, why),
    undoCorrection: () => remote.undoCorrection(),
    redoCorrection: () => remote.redoCorrection(),
    corrections: () => remote.corrections(),
    writeChangeLog: () => remote.writeChangeLog(),
    readChangeLog: (file) => remote.readChangeLog(file),
    writeCorrectedTable: (format) => remote.writeCorrectedTable(format),
  };
}

/** Starts the worker that trains and predicts. Buffers of a training request and of titles to predict are transferred: gone here. */
export function connectEngine(baseUrl: string, onFailure: (error: RungError) => void): EngineClient {
  installErrorTransfer();
  const remote = Comlink.wrap<EngineApi>(startWorker(hostWorkerUrl, 'engine', onFailure));
  remote.init(baseUrl).catch((thrown: unknown) => onFailure(toRungError(thrown)));
  return {
    device: (force) => remote.device(force),
    encoders: () => remote.encoders(),
    recipes: () => remote.recipes(),
    measure: (config, titles) => remote.measure(config, Comlink.transfer(titles, buffersOfStrings(titles))),
    train: (request, onEvent) =>
      whilePending(onEvent, async (told) =>
        remote.train(
          Comlink.transfer(request, [...buffersOfDataset(request.dataset), ...buffersOfSplit(request.split)]),
          told,
        ),
      ),
    search: (request, onEvent) =>
      whilePending(onEvent, (told) =>
        remote.search(Comlink.transfer(request, buffersOfDataset(request.dataset)), told),
      ),
    pause: () => remote.pause(),
    resume: () => remote.resume(),
    stop: () => remote.stop(),
    runs: () => remote.runs(),
    renameRun: (id, name) => remote.renameRun(id, name),
    setThresholds: (id, thresholds) => remote.setThresholds(id, thresholds),
    deleteRun: (id) => remote.deleteRun(id),
    restoreRun: (id) => remote.restoreRun(id),
    exportDocument: (id, file) => remote.exportDocument(id, file),
    loadRun: (id) => remote.loadRun(id),
    openPackage: (files, onProgress) => whilePending(onProgress, (told) => remote.openPackage(files, told)),
    predict: (modelId, titles) => remote.predict(modelId, Comlink.transfer(titles, buffersOfStrings(titles))),
    explain: (modelId, title, label) => remote.explain(modelId, title, label),
    counterfactuals: (...request) => remote.counterfactuals(...request),
    titleEmbeddings: (id, titles) => remote.titleEmbeddings(id, titles),
    nearestTitles: (id, title, onProgress) =>
      whilePending(onProgress, async (told) => remote.nearestTitles(id, title, told)),
    hubModels: () => remote.hubModels(),
    fetchHubModel: (id, onProgress) => whilePending(onProgress, (told) => remote.fetchHubModel(id, told)),
    stopFetching: () => remote.stopFetching(),
    removeHubModel: (id) => remote.removeHubModel(id),
    exportRun: (id, onnx, onProgress) => whilePending(onProgress, (told) => remote.exportRun(id, onnx, told)),
    exportFiles: (id, onnx, onProgress) => whilePending(onProgress, (told) => remote.exportFiles(id, onnx, told)),
    exportPage: (id) => remote.exportPage(id),
    matching: matchingClient(remote),
    levelArea: levelAreaEngineClient(remote),
  };
}
