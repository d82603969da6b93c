/** The page's side of the worker that lays titles out: started when asked for, ended when done or to stop it. */
import * as Comlink from 'comlink';
// The linter looks for the default export in the worker's file; Vite answers this import with its address.
// oxlint-disable-next-line import/default
import workerUrl from './map.worker.ts?worker&url';
import type { RungError } from '../shared/errors.ts';
import type { MapApi } from './mapProtocol.ts';
import { startWorker } from './start.ts';
import { installErrorTransfer } from './transfer.ts';
import { whilePending } from './whilePending.ts';

export interface MapClient extends MapApi {
  /** Ends the worker; what is under way never answers. */
  end(): void;
}

export function connectMap(onFailure: (error: RungError) => void): MapClient {
  installErrorTransfer();
  const worker = startWorker(workerUrl, 'map', onFailure);
  const remote = Comlink.wrap<MapApi>(worker);
  return {
    layOut: (request, onProgress) =>
      whilePending(onProgress, (told) =>
        remote.layOut(Comlink.transfer(request, request.embeddings ? [request.embeddings.vectors.buffer] : []), told),
      ),
    end: () => worker.terminate(),
  };
}
