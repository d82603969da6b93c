/** Embeds texts with an encoder: the mean of each text's last hidden states. Its weights are on the device from the first call to `unload`. */
import type { Encoder } from '../encoder.ts';
import { withHead } from '../encoder.ts';
import { RungError } from '../../shared/errors.ts';
import { createPredictor, type Reader } from '../../training/trainer.ts';

/** Texts a call, so that what is typed meanwhile is answered in between. */
const chunkTexts = 256;
/** Longer texts are cut, as in pretraining. */
const mostTokens = 128;

export type EmbeddingProgress = (done: number, total: number) => void;

export class Embedder {
  readonly encoder: Encoder;
  private reader: Reader | null = null;
  /** Settles when what is under way is done. */
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(encoder: Encoder) {
    this.encoder = encoder;
  }

  get dim(): number {
    return this.encoder.architecture.dim;
  }

  get maxTokens(): number {
    return Math.min(mostTokens, this.encoder.architecture.maxPositions);
  }

  /** texts x dim, not normalised. @throws RungError `aborted` soon after `signal` is. */
  async embed(
    texts: readonly string[],
    onProgress: EmbeddingProgress = () => undefined,
    signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    const vectors = new Float32Array(texts.length * this.dim);
    for (let from = 0; from < texts.length; from += chunkTexts) {
      if (signal?.aborted)
        throw new RungError('aborted', `Embedding was stopped after ${from} of ${texts.length} texts.`);
      onProgress(from, texts.length);
      const tokens = this.encoder.tokenizer.encodeMany(texts.slice(from, from + chunkTexts), this.maxTokens);
      vectors.set(await this.inTurn((reader) => reader.embeddings(tokens)), from * this.dim);
    }
    return vectors;
  }

  /** Frees the device once what is under way is done. */
  async unload(): Promise<void> {
    await this.underWay;
    this.dispose();
  }

  /** One call after the other; a failure unloads the weights, and the next call loads them anew. */
  private inTurn<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const result = this.underWay.then(() => work((this.reader ??= this.load())));
    this.underWay = result.catch(() => this.dispose());
    return result;
  }

  private load(): Reader {
    // Embeddings do not read the head; a checkpoint without one gets any.
    const { architecture, weights } = withHead(this.encoder, 1, { keepHead: false, seed: 0, dropout: 0 });
    return createPredictor(architecture, weights);
  }

  private dispose(): void {
    this.reader?.dispose();
    this.reader = null;
  }
}
