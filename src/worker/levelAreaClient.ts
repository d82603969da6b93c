/** The page's side of "Level and area". */
import * as Comlink from 'comlink';
import type { LevelAreaDataApi, LevelAreaEngineApi } from './levelAreaProtocol.ts';

/** @param data the data worker, of which this is a part. */
export function levelAreaDataClient(data: { levelArea: unknown }): LevelAreaDataApi {
  // A path into the worker's object is another remote object, which Comlink's types know of marked classes only.
  const remote = data.levelArea as Comlink.Remote<LevelAreaDataApi>;
  return {
    maps: () => remote.maps(),
    open: (source, onProgress) => remote.open(source, Comlink.proxy(onProgress)),
    label: (settings) => remote.label(settings),
    dataset: () => remote.dataset(),
    titlesToAnswer: (source, titleColumn) => remote.titlesToAnswer(source, titleColumn),
    openTitles: (titleColumn) => remote.openTitles(titleColumn),
    writeAnswers: (rows, answers, maps) => remote.writeAnswers(rows, answers, maps),
  };
}

/** @param engine the engine's worker. */
export function levelAreaEngineClient(engine: { levelArea: unknown }): LevelAreaEngineApi {
  const remote = engine.levelArea as Comlink.Remote<LevelAreaEngineApi>;
  return {
    models: () => remote.models(),
    train: (request, onEvent) => remote.train(request, Comlink.proxy(onEvent)),
    stop: () => remote.stop(),
    answer: (id, titles, onProgress) => remote.answer(id, titles, Comlink.proxy(onProgress)),
    exportModel: (id) => remote.exportModel(id),
    openModel: (files) => remote.openModel(files),
    removeModel: (id) => remote.removeModel(id),
  };
}
