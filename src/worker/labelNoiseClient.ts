/** The page's side of the worker that finds likely mislabelled rows: started when asked for, ended to stop it. */
import * as Comlink from 'comlink';
// The linter looks for the default export in the worker's file; Vite answers this import with its address.
// oxlint-disable-next-line import/default
import workerUrl from './labelNoise.worker.ts?worker&url';
import type { RungError } from '../shared/errors.ts';
import type { LabelNoiseApi } from './labelNoiseProtocol.ts';
import { startWorker } from './start.ts';
import { installErrorTransfer } from './transfer.ts';
import { whilePending } from './whilePending.ts';

export interface LabelNoiseClient extends LabelNoiseApi {
  /** Ends the worker; what is under way never answers. */
  end(): void;
}

export function connectLabelNoise(onFailure: (error: RungError) => void): LabelNoiseClient {
  installErrorTransfer();
  const worker = startWorker(workerUrl, 'label check', onFailure);
  const remote = Comlink.wrap<LabelNoiseApi>(worker);
  return {
    find: (request, onProgress) => whilePending(onProgress, (told) => remote.find(request, told)),
    nearest: (position) => remote.nearest(position),
    end: () => worker.terminate(),
  };
}
