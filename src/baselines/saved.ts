/** Fitted classifiers and vectorisers as plain JSON, and back. */
import * as v from 'valibot';
import { RungError } from '../shared/errors.ts';
import { constantClassifier, type BinaryClassifier, type SavedClassifier } from './classifier.ts';
import { linearClassifier } from './linear.ts';
import { fitNearestNeighbours } from './nearestNeighbours.ts';
import type { SparseMatrix } from './sparse.ts';
import type { Tfidf } from './tfidf.ts';
import { restoreTrees } from './treeClassifier.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const numbers = v.array(v.pipe(v.number(), v.finite()));

export const savedTfidfSchema = v.object({
  unit: v.picklist(['word', 'characters']),
  shortest: count,
  longest: count,
  /** Titles that it was fitted on. */
  titles: count,
  /** Ascending by code unit; the position is the column. */
  terms: v.array(v.string()),
  /** Of each term: titles that hold it. */
  titlesWith: v.array(count),
});
export type SavedTfidf = v.InferOutput<typeof savedTfidfSchema>;

export const savedClassifierSchema: v.GenericSchema<SavedClassifier> = v.variant('kind', [
  v.object({ kind: v.literal('constant'), score: v.number() }),
  v.object({ kind: v.literal('linear'), intercept: v.number(), weights: numbers }),
  v.object({
    kind: v.literal('neighbours'),
    neighbours: v.pipe(count, v.minValue(1)),
    weighting: v.picklist(['uniform', 'distance']),
    target: v.array(count),
  }),
  v.object({
    kind: v.literal('trees'),
    combine: v.picklist(['mean', 'sum']),
    start: v.number(),
    rate: v.number(),
    columns: v.array(count),
    edges: v.array(numbers),
    trees: v.array(
      v.object({
        column: v.array(count),
        bin: v.array(count),
        left: v.array(count),
        right: v.array(count),
        value: numbers,
      }),
    ),
  }),
]);

/** @param titles how many it was fitted on */
export function saveTfidf({ kind, columnOf, idf }: Tfidf, titles: number): SavedTfidf {
  // idf is ln((1 + titles) / (1 + titles with the term)) + 1: solved for the whole number that went in.
  const titlesWith = Array.from(idf, (value) => Math.round((1 + titles) / Math.exp(value - 1) - 1));
  return { ...kind, titles, terms: [...columnOf.keys()], titlesWith };
}

export function restoreTfidf({ terms, titlesWith, titles, ...kind }: SavedTfidf): Tfidf {
  if (terms.length !== titlesWith.length)
    throw damaged(`${terms.length} terms and ${titlesWith.length} counts of them`);
  const idf = Float64Array.from(titlesWith, (held) => Math.log((1 + titles) / (1 + held)) + 1);
  return { kind, columnOf: new Map(terms.map((term, column) => [term, column])), idf };
}

/**
 * @param columns of the features
 * @param trained features of the rows it was fitted on; nearest neighbours need them
 * @throws RungError `file-corrupt` when its parts do not fit together
 */
export function restoreClassifier(
  saved: SavedClassifier,
  columns: number,
  trained: SparseMatrix | null,
): BinaryClassifier {
  switch (saved.kind) {
    case 'constant':
      return constantClassifier(saved.score);
    case 'linear':
      if (saved.weights.length !== columns) throw damaged(`${saved.weights.length} weights for ${columns} terms`);
      return linearClassifier(Float64Array.from(saved.weights), saved.intercept);
    case 'neighbours': {
      if (trained === null) throw damaged('nearest neighbours without the titles they are sought among');
      const target = new Uint8Array(trained.rows);
      for (const row of saved.target) target[row] = 1;
      return fitNearestNeighbours(trained, target, saved);
    }
    case 'trees':
      checkTrees(saved, columns);
      return restoreTrees(saved);
  }
}

/** Every walk from a root must end at a leaf: children come after their parent. */
function checkTrees(saved: Extract<SavedClassifier, { kind: 'trees' }>, columns: number): void {
  if (saved.columns.length !== saved.edges.length || saved.columns.some((column) => column >= columns)) {
    throw damaged('trees on columns that it does not have');
  }
  for (const { column, bin, left, right, value } of saved.trees) {
    const nodes = value.length;
    const whole = nodes > 0 && [column, bin, left, right].every(({ length }) => length === nodes);
    const ends = left.every((child, node) => {
      if (child === 0) return true;
      return child > node && child < nodes && right[node] > node && right[node] < nodes;
    });
    if (!whole || !ends || column.some((own) => own >= saved.columns.length)) throw damaged('a tree without an end');
  }
}

function damaged(what: string): RungError {
  return new RungError(
    'file-corrupt',
    `Reading a classical model: it holds ${what}.`,
    'Use the file as it was downloaded, or train again.',
  );
}
