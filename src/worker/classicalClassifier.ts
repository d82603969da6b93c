/** A classical model that predicts: cleaning, then what the recipe learnt. It needs no device and holds nothing that is to be freed. */
import { cleanTitle } from '../data/cleaning.ts';
import {
  classicalFeatures,
  classicalProbabilities,
  readClassicalModel,
  type SavedClassicalModel,
} from '../recipes/classicalModel.ts';
import type { ModelInfo } from '../shared/training.ts';
import type { LoadedModel } from './classifier.ts';

export class ClassicalClassifier implements LoadedModel {
  readonly id: string;
  readonly usesDevice = false;
  private readonly saved: SavedClassicalModel;

  /**
   * @param bytes the file it was kept or downloaded as
   * @param current a run's name and thresholds, should they have changed since
   * @throws RungError `file-corrupt`
   */
  constructor(id: string, bytes: Uint8Array, current: { name?: string; thresholds?: number[] } = {}) {
    this.id = id;
    this.saved = { ...readClassicalModel(bytes), ...current };
  }

  info(): ModelInfo {
    const { name, labelNames, thresholds, cleaning } = this.saved;
    return { id: this.id, name, labelNames, thresholds, cleaning, device: null };
  }

  async predict(titles: readonly string[]): Promise<Float32Array<ArrayBuffer>> {
    const { model, cleaning } = this.saved;
    const cleaned = titles.map((title) => cleanTitle(title, cleaning));
    return classicalProbabilities(model, classicalFeatures(model, cleaned));
  }

  async unload(): Promise<void> {
    // Nothing is held.
  }
}
