/** A trained model that predicts: cleaning, tokeniser, weights on the device (loaded at first use, unloaded with `unload`). */
import { cleanTitle, defaultCleaning } from '../data/cleaning.ts';
import { parseRungJson } from '../formats/rungJson.ts';
import { sigmoid } from '../metrics/classification.ts';
import { readJson, trainedMembers, type Encoder } from '../recipes/encoder.ts';
import type { TokenisedTitles } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import type { CleaningOptions } from '../shared/dataset.ts';
import type { NormalisationOptions } from '../shared/normalisation.ts';
import type { DeviceReport, FinetunedRun, ModelInfo } from '../shared/training.ts';
import { normaliser } from '../text/normalise.ts';
import { createEnsemble } from '../training/ensemble.ts';
import type { EmbeddingPath, Reader } from '../training/trainer.ts';

/** A model that predicts, of whatever kind. */
export interface LoadedModel {
  readonly id: string;
  /** Whether a backend must be running before it predicts. */
  readonly usesDevice: boolean;
  /** @param device the one that runs; null where none is used */
  info(device: DeviceReport | null): ModelInfo;
  /** Probabilities, titles x labels. */
  predict(titles: readonly string[]): Promise<Float32Array<ArrayBuffer>>;
  /** Frees what it holds on the device once the predictions under way are done. */
  unload(): Promise<void>;
}

export interface ClassifierParts {
  id: string;
  name: string;
  /** With a trained head and its label names. */
  encoder: Encoder;
  thresholds: number[];
  cleaning: CleaningOptions;
  /** After the cleaning; null: titles are read as they are. */
  normalisation: NormalisationOptions | null;
  /** Longer titles are cut, as they were in training. */
  maxTokens: number;
}

export class Classifier implements LoadedModel {
  readonly id: string;
  readonly usesDevice = true;
  private readonly parts: ClassifierParts;
  private readonly normalise: (title: string) => string;
  private predictor: Reader | null = null;
  /** Settles when the predictions that are under way are done. */
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(parts: ClassifierParts) {
    this.id = parts.id;
    this.parts = parts;
    this.normalise = parts.normalisation ? normaliser(parts.normalisation) : (title) => title;
  }

  /** The classifier of a kept run. @param encoder as it was trained */
  static ofRun({ id, name, thresholds, data, config }: FinetunedRun, encoder: Encoder): Classifier {
    const { cleaning } = data;
    const { normalisation, maxTokens } = config;
    return new Classifier({ id, name, encoder, thresholds, cleaning, normalisation, maxTokens });
  }

  /**
   * The classifier of a dropped folder; null when it holds an encoder only. Thresholds and cleaning come from `rung.json`; a folder
   * made elsewhere has none: .5 and the default cleaning then.
   */
  static ofPackage(id: string, name: string, encoder: Encoder): Classifier | null {
    const { labelNames, files, architecture } = encoder;
    if (!labelNames) return null;
    if (!files.has('rung.json')) {
      const thresholds = labelNames.map(() => 0.5);
      const maxTokens = architecture.maxPositions;
      return new Classifier({
        id,
        name,
        encoder,
        thresholds,
        cleaning: defaultCleaning,
        normalisation: null,
        maxTokens,
      });
    }
    const rung = parseRungJson(readJson(files, 'rung.json'));
    if (rung.labelNames.join('\n') !== labelNames.join('\n')) {
      const message = `Reading ${name}: rung.json is about the labels ${rung.labelNames.join(', ')}, config.json about ${labelNames.join(', ')}.`;
      throw new RungError('weights-mismatch', message, 'Use the files of one download together.');
    }
    if (rung.members !== 1 + encoder.further.length) {
      const message = `Reading ${name}: rung.json tells of ${rung.members} models that are averaged, ${1 + encoder.further.length} ${encoder.further.length === 0 ? 'is' : 'are'} here.`;
      throw new RungError(
        'package-incomplete',
        message,
        'Drop all files of the download together: model.safetensors and every member-N.safetensors.',
      );
    }
    const { thresholds, cleaning, normalisation = null, maxTokens } = rung;
    return new Classifier({ id, name: rung.name, encoder, thresholds, cleaning, normalisation, maxTokens });
  }

  info(device: DeviceReport | null): ModelInfo {
    const { id, name, encoder, thresholds, cleaning } = this.parts;
    return { id, name, labelNames: encoder.labelNames ?? [], thresholds, cleaning, device };
  }

  /** Probabilities, titles x labels, one call after the other. A failure unloads the weights: the next call loads them anew. */
  async predict(titles: readonly string[]): Promise<Float32Array<ArrayBuffer>> {
    return (await this.scores(titles)).probabilities;
  }

  /** Logits with them, both titles x labels. */
  async scores(titles: readonly string[]): Promise<Record<'logits' | 'probabilities', Float32Array<ArrayBuffer>>> {
    const { encoder } = this.parts;
    const logits = await this.inTurn((predictor) => predictor.logits(this.encodeMany(titles)));
    const probabilities = encoder.oneLabelOnly ? softmax(logits, encoder.labelNames?.length ?? 1) : sigmoid(logits);
    return { logits, probabilities };
  }

  /** Embeddings, titles x `dim`. */
  embed(titles: readonly string[]): Promise<Float32Array<ArrayBuffer>> {
    return this.inTurn((predictor) => predictor.embeddings(this.encodeMany(titles)));
  }

  /** See `Reader.alongPath`. */
  alongPath(path: EmbeddingPath, alphas: Float64Array) {
    return this.inTurn((predictor) => predictor.alongPath(path, alphas));
  }

  /** The title as it is read: cleaned, and in normal form where the training had it so. */
  clean(title: string): string {
    return this.normalise(cleanTitle(title, this.parts.cleaning));
  }

  /** Token ids of a cleaned title, as the model reads it. */
  encode(cleaned: string): number[] {
    return this.parts.encoder.tokenizer.encode(cleaned, this.maxTokens);
  }

  get dim(): number {
    return this.parts.encoder.architecture.dim;
  }

  get padTokenId(): number {
    return this.parts.encoder.architecture.padTokenId;
  }

  /** Frees the device once the predictions under way are done. */
  async unload(): Promise<void> {
    await this.underWay;
    this.dispose();
  }

  private inTurn<T>(work: (predictor: Reader) => Promise<T>): Promise<T> {
    const result = this.underWay.then(() => work((this.predictor ??= this.load())));
    this.underWay = result.catch(() => this.dispose());
    return result;
  }

  private get maxTokens(): number {
    return Math.min(this.parts.maxTokens, this.parts.encoder.architecture.maxPositions);
  }

  private encodeMany(titles: readonly string[]): TokenisedTitles {
    const cleaned = titles.map((title) => this.clean(title));
    return this.parts.encoder.tokenizer.encodeMany(cleaned, this.maxTokens);
  }

  private dispose(): void {
    this.predictor?.dispose();
    this.predictor = null;
  }

  private load(): Reader {
    const { encoder } = this.parts;
    const labelCount = encoder.labelNames?.length ?? 0;
    const { architecture, members } = trainedMembers(encoder, labelCount);
    return createEnsemble(architecture, members);
  }
}

/** Over the labels of each title: what a checkpoint with `problem_type: single_label_classification` was trained with. */
function softmax(logits: Float32Array, labels: number): Float32Array<ArrayBuffer> {
  const probabilities = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += labels) {
    const row = logits.subarray(at, at + labels);
    const largest = row.reduce((most, logit) => Math.max(most, logit), -Infinity);
    const exponentials = row.map((logit) => Math.exp(logit - largest));
    const sum = exponentials.reduce((total, value) => total + value, 0);
    probabilities.set(
      exponentials.map((value) => value / sum),
      at,
    );
  }
  return probabilities;
}
