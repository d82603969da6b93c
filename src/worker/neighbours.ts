/** The training titles nearest to a title: their embeddings, computed once a model, and the search among them. */
import { centreRows, meanRow, nearestRows, normaliseRows } from '../explain/nearest.ts';
import { RungError } from '../shared/errors.ts';
import type { KeptTitles, NearTitle } from '../shared/explanation.ts';
import { unpackStrings } from '../shared/strings.ts';
import type { Classifier } from './classifier.ts';

export type EmbeddingProgress = (done: number, total: number) => void;

interface Embedded {
  titles: string[];
  /** titles x dim, about their mean, each of length 1. */
  vectors: Float32Array;
  mean: Float32Array;
}

/** Titles a call, so that predictions come in between. */
const chunkTitles = 128;
const shownTitles = 6;
/** Rows looked at: the same title with the same labels is shown once. */
const nearRows = 60;

export class Neighbours {
  /** Of one model; another's take their place. */
  private of: { model: Classifier; embedded: Promise<Embedded>; listeners: Set<EmbeddingProgress> } | null = null;

  /**
   * Nearest first. The first call of a model embeds all its training titles; calls meanwhile wait for the same and hear of its progress.
   * @param wanted asked between chunks: whether somebody still waits for this model
   * @throws RungError `aborted` when nobody does
   */
  async nearest(
    model: Classifier,
    kept: KeptTitles,
    title: string,
    onProgress: EmbeddingProgress,
    wanted: () => boolean,
  ): Promise<NearTitle[]> {
    if (this.of?.model !== model) this.of = this.begin(model, kept, wanted);
    const { embedded, listeners } = this.of;
    listeners.add(onProgress);
    try {
      const { titles, vectors, mean } = await embedded;
      const query = await model.embed([title]);
      centreRows(query, mean);
      normaliseRows(query, model.dim);
      return distinctTitles(nearestRows(query, vectors, nearRows), titles, kept);
    } finally {
      listeners.delete(onProgress);
    }
  }

  private begin(model: Classifier, kept: KeptTitles, wanted: () => boolean) {
    const listeners = new Set<EmbeddingProgress>();
    const tell: EmbeddingProgress = (done, total) => {
      for (const listener of listeners) listener(done, total);
    };
    // A moment later: who asked first listens by then.
    const embedded = Promise.resolve().then(() => embedAll(model, kept, wanted, tell));
    const begun = { model, embedded, listeners };
    // What failed is tried again next time.
    embedded.catch(() => {
      if (this.of === begun) this.of = null;
    });
    return begun;
  }
}

async function embedAll(
  model: Classifier,
  kept: KeptTitles,
  wanted: () => boolean,
  onProgress: EmbeddingProgress,
): Promise<Embedded> {
  const titles = unpackStrings(kept.titles);
  const vectors = new Float32Array(titles.length * model.dim);
  for (let from = 0; from < titles.length; from += chunkTitles) {
    onProgress(from, titles.length);
    vectors.set(await model.embed(titles.slice(from, from + chunkTitles)), from * model.dim);
    if (!wanted()) throw new RungError('aborted', 'Another model has been chosen since.', 'Choose the model again.');
  }
  const mean = meanRow(vectors, model.dim);
  centreRows(vectors, mean);
  normaliseRows(vectors, model.dim);
  return { titles, vectors, mean };
}

/** Each title once for each set of labels that it has. */
function distinctTitles(
  near: readonly { row: number; similarity: number }[],
  titles: readonly string[],
  { labels, rows }: KeptTitles,
): NearTitle[] {
  const labelCount = labels.length / rows.length;
  const found = new Map<string, NearTitle>();
  for (const { row, similarity } of near) {
    const held = Array.from({ length: labelCount }, (_, label) => label).filter(
      (label) => labels[row * labelCount + label] === 1,
    );
    const key = `${titles[row].toLowerCase()}\n${held.join()}`;
    const known = found.get(key);
    if (known) known.copies++;
    else found.set(key, { title: titles[row], row: rows[row], copies: 1, labels: held, similarity });
  }
  return [...found.values()].slice(0, shownTitles);
}
