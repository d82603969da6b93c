/**
 * Finds, for every set of words, whether another one is near: Jaccard similarity of 0.75 or more.
 *
 * Two sets x and y with common part z have similarity |z| / (|z| + |x \ z| + |y \ z|), so they are near exactly when together they
 * have at most |z| / 3 words beyond z. Each short set is therefore put into one bucket for every z that it can be cut down to by
 * dropping a quarter of its words at most; inside a bucket, counting dropped words tells who is near whom, and no pair is ever compared.
 * That is linear in the rows whatever the vocabulary, where an inverted index grows with the square of rows that share their words.
 * Bucket keys are sums of random 64-bit words (Zobrist 1970), so dropping a word is a subtraction, and a chance collision among
 * 10^7 buckets has a probability of about 10^-5.
 *
 * Long sets have too many cuts; they go through a prefix-filtered inverted index over rare words (Bayardo, Ma, Srikant, WWW 2007).
 */
import { Random } from '../shared/random.ts';

/** Sets with more words go through the index: 11 words have 67 cuts, 12 have 299. */
const longestCut = 11;
/** Where the buckets would take more than about 100 MB, only sets of up to 7 words (8 cuts) go into them. */
const mostCuts = 4_000_000;
const shorterCut = 7;

/** Distinct words as numbers: set `i` is `words[starts[i] .. starts[i + 1]]`. */
export interface WordSets {
  words: Uint32Array;
  starts: Uint32Array;
  vocabulary: number;
}

/** Called for pairs of near sets, enough of them to connect all that are near; each near set comes up at least once. */
export type NearPair = (a: number, b: number) => void;

/** Whether sizes and common words make a similarity of 3/4 or more, in whole numbers. */
function isNear(common: number, sizeA: number, sizeB: number): boolean {
  return 4 * common >= 3 * (sizeA + sizeB - common);
}

/** An open-addressing table from 64-bit keys to the bucket's first member with the fewest dropped words. */
class Buckets {
  private readonly mask: number;
  private readonly low: Uint32Array;
  private readonly high: Uint32Array;
  /** Member + 1; 0 where the slot is free. */
  private readonly member: Uint32Array;
  private readonly dropped: Uint8Array;

  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 1.5)));
    this.mask = slots - 1;
    this.low = new Uint32Array(slots);
    this.high = new Uint32Array(slots);
    this.member = new Uint32Array(slots);
    this.dropped = new Uint8Array(slots);
  }

  private slot(low: number, high: number): number {
    let at = (Math.imul(low, 0x9e3779b1) ^ high) & this.mask;
    while (this.member[at] !== 0 && (this.low[at] !== low || this.high[at] !== high)) at = (at + 1) & this.mask;
    return at;
  }

  /** Puts a set into the bucket of what is left of it; keeps who dropped least. */
  add(low: number, high: number, dropped: number, set: number): void {
    const at = this.slot(low, high);
    if (this.member[at] !== 0 && this.dropped[at] <= dropped) return;
    this.low[at] = low;
    this.high[at] = high;
    this.member[at] = set + 1;
    this.dropped[at] = dropped;
  }

  /** Reports `set` with the bucket's member when they are near. */
  join(low: number, high: number, kept: number, dropped: number, set: number, near: NearPair): void {
    const at = this.slot(low, high);
    const other = this.member[at] - 1;
    if (other !== set && 3 * (dropped + this.dropped[at]) <= kept) near(other, set);
  }
}

type Cut = (low: number, high: number, kept: number, dropped: number, set: number) => void;

/** Two random lanes for every word. */
interface WordKeys {
  low: Uint32Array;
  high: Uint32Array;
}

function makeKeys(vocabulary: number): WordKeys {
  const random = new Random(0x5e75);
  const keys = { low: new Uint32Array(vocabulary), high: new Uint32Array(vocabulary) };
  for (let i = 0; i < vocabulary; i++) {
    keys.low[i] = random.uint32();
    keys.high[i] = random.uint32();
  }
  return keys;
}

/** Visits every way to drop up to a quarter of the words of every short set. */
function visitCuts(sets: WordSets, keys: WordKeys, longest: number, visit: Cut): void {
  for (let set = 0; set + 1 < sets.starts.length; set++) {
    const [start, end] = [sets.starts[set], sets.starts[set + 1]];
    const size = end - start;
    if (size === 0 || size > longest) continue;
    const mostDropped = Math.floor(size / 4);
    let [low, high] = [0, 0];
    for (let i = start; i < end; i++) {
      low = (low + keys.low[sets.words[i]]) >>> 0;
      high = (high + keys.high[sets.words[i]]) >>> 0;
    }
    visit(low, high, size, 0, set);
    if (mostDropped < 1) continue;
    for (let i = start; i < end; i++) {
      const lowOne = (low - keys.low[sets.words[i]]) >>> 0;
      const highOne = (high - keys.high[sets.words[i]]) >>> 0;
      visit(lowOne, highOne, size - 1, 1, set);
      if (mostDropped < 2) continue;
      for (let j = i + 1; j < end; j++) {
        visit((lowOne - keys.low[sets.words[j]]) >>> 0, (highOne - keys.high[sets.words[j]]) >>> 0, size - 2, 2, set);
      }
    }
  }
}

/** Ways to drop up to a quarter of `size` words; for sizes up to `longestCut`. */
function cutsOf(size: number): number {
  if (size < 4) return 1;
  return size < 8 ? 1 + size : 1 + size + (size * (size - 1)) / 2;
}

function countCuts(sets: WordSets, longest: number): number {
  let cuts = 0;
  for (let set = 0; set + 1 < sets.starts.length; set++) {
    const size = sets.starts[set + 1] - sets.starts[set];
    if (size <= longest) cuts += cutsOf(size);
  }
  return cuts;
}

function findShort(sets: WordSets, longest: number, near: NearPair): void {
  const keys = makeKeys(sets.vocabulary);
  const buckets = new Buckets(countCuts(sets, longest));
  visitCuts(sets, keys, longest, (low, high, _, dropped, set) => buckets.add(low, high, dropped, set));
  visitCuts(sets, keys, longest, (low, high, kept, dropped, set) => buckets.join(low, high, kept, dropped, set, near));
}

/** Words renumbered so that rarer ones come first, each set ascending: the order that makes prefixes selective. */
function byRarity(sets: WordSets): WordSets {
  const counts = new Uint32Array(sets.vocabulary);
  for (const word of sets.words) counts[word]++;
  const order = Uint32Array.from(counts.keys()).toSorted((a, b) => counts[a] - counts[b] || a - b);
  const rank = new Uint32Array(sets.vocabulary);
  order.forEach((word, i) => (rank[word] = i));
  const words = sets.words.map((word) => rank[word]);
  for (let set = 0; set + 1 < sets.starts.length; set++) words.subarray(sets.starts[set], sets.starts[set + 1]).sort();
  return { words, starts: sets.starts, vocabulary: sets.vocabulary };
}

function commonWords(a: Uint32Array, b: Uint32Array): number {
  let [i, j, common] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      common++;
      i++;
      j++;
    } else if (a[i] < b[j]) i++;
    else j++;
  }
  return common;
}

/** Pairs with at least one set of more than `longest` words. */
function findLong(sets: WordSets, longest: number, near: NearPair): void {
  const isLong = (start: number, set: number): boolean => sets.starts[set + 1] - start > longest;
  if (!sets.starts.some(isLong)) return;
  const ranked = byRarity(sets);
  const sizeOf = (set: number): number => ranked.starts[set + 1] - ranked.starts[set];
  const wordsOf = (set: number): Uint32Array => ranked.words.subarray(ranked.starts[set], ranked.starts[set + 1]);
  // A near partner of a set of n words has three quarters of n at least.
  const members: number[] = [];
  for (let set = 0; set + 1 < ranked.starts.length; set++) {
    if (sizeOf(set) * 4 >= (longest + 1) * 3) members.push(set);
  }
  members.sort((a, b) => sizeOf(a) - sizeOf(b) || a - b);
  const index = new Map<number, number[]>();
  const seenBy = new Int32Array(ranked.starts.length).fill(-1);
  for (const set of members) {
    const size = sizeOf(set);
    const words = wordsOf(set);
    const prefix = size - Math.ceil(size * 0.75) + 1;
    for (const word of words.subarray(0, prefix)) {
      const posting = index.get(word) ?? [];
      if (size > longest) {
        // Sizes ascend in a posting, so partners that are large enough stand at its end.
        for (let i = posting.length - 1; i >= 0 && sizeOf(posting[i]) * 4 >= size * 3; i--) {
          const other = posting[i];
          if (seenBy[other] === set) continue;
          seenBy[other] = set;
          if (isNear(commonWords(words, wordsOf(other)), size, sizeOf(other))) near(other, set);
        }
      }
      posting.push(set);
      index.set(word, posting);
    }
  }
}

/** Reports near sets; see the head of the module. Empty sets are near nothing. */
export function findNearSets(sets: WordSets, near: NearPair): void {
  const longest = countCuts(sets, longestCut) > mostCuts ? shorterCut : longestCut;
  findShort(sets, longest, near);
  findLong(sets, longest, near);
}
