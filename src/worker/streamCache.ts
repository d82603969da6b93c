/**
 * Probabilities of titles seen lately, in bounded memory: two halves, of which the younger is filled. When it is full the older one is
 * forgotten and takes its place, so a title that keeps coming back stays and one that was not seen for as long as a half lasts goes.
 */
interface Half {
  places: Map<string, number>;
  values: Float32Array;
  letters: number;
}

/** Titles of a half. */
const mostTitles = 100_000;
/** Probabilities of a half: 16 MB. */
const mostValues = 4_000_000;
/** Letters of a half's titles: some are as long as a book. */
const mostLetters = 8_000_000;

export class TitleCache {
  private readonly labels: number;
  private readonly capacity: number;
  private young: Half;
  private old: Half;

  constructor(labels: number, capacity = mostTitles) {
    this.labels = labels;
    this.capacity = Math.max(1, Math.min(capacity, Math.floor(mostValues / labels)));
    this.young = this.emptyHalf();
    this.old = { places: new Map(), values: new Float32Array(), letters: 0 };
  }

  /** Its probabilities, valid until the next call; null where they are not known (any more). */
  find(title: string): Float32Array | null {
    const place = this.young.places.get(title);
    if (place !== undefined) return this.rowOf(this.young, place);
    const before = this.old.places.get(title);
    if (before === undefined) return null;
    const row = this.rowOf(this.old, before);
    this.add(title, row);
    return row;
  }

  /** Remembers a title that `find` did not know. */
  add(title: string, probabilities: Float32Array): void {
    const { places, values, letters } = this.young;
    if (title.length > mostLetters) return;
    if (places.size === this.capacity || letters + title.length > mostLetters) {
      this.old = this.young;
      this.young = this.emptyHalf();
      return this.add(title, probabilities);
    }
    values.set(probabilities, places.size * this.labels);
    // A part of a string keeps all of it in memory, here a whole block of the file.
    const own = ` ${title}`.slice(1);
    places.set(own, places.size);
    this.young.letters += own.length;
  }

  private emptyHalf(): Half {
    return { places: new Map(), values: new Float32Array(this.capacity * this.labels), letters: 0 };
  }

  private rowOf({ values }: Half, place: number): Float32Array {
    return values.subarray(place * this.labels, (place + 1) * this.labels);
  }
}
