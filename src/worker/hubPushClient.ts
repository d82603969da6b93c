/** The page's side of the worker that pushes to the Hub. It is started for a push and ends with it. */
import * as Comlink from 'comlink';
// The linter looks for the default export in the worker's file; Vite answers this import with its address.
// oxlint-disable-next-line import/default
import hubPushWorkerUrl from './hubPush.worker.ts?worker&url';
import type { RungError } from '../shared/errors.ts';
import type { HubPushApi, HubPushWorker } from '../shared/hubPush.ts';
import { startWorker } from './start.ts';
import { installErrorTransfer } from './transfer.ts';
import { whilePending } from './whilePending.ts';

export function connectHubPush(onFailure: (error: RungError) => void): HubPushWorker {
  installErrorTransfer();
  const worker = startWorker(hubPushWorkerUrl, 'push', onFailure);
  const remote = Comlink.wrap<HubPushApi>(worker);
  return {
    open: (files) => remote.open(files),
    push: (request, onProgress) => whilePending(onProgress, (told) => remote.push(request, told)),
    stop: () => remote.stop(),
    end: () => worker.terminate(),
  };
}
