/**
 * Ranks the entries of a taxonomy for titles: by cosine of TF-IDF (words, pairs of words, pieces of 2 to 5 letters: one cosine for
 * words, one for pieces), by cosine of mean-pooled embeddings (Reimers & Gurevych 2019, arXiv:1908.10084), or by the sum of the three,
 * which finds more than either (`both`).
 */
import { fitTfidfUnion, transformTfidfUnion, wordsAndCharacters, type Tfidf } from '../../baselines/tfidf.ts';
import { transpose, type SparseMatrix } from '../../baselines/sparse.ts';
import type { Matches, Scoring } from '../../shared/matching.ts';

/** Cosines that are added up: scores are divided by them, so that 1 is the most that any can be. */
const cosines: Record<Scoring, number> = { words: 2, encoder: 1, both: 3 };
/** Titles a round, so that messages get in between. */
const roundTitles = 64;

/** Title and description as one text, as the encoder's pretraining had them. */
export function textOf(title: string, description: string): string {
  return description === '' ? title : `${title}. ${description}`;
}

/** Entries ready to be ranked. */
export class Ranking {
  readonly entries: number;
  private readonly dim: number;
  /** entries x dim, each of length 1. */
  private readonly vectors: Float32Array;
  private readonly tfidf: Tfidf[];
  /** terms x entries */
  private readonly byTerm: SparseMatrix;

  /**
   * @param texts title and description of each entry
   * @param vectors embeddings of the texts, entries x dim, any length; they are normalised in place
   * @throws RungError `too-few-rows` when no text holds a word.
   */
  constructor(texts: readonly string[], vectors: Float32Array) {
    this.entries = texts.length;
    this.dim = vectors.length / texts.length;
    this.vectors = normalised(vectors, this.dim);
    this.tfidf = fitTfidfUnion(texts, wordsAndCharacters);
    this.byTerm = transpose(transformTfidfUnion(this.tfidf, texts));
  }

  /**
   * Scores of every entry for some titles, handed out a title at a time: the same array each time, overwritten by the next.
   * @param vectors embeddings of the titles, titles x dim; normalised in place. Not looked at for `words`.
   * @param pause awaited between rounds
   */
  async eachTitle(
    titles: readonly string[],
    vectors: Float32Array,
    scoring: Scoring,
    visit: (title: number, scores: Float32Array) => void,
    pause: (done: number) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const scores = new Float32Array(this.entries);
    if (scoring !== 'words') normalised(vectors, this.dim);
    for (let from = 0; from < titles.length; from += roundTitles) {
      await pause(from);
      const round = titles.slice(from, from + roundTitles);
      const terms = scoring === 'encoder' ? null : transformTfidfUnion(this.tfidf, round);
      for (let i = 0; i < round.length; i++) {
        scores.fill(0);
        if (terms) this.addWords(terms, i, scores);
        if (scoring !== 'words') this.addCosines(vectors, from + i, scores);
        for (let entry = 0; entry < scores.length; entry++) scores[entry] /= cosines[scoring];
        visit(from + i, scores);
      }
    }
  }

  /** The best `count` entries of each title, best first; of equal ones those that stand first in the taxonomy. */
  async best(
    titles: readonly string[],
    vectors: Float32Array,
    scoring: Scoring,
    wanted: number,
    pause?: (done: number) => Promise<void>,
  ): Promise<Matches> {
    const count = Math.min(wanted, this.entries);
    const matches: Matches = {
      count,
      entries: new Uint32Array(titles.length * count),
      scores: new Float32Array(titles.length * count),
    };
    await this.eachTitle(titles, vectors, scoring, (title, scores) => takeBest(scores, matches, title * count), pause);
    return matches;
  }

  private addWords(terms: SparseMatrix, row: number, scores: Float32Array): void {
    const { starts, indices, values } = this.byTerm;
    for (let i = terms.starts[row]; i < terms.starts[row + 1]; i++) {
      const term = terms.indices[i];
      for (let j = starts[term]; j < starts[term + 1]; j++) scores[indices[j]] += terms.values[i] * values[j];
    }
  }

  private addCosines(vectors: Float32Array, title: number, scores: Float32Array): void {
    const { dim } = this;
    const from = title * dim;
    for (let entry = 0; entry < scores.length; entry++) {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += vectors[from + i] * this.vectors[entry * dim + i];
      scores[entry] += sum;
    }
  }
}

/** Rows of length 1, in place; a row of zeros stays. */
function normalised(rows: Float32Array, dim: number): Float32Array {
  for (let at = 0; at < rows.length; at += dim) {
    const row = rows.subarray(at, at + dim);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < dim; i++) row[i] /= length;
  }
  return rows;
}

/** The best of `scores` into `matches` from place `at` on: an insertion sort, for `count` is small. */
function takeBest(scores: Float32Array, { count, entries, scores: kept }: Matches, at: number): void {
  let filled = 0;
  for (const [entry, score] of scores.entries()) {
    if (filled === count && score <= kept[at + count - 1]) continue;
    let place = filled < count ? filled++ : count - 1;
    for (; place > 0 && kept[at + place - 1] < score; place--) {
      kept[at + place] = kept[at + place - 1];
      entries[at + place] = entries[at + place - 1];
    }
    kept[at + place] = score;
    entries[at + place] = entry;
  }
}
