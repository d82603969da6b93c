/** The words of a title: where they stand, which tokens they are, and what the title is without one or with another. */

/** A word with the punctuation that hangs on it: leaving it out leaves no stray comma. */
export interface Word {
  text: string;
  /** Place in the title, characters. */
  from: number;
  to: number;
}

// Letters and digits, joined inside by an apostrophe, hyphen, dot, "&", "+" or "#" ("R&D", "Vice-President"), with brackets before and
// other punctuation after; or symbols that stand alone ("&").
const wordPattern =
  /[([{"]*[\p{L}\p{M}\p{N}]+(?:['’.&+#-]+[\p{L}\p{M}\p{N}]+)*[^\s\p{L}\p{M}\p{N}([{]*|[^\s\p{L}\p{M}\p{N}]+/gu;

export function wordsOf(title: string): Word[] {
  return Array.from(title.matchAll(wordPattern), (match) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

// The "+" and "#" of "C++" and "C#" are the word's own.
const hanging = /^(?<before>[([{"]*)(?<core>.*?)(?<after>[^\p{L}\p{M}\p{N}+#]*)$/su;

/** A word without brackets and punctuation around it; a symbol that stands alone stays. */
export function coreOf(word: string): string {
  return hanging.exec(word)?.groups?.core || word;
}

/** A word of a title that is put together anew. */
export interface Piece {
  text: string;
  /** No space before it. */
  glued: boolean;
  /** Was not in the title. */
  fresh: boolean;
}

export function piecesOf(words: readonly Word[]): Piece[] {
  return words.map(({ text, from }, i) => ({ text, glued: i > 0 && words[i - 1].to === from, fresh: false }));
}

export function joinPieces(pieces: readonly Piece[]): string {
  return pieces.map(({ text, glued }, i) => (i === 0 || glued ? text : ` ${text}`)).join('');
}

export function withoutPiece(pieces: readonly Piece[], at: number): Piece[] {
  const removed = pieces[at];
  return pieces.flatMap((piece, i) => {
    if (i === at) return [];
    return i === at + 1 ? [{ ...piece, glued: piece.glued && removed.glued }] : [piece];
  });
}

/** The punctuation around the word stays. */
export function withPiece(pieces: readonly Piece[], at: number, text: string): Piece[] {
  const { before = '', after = '' } = hanging.exec(pieces[at].text)?.groups ?? {};
  return pieces.with(at, { ...pieces[at], text: before + text + after, fresh: true });
}

/** `at` may be the number of pieces: at the end. */
export function insertedPiece(pieces: readonly Piece[], at: number, text: string): Piece[] {
  const spaced = pieces.slice(at, at + 1).map(({ text: next, fresh }) => ({ text: next, glued: false, fresh }));
  return [...pieces.slice(0, at), { text, glued: false, fresh: true }, ...spaced, ...pieces.slice(at + 1)];
}

/** Token ids of a title, special tokens around them. */
export type Encode = (title: string) => readonly number[];

export interface TokenisedWords {
  ids: readonly number[];
  /** As `wordsOf`, but where no token border lies between two words, they stand as one. Only those that have a token. */
  words: Word[];
  /** Word of each token; -1 for special tokens. */
  wordOf: Int32Array<ArrayBuffer>;
  /** Words after them that the title was cut before. */
  unread: number;
}

/**
 * Which tokens belong to which word, for any tokeniser: a border between words is a border between tokens where the tokens of the text
 * before it are the first tokens of the title.
 */
export function tokeniseWords(title: string, encode: Encode): TokenisedWords {
  const ids = encode(title);
  const special = encode('');
  const before = commonLength(special, ids);
  const after = Math.min(special.length - before, commonLength(special.toReversed(), ids.toReversed()));
  const inside = (all: readonly number[]): readonly number[] => all.slice(before, all.length - after);
  const content = inside(ids);
  const wordOf = new Int32Array(ids.length).fill(-1);
  const words: Word[] = [];
  const split = wordsOf(title);
  let done = 0;
  let begun: number | null = null;
  for (const [i, { from, to }] of split.entries()) {
    if (done === content.length) return { ids, words, wordOf, unread: split.length - i };
    begun ??= from;
    const last = i === split.length - 1;
    const end = last ? content.length : borderAfter(inside(encode(title.slice(0, to))), content);
    if (end === null || (end === done && !last)) continue;
    wordOf.fill(words.length, before + done, before + end);
    words.push({ text: title.slice(begun, to), from: begun, to });
    done = end;
    begun = null;
  }
  return { ids, words, wordOf, unread: 0 };
}

/** How many tokens of `content` the first words are, by their own tokens; null where they are others. */
function borderAfter(own: readonly number[], content: readonly number[]): number | null {
  const compared = Math.min(own.length, content.length);
  return commonLength(own, content) === compared ? compared : null;
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
