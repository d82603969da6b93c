/** Titles that say the same: exactly, with the words in another order, or nearly. */
import { titleKey } from './cleaning.ts';
import { findNearSets, type WordSets } from './nearSets.ts';
import { UnionFind } from './unionFind.ts';

const none = 0xffffffff;

export interface Duplicates {
  /** First row with the same title (case and white space aside); a row's own number where it is the first. Empty titles stand alone. */
  firstSame: Uint32Array<ArrayBuffer>;
  /** A row with another title that is near this one (word Jaccard of 0.75 or more), or `noNeighbour`. */
  neighbour: Uint32Array<ArrayBuffer>;
  /** 1 where the neighbour has the very same words in another order. */
  reordered: Uint8Array<ArrayBuffer>;
  /** Rows that are joined by any of these, numbered from 0. */
  groups: Uint32Array<ArrayBuffer>;
}

/** Stands in `neighbour` for "there is none". */
export const noNeighbour = none;

/** Lower-case words of a title: runs of letters and digits. */
export function titleWords(title: string): string[] {
  return title.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

interface DistinctTitles {
  /** Distinct title of each row, or `none` for an empty title. */
  distinctOf: Uint32Array<ArrayBuffer>;
  /** First row of each distinct title. */
  firstRow: number[];
}

function distinctTitles(titles: readonly string[]): DistinctTitles {
  const numbers = new Map<string, number>();
  const firstRow: number[] = [];
  const distinctOf = Uint32Array.from(titles, (title, row) => {
    const key = titleKey(title);
    if (key === '') return none;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, firstRow.length);
    firstRow.push(row);
    return firstRow.length - 1;
  });
  return { distinctOf, firstRow };
}

function wordSets(titles: readonly string[], rows: readonly number[]): WordSets {
  const numbers = new Map<string, number>();
  const words: number[] = [];
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    for (const word of new Set(titleWords(titles[row]))) {
      const number = numbers.get(word) ?? numbers.size;
      numbers.set(word, number);
      words.push(number);
    }
    starts[i + 1] = words.length;
  });
  return { words: Uint32Array.from(words), starts, vocabulary: numbers.size };
}

/**
 * Groups the rows of a table by likeness. 200,000 rows take 1 to 2 seconds.
 * @param titles cleaned titles, one a row
 */
export function findDuplicates(titles: readonly string[]): Duplicates {
  const { distinctOf, firstRow } = distinctTitles(titles);
  const sets = wordSets(titles, firstRow);
  const joined = new UnionFind(titles.length);
  const near = new Uint32Array(firstRow.length).fill(none);
  const sameWords = new Uint8Array(firstRow.length);
  const sizeOf = (set: number): number => sets.starts[set + 1] - sets.starts[set];

  const firstSame = distinctOf.map((distinct, row) => (distinct === none ? row : firstRow[distinct]));
  firstSame.forEach((first, row) => joined.union(first, row));
  const sorted = new Map<number, string>();
  const sortedWords = (set: number): string => {
    const known = sorted.get(set) ?? titleWords(titles[firstRow[set]]).toSorted().join(' ');
    sorted.set(set, known);
    return known;
  };
  findNearSets(sets, (a, b) => {
    joined.union(firstRow[a], firstRow[b]);
    const same = sizeOf(a) === sizeOf(b) && sortedWords(a) === sortedWords(b) ? 1 : 0;
    for (const [set, other] of [
      [a, b],
      [b, a],
    ]) {
      if (near[set] !== none && sameWords[set] >= same) continue;
      near[set] = other;
      sameWords[set] = same;
    }
  });
  const nearOf = (row: number): number => (distinctOf[row] === none ? none : near[distinctOf[row]]);
  return {
    firstSame,
    neighbour: firstSame.map((_, row) => (nearOf(row) === none ? none : firstRow[nearOf(row)])),
    reordered: Uint8Array.from(titles, (_, row) => (nearOf(row) === none ? 0 : sameWords[distinctOf[row]])),
    groups: joined.groups(),
  };
}
