/** The page's side of "Level and area". */
import * as Comlink from 'comlink';
import type { LevelAreaDataApi, LevelAreaEngineApi } from './levelAreaProtocol.ts';
import { whilePending } from './whilePending.ts';

/** @param data the data worker, of which this is a part. */
export function levelAreaDataClient(data: { levelArea: unknown }): LevelAreaDataApi {
  // A path into the worker's object is another remote object, which Comlink's types know of marked classes only.
  const remote = data.levelArea as Comlink.Remote<LevelAreaDataApi>;
  return {
    maps: () => remote.maps(),
    open: (source, onProgress) => whilePending(onProgress, (told) => remote.open(source, told)),
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
    train: (request, onEvent) => whilePending(onEvent, (told) => remote.train(request, told)),
    stop: () => remote.stop(),
    answer: (id, titles, onProgress) => whilePending(onProgress, (told) => remote.answer(id, titles, told)),
    exportModel: (id) => remote.exportModel(id),
    openModel: (files) => remote.openModel(files),
    removeModel: (id) => remote.removeModel(id),
  };
}
