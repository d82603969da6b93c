/**
 * A WordPiece vocabulary from word counts. Schuster & Nakajima, "Japanese and Korean voice search", 2012, describe the scheme: start
 * from characters and keep joining the two neighbouring pieces that gain most. As in the trainer of Hugging Face tokenizers, the gain
 * is how often the two stand together, not the gain in likelihood of the paper, which favours rare pieces on a small corpus.
 * Joining leaves stepping stones ("##anag") that longest-match-first tokenising never uses, so more pieces than asked for are learnt
 * and those that are used least are taken out again.
 */

export interface VocabularyOptions {
  /** Entries in all, special tokens and alphabet counted. */
  size: number;
  /** First entries, in order. */
  specialTokens: readonly string[];
  /** Characters and other pieces that are in however rare they are. */
  alphabet: readonly string[];
  /** A pair that occurs less often is not joined; a character that does is unknown. */
  minFrequency: number;
}

/** Pieces learnt beyond the size asked for, as a share of it. */
const surplus = 0.3;
const pruningRounds = 6;

/** Learns a vocabulary. Words come with their counts; equal input gives equal output, whatever its order. */
export function trainWordPiece(counts: ReadonlyMap<string, number>, options: VocabularyOptions): string[] {
  const words = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const alphabet = new Set([...options.alphabet, ...frequentCharacters(words, options.minFrequency)].toSorted());
  const fixed = new Set([...options.specialTokens, ...alphabet]);
  const usable = words.filter(([word]) => charactersOf(word).every((piece) => alphabet.has(piece)));
  const learnt = joinPairs(
    usable,
    alphabet,
    Math.round(options.size * (1 + surplus)) - fixed.size,
    options.minFrequency,
  );
  const kept = dropUnused(usable, fixed, learnt, options.size - fixed.size);
  return [...fixed, ...kept];
}

/**
 * Longest match first, as BERT does it: the pieces of one word, or null when some character is not in the vocabulary.
 * Plain on purpose: the tests hold the library against it.
 */
export function encodeWord(word: string, vocabulary: ReadonlySet<string>): string[] | null {
  const characters = Array.from(word);
  const pieces: string[] = [];
  let start = 0;
  while (start < characters.length) {
    let end = characters.length;
    let piece = '';
    for (; end > start; end--) {
      piece = (start ? '##' : '') + characters.slice(start, end).join('');
      if (vocabulary.has(piece)) break;
    }
    if (end === start) return null;
    pieces.push(piece);
    start = end;
  }
  return pieces;
}

function charactersOf(word: string): string[] {
  return Array.from(word, (character, i) => (i ? `##${character}` : character));
}

function frequentCharacters(words: [string, number][], minFrequency: number): string[] {
  const seen = new Map<string, number>();
  for (const [word, count] of words) {
    for (const piece of charactersOf(word)) seen.set(piece, (seen.get(piece) ?? 0) + count);
  }
  return [...seen].filter(([, count]) => count >= minFrequency).map(([piece]) => piece);
}

interface Pair {
  left: number;
  right: number;
  count: number;
  /** Indices of words that hold it, or held it. */
  words: Set<number>;
}

/** Most frequent first; ties go to the pieces that were there earlier. */
function comesFirst(a: Candidate, b: Candidate): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}

const maxPieces = 2 ** 20;

/** Joins the most frequent pair again and again; the pieces made, in that order. */
function joinPairs(words: [string, number][], alphabet: Set<string>, limit: number, minFrequency: number): string[] {
  const pieces = [...alphabet];
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const split = words.map(([word]) => charactersOf(word).map((piece) => ids.get(piece)!));
  const pairs = new Map<number, Pair>();
  const heap = new Heap();
  const touched = new Set<number>();
  const add = (left: number, right: number, word: number, count: number): void => {
    const key = left * maxPieces + right;
    let pair = pairs.get(key);
    if (!pair) pairs.set(key, (pair = { left, right, count: 0, words: new Set() }));
    pair.count += count;
    if (count > 0) pair.words.add(word);
    touched.add(key);
  };
  const addAll = (word: number, sign: 1 | -1): void => {
    for (let i = 1; i < split[word].length; i++) {
      add(split[word][i - 1], split[word][i], word, sign * words[word][1]);
    }
  };
  const queueTouched = (): void => {
    for (const key of touched) heap.push({ key, count: pairs.get(key)!.count });
    touched.clear();
  };
  for (let word = 0; word < words.length; word++) addAll(word, 1);
  queueTouched();

  const made: string[] = [];
  while (made.length < limit) {
    const best = heap.pop();
    if (!best || best.count < minFrequency) break;
    const pair = pairs.get(best.key)!;
    // An entry of before the count changed; the right one is in the heap as well.
    if (pair.count !== best.count) continue;
    const joined = pieces[pair.left] + pieces[pair.right].slice(2);
    let id = ids.get(joined);
    if (id === undefined) {
      id = pieces.push(joined) - 1;
      ids.set(joined, id);
      made.push(joined);
    }
    for (const word of pair.words) {
      addAll(word, -1);
      split[word] = joinIn(split[word], pair, id);
      addAll(word, 1);
    }
    pair.words.clear();
    queueTouched();
  }
  return made;
}

function joinIn(pieces: number[], { left, right }: Pair, id: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const joins = pieces[i] === left && pieces[i + 1] === right;
    out.push(joins ? id : pieces[i]);
    if (joins) i++;
  }
  return out;
}

/** Takes out the pieces that tokenising the words uses least, a part at a time, since what remains is then used more. */
function dropUnused(words: [string, number][], fixed: Set<string>, learnt: string[], size: number): string[] {
  let kept = learnt;
  for (let round = pruningRounds; round > 0 && kept.length > size; round--) {
    const vocabulary = new Set([...fixed, ...kept]);
    const used = new Map(kept.map((piece) => [piece, 0]));
    for (const [word, count] of words) {
      for (const piece of encodeWord(word, vocabulary) ?? []) {
        const before = used.get(piece);
        if (before !== undefined) used.set(piece, before + count);
      }
    }
    const target = kept.length - Math.ceil((kept.length - size) / round);
    // Longer pieces go first among equals: their parts serve other words too.
    const ranked = kept.toSorted((a, b) => used.get(b)! - used.get(a)! || a.length - b.length || (a < b ? -1 : 1));
    const stays = new Set(ranked.slice(0, target));
    kept = kept.filter((piece) => stays.has(piece));
  }
  return kept;
}

interface Candidate {
  key: number;
  count: number;
}

/** A binary heap of candidates, the first one on top. */
class Heap {
  private items: Candidate[] = [];

  push(item: Candidate): void {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesFirst(item, items[parent])) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  pop(): Candidate | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && comesFirst(items[child + 1], items[child])) child++;
      if (!comesFirst(items[child], last)) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return top;
  }
}
