/** N-grams of a text exactly as scikit-learn's CountVectorizer makes them (analyzers `word` and `char_wb`), lower-cased. */

export interface NgramKind {
  /** `word`: runs of words. `characters`: runs of characters inside words, each word with a space on both sides (`char_wb`). */
  unit: 'word' | 'characters';
  /** Shortest and longest run. */
  shortest: number;
  longest: number;
}

/** Two or more letters, digits or underscores: `(?u)\b\w\w+\b`. */
const word = /[\p{L}\p{N}_]{2,}/gu;

/** All n-grams of a text, repeated ones as often as they occur. */
export function ngrams(text: string, kind: NgramKind): string[] {
  const lower = text.toLowerCase();
  return kind.unit === 'word' ? wordNgrams(lower, kind) : characterNgrams(lower, kind);
}

function wordNgrams(text: string, { shortest, longest }: NgramKind): string[] {
  const words = text.match(word) ?? [];
  const found: string[] = [];
  for (let n = shortest; n <= longest; n++) {
    for (let i = 0; i + n <= words.length; i++) found.push(words.slice(i, i + n).join(' '));
  }
  return found;
}

/** A word that is shorter than an n-gram counts once, whole. */
function characterNgrams(text: string, { shortest, longest }: NgramKind): string[] {
  const found: string[] = [];
  for (const part of text.split(/\s+/)) {
    if (part === '') continue;
    // By code points: a character outside the basic plane is one.
    const padded = Array.from(` ${part} `);
    for (let n = shortest; n <= longest; n++) {
      for (let i = 0; i === 0 || i + n <= padded.length; i++) found.push(padded.slice(i, i + n).join(''));
      if (n >= padded.length) break;
    }
  }
  return found;
}
