/**
 * TF-IDF as scikit-learn's TfidfVectorizer computes it: term frequency 1 + ln(count) (sublinear), inverse document frequency
 * ln((1 + rows) / (1 + rows with the term)) + 1 (smooth), each row divided by its Euclidean norm. Terms are sorted by code unit.
 */
import { RungError } from '../shared/errors.ts';
import { ngrams, type NgramKind } from './ngrams.ts';
import { besideEachOther, sparseFromRows, type SparseMatrix } from './sparse.ts';

export interface Tfidf {
  kind: NgramKind;
  /** Term -> column. */
  columnOf: ReadonlyMap<string, number>;
  idf: Float64Array;
}

/** Words and pairs of words beside runs of 2 to 5 characters: spelling variants share the latter. */
export const wordsAndCharacters: readonly NgramKind[] = [
  { unit: 'word', shortest: 1, longest: 2 },
  { unit: 'characters', shortest: 2, longest: 5 },
];

/**
 * Learns terms and their frequencies. Give training rows only: what it learns from a test row leaks.
 * @throws RungError `too-few-rows` when no text holds a term.
 */
export function fitTfidf(texts: readonly string[], kind: NgramKind): Tfidf {
  const rowsWith = new Map<string, number>();
  for (const text of texts) {
    for (const term of new Set(ngrams(text, kind))) rowsWith.set(term, (rowsWith.get(term) ?? 0) + 1);
  }
  if (rowsWith.size === 0) {
    throw new RungError(
      'too-few-rows',
      `Counting terms: expected at least one ${kind.unit === 'word' ? 'word of two letters' : 'word'} in ${texts.length} titles, found none.`,
      'Check that the right column is taken for titles.',
    );
  }
  const terms = [...rowsWith.keys()].toSorted();
  const idf = Float64Array.from(terms, (term) => Math.log((1 + texts.length) / (1 + (rowsWith.get(term) ?? 0))) + 1);
  return { kind, columnOf: new Map(terms.map((term, column) => [term, column])), idf };
}

/** texts x terms, every row of length 1; a text without a known term is a row of zeros. */
export function transformTfidf({ kind, columnOf, idf }: Tfidf, texts: readonly string[]): SparseMatrix {
  const rows = texts.map((text) => {
    const row = new Map<number, number>();
    for (const term of ngrams(text, kind)) {
      const column = columnOf.get(term);
      if (column !== undefined) row.set(column, (row.get(column) ?? 0) + 1);
    }
    let squares = 0;
    for (const [column, count] of row) {
      const value = (1 + Math.log(count)) * idf[column];
      row.set(column, value);
      squares += value * value;
    }
    const norm = Math.sqrt(squares);
    for (const [column, value] of row) row.set(column, value / norm);
    return row;
  });
  return sparseFromRows(rows, idf.length);
}

/** One vectoriser for each kind of n-gram (scikit-learn's FeatureUnion). */
export function fitTfidfUnion(texts: readonly string[], kinds: readonly NgramKind[]): Tfidf[] {
  return kinds.map((kind) => fitTfidf(texts, kind));
}

/** The matrices of all vectorisers side by side; every part of a row has length 1. */
export function transformTfidfUnion(parts: readonly Tfidf[], texts: readonly string[]): SparseMatrix {
  return besideEachOther(parts.map((part) => transformTfidf(part, texts)));
}
