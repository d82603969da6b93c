/** Finds likely mislabelled rows; a worker of its own, so that stopping it is ending it. No tfjs here. */
import * as Comlink from 'comlink';
import {
  baselineOutOfFold,
  findLabelNoise,
  runOutOfFold,
  SimilarTitles,
  titleFeatures,
} from '../recipes/labelNoise.ts';
import { throttle } from '../data/throttle.ts';
import { RungError } from '../shared/errors.ts';
import type { LabelNoiseReport, SimilarTitle } from '../shared/labelNoise.ts';
import type { LabelNoiseApi, LabelNoiseRequest } from './labelNoiseProtocol.ts';
import type { ProgressListener } from './protocol.ts';
import { installErrorTransfer } from './transfer.ts';

const seed = 42;
const shownTitles = 5;

class LabelNoiseHost implements LabelNoiseApi {
  private similar: SimilarTitles | null = null;

  async find({ dataset, run }: LabelNoiseRequest, onProgress: ProgressListener): Promise<LabelNoiseReport> {
    const tell = throttle(onProgress);
    onProgress('Counting words', null);
    const features = titleFeatures(dataset);
    this.similar = new SimilarTitles(dataset, features);
    if (run) {
      const { probabilities, answered } = runOutOfFold(dataset, run);
      if (answered.includes(1)) return findLabelNoise(dataset, probabilities, answered);
      throw new RungError(
        'data-mismatch',
        'Checking labels: the run has no answer for any row of the open table.',
        'Open the table that the run was cross-validated on, with the same labels.',
      );
    }
    const working = baselineOutOfFold(dataset, features, seed);
    let step = working.next();
    for (; !step.done; step = working.next()) tell('Fitting one classifier for each label and fold', step.value);
    return findLabelNoise(dataset, step.value);
  }

  async nearest(position: number): Promise<SimilarTitle[]> {
    return this.similar?.nearest(position, shownTitles) ?? [];
  }
}

installErrorTransfer();
Comlink.expose(new LabelNoiseHost());
