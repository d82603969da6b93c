/** What the page asks of the worker that finds likely mislabelled rows. */
import type { Dataset } from '../shared/dataset.ts';
import type { LabelNoiseReport, OutOfFold, SimilarTitle } from '../shared/labelNoise.ts';
import type { ProgressListener } from './protocol.ts';

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
