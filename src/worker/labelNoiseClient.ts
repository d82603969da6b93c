/** The page's side of the worker that finds likely mislabelled rows: started when asked for, ended to stop it. */
import * as Comlink from 'comlink';
// The linter looks for the default export in the worker's file; Vite answers this import with its address.
// oxlint-disable-next-line import/default
import workerUrl from './labelNoise.worker.ts?worker&url';
import type { Dataset } from '../shared/dataset.ts';
import type { RungError } from '../shared/errors.ts';
import type { LabelNoiseReport, OutOfFold, SimilarTitle } from '../shared/labelNoise.ts';
import type { ProgressListener } from './protocol.ts';
import { startWorker } from './start.ts';
import { installErrorTransfer } from './transfer.ts';

export interface LabelNoiseRequest {
  dataset: Dataset;
  /** A cross-validated run's answers; null: the plain baseline is fitted. */
  run: OutOfFold | null;
}

export interface LabelNoiseApi {
  /** @throws RungError `too-few-rows`, or `data-mismatch` for a run of another table */
  find(request: LabelNoiseRequest, onProgress: ProgressListener): Promise<LabelNoiseReport>;
  /** Titles most like the one at a position of the data set that was searched last; none before a search. */
  nearest(position: number): Promise<SimilarTitle[]>;
}

export interface LabelNoiseClient extends LabelNoiseApi {
  /** Ends the worker; what is under way never answers. */
  end(): void;
}

export function connectLabelNoise(onFailure: (error: RungError) => void): LabelNoiseClient {
  installErrorTransfer();
  const worker = startWorker(workerUrl, 'label check', onFailure);
  const remote = Comlink.wrap<LabelNoiseApi>(worker);
  return {
    find: (request, onProgress) => remote.find(request, Comlink.proxy(onProgress)),
    nearest: (position) => remote.nearest(position),
    end: () => worker.terminate(),
  };
}
