/** The page's side of the worker that streams files. It is started for a file and ends with it. */
import * as Comlink from 'comlink';
// The linter looks for the default export in the worker's file; Vite answers this import with its address.
// oxlint-disable-next-line import/default
import streamWorkerUrl from './stream.worker.ts?worker&url';
import type { RungError } from '../shared/errors.ts';
import type { StreamApi, StreamWorker } from '../shared/streamedFile.ts';
import { startWorker } from './start.ts';
import { installErrorTransfer } from './transfer.ts';
import { whilePending } from './whilePending.ts';

export function connectStream(onFailure: (error: RungError) => void): StreamWorker {
  installErrorTransfer();
  const worker = startWorker(streamWorkerUrl, 'file', onFailure);
  const remote = Comlink.wrap<StreamApi>(worker);
  return {
    describe: (file) => remote.describe(file),
    predict: (request, predict, onProgress) => {
      const answer: typeof predict = async (titles) => {
        const probabilities = await predict(titles);
        return Comlink.transfer(probabilities, [probabilities.buffer]);
      };
      return whilePending(onProgress, (told) => remote.predict(request, Comlink.proxy(answer), told));
    },
    stop: () => remote.stop(),
    end: () => worker.terminate(),
  };
}
