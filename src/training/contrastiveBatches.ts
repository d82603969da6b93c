/** Which titles and which of the texts they belong to make up each step of a contrastive training. */
import { Random } from '../shared/random.ts';

export interface BatchShape {
  /** Texts a step. */
  batchTexts: number;
  /** Titles of each text in a step at most. */
  titlesPerText: number;
  /** Titles of each text in an epoch at most, drawn anew for each epoch. */
  titlesPerEpoch: number;
}

export interface ContrastiveBatch {
  titles: Uint32Array<ArrayBuffer>;
  /** None twice. */
  texts: Uint32Array<ArrayBuffer>;
  /** By title: its place in `texts`. */
  targets: Int32Array<ArrayBuffer>;
}

/**
 * The batches of one epoch. A text with many titles comes up several times, in different batches; what would be a batch of
 * one text alone is left out, for it has nothing to be told from.
 * @param textOf by title: its text
 */
export function contrastiveBatches(textOf: ArrayLike<number>, shape: BatchShape, seed: number): ContrastiveBatch[] {
  const random = new Random(seed);
  const titlesOf = new Map<number, number[]>();
  for (let title = 0; title < textOf.length; title++) {
    const own = titlesOf.get(textOf[title]);
    if (own) own.push(title);
    else titlesOf.set(textOf[title], [title]);
  }
  // Turn t holds the t-th handful of every text that has so many: within one no text stands twice.
  const turns: { text: number; titles: number[] }[][] = [];
  for (const [text, titles] of titlesOf) {
    const drawn = random.shuffle(titles).slice(0, shape.titlesPerEpoch);
    for (let at = 0, turn = 0; at < drawn.length; at += shape.titlesPerText, turn++)
      (turns[turn] ??= []).push({ text, titles: drawn.slice(at, at + shape.titlesPerText) });
  }
  const batches: ContrastiveBatch[] = [];
  for (const turn of turns) {
    const handfuls = random.shuffle(turn);
    // Evenly, or a lone text would be left over now and then.
    const size = Math.ceil(handfuls.length / Math.ceil(handfuls.length / shape.batchTexts));
    for (let at = 0; at < handfuls.length; at += size) {
      const batch = batchOf(handfuls.slice(at, at + size));
      if (batch.texts.length > 1) batches.push(batch);
    }
  }
  return random.shuffle(batches);
}

function batchOf(handfuls: readonly { text: number; titles: number[] }[]): ContrastiveBatch {
  return {
    titles: Uint32Array.from(handfuls.flatMap(({ titles }) => titles)),
    texts: Uint32Array.from(handfuls, ({ text }) => text),
    targets: Int32Array.from(handfuls.flatMap(({ titles }, place) => titles.map(() => place))),
  };
}
