/** A trained model that predicts: cleaning, tokeniser, weights on the device (loaded at first use, unloaded with `unload`). */
import { cleanTitle, defaultCleaning } from '../data/cleaning.ts';
import { parseRungJson } from '../formats/rungJson.ts';
import { sigmoid } from '../metrics/classification.ts';
import { withHead, type Encoder } from '../recipes/encoder.ts';
import type { CleaningOptions } from '../shared/dataset.ts';
import type { DeviceReport, ModelInfo } from '../shared/training.ts';
import { createPredictor, type Predictor } from '../training/trainer.ts';

export interface ClassifierParts {
  id: string;
  name: string;
  /** With a trained head and its label names. */
  encoder: Encoder;
  thresholds: number[];
  cleaning: CleaningOptions;
}

export class Classifier {
  readonly id: string;
  private readonly parts: ClassifierParts;
  private predictor: Predictor | null = null;

  constructor(parts: ClassifierParts) {
    this.id = parts.id;
    this.parts = parts;
  }

  /**
   * The classifier of a dropped folder; null when it holds an encoder only. Thresholds and cleaning come from `rung.json`; a folder
   * made elsewhere has none: .5 and the default cleaning then.
   */
  static ofPackage(id: string, name: string, encoder: Encoder): Classifier | null {
    const { labelNames, files } = encoder;
    if (!labelNames) return null;
    const bytes = files.get('rung.json');
    const rung = bytes ? parseRungJson(JSON.parse(new TextDecoder().decode(bytes))) : null;
    return new Classifier({
      id,
      name: rung?.name ?? name,
      encoder,
      thresholds: rung?.thresholds ?? labelNames.map(() => 0.5),
      cleaning: rung?.cleaning ?? defaultCleaning,
    });
  }

  info(device: DeviceReport): ModelInfo {
    const { id, name, encoder, thresholds, cleaning } = this.parts;
    return { id, name, labelNames: encoder.labelNames ?? [], thresholds, cleaning, device };
  }

  /** Probabilities, titles x labels. */
  async predict(titles: readonly string[]): Promise<Float32Array<ArrayBuffer>> {
    const { encoder, cleaning } = this.parts;
    this.predictor ??= this.load();
    const maxTokens = encoder.architecture.maxPositions;
    const cleaned = titles.map((title) => cleanTitle(title, cleaning));
    return sigmoid(await this.predictor.logits(encoder.tokenizer.encodeMany(cleaned, maxTokens)));
  }

  unload(): void {
    this.predictor?.dispose();
    this.predictor = null;
  }

  private load(): Predictor {
    const { encoder } = this.parts;
    const labelCount = encoder.labelNames?.length ?? 0;
    const { architecture, weights } = withHead(encoder, labelCount, { keepHead: true, seed: 0, dropout: 0 });
    return createPredictor(architecture, weights);
  }
}
