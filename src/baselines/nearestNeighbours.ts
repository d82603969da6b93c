/**
 * k nearest neighbours by cosine distance, as scikit-learn's KNeighborsClassifier(metric='cosine'). Among equally near rows the earlier
 * counts. Similarities go through the transposed training matrix, term by term, so only rows that share a term cost anything.
 */
import { checkTarget, logOdds, type BinaryClassifier } from './classifier.ts';
import { transpose, type SparseMatrix } from './sparse.ts';

export interface NeighbourOptions {
  /** At most the number of training rows. */
  neighbours: number;
  /** `distance`: a neighbour counts by the inverse of its distance. */
  weighting: 'uniform' | 'distance';
}

/** Distances below this are rounding: the two rows are the same. */
const same = 1e-12;

export interface NearestNeighbours extends BinaryClassifier {
  /** Weighted share of the neighbours that carry the label. */
  probabilities(features: SparseMatrix): Float64Array;
}

/** @param target one value a row of `features`, 0 or 1. @throws RungError `internal` without both classes. */
export function fitNearestNeighbours(
  features: SparseMatrix,
  target: Uint8Array,
  { neighbours, weighting }: NeighbourOptions,
): NearestNeighbours {
  checkTarget(features, target);
  const k = Math.min(neighbours, features.rows);
  const probabilities = (asked: SparseMatrix): Float64Array =>
    Float64Array.from(ranking(features, asked, k), (ranked) => vote(ranked.slice(0, k), target, weighting));
  return {
    probabilities,
    scores: (asked) => probabilities(asked).map(logOdds),
    save: () => ({
      kind: 'neighbours',
      neighbours,
      weighting,
      target: [...target.keys()].filter((row) => target[row] === 1),
    }),
  };
}

interface Neighbour {
  row: number;
  similarity: number;
}

/** As many are ranked at least, so that other settings of k find them ready. */
const fewestRanked = 25;
/** Labels and settings of one search ask for the neighbours of the same rows among the same rows, again and again. */
const known = new WeakMap<SparseMatrix, WeakMap<SparseMatrix, Neighbour[][]>>();

/** The nearest rows of `features` for each asked row, at least `k` where there are so many. */
function ranking(features: SparseMatrix, asked: SparseMatrix, k: number): Neighbour[][] {
  const ofFeatures = known.get(features) ?? new WeakMap<SparseMatrix, Neighbour[][]>();
  known.set(features, ofFeatures);
  const before = ofFeatures.get(asked);
  if (before?.every((ranked) => ranked.length >= k)) return before;
  const rowsOfTerm = transpose(unitRows(features));
  const unit = unitRows(asked);
  const similarity = new Float64Array(features.rows);
  const found = Array.from({ length: asked.rows }, (_, row) => {
    similarity.fill(0);
    for (let i = unit.starts[row]; i < unit.starts[row + 1]; i++) {
      const term = unit.indices[i];
      for (let j = rowsOfTerm.starts[term]; j < rowsOfTerm.starts[term + 1]; j++)
        similarity[rowsOfTerm.indices[j]] += unit.values[i] * rowsOfTerm.values[j];
    }
    const nearestRows = nearest(similarity, Math.min(features.rows, Math.max(k, fewestRanked)));
    return nearestRows.map((own) => ({ row: own, similarity: similarity[own] }));
  });
  ofFeatures.set(asked, found);
  return found;
}

/** Rows of length 1; rows of zeros stay. */
function unitRows(matrix: SparseMatrix): SparseMatrix {
  const values = matrix.values.slice();
  for (let row = 0; row < matrix.rows; row++) {
    const own = values.subarray(matrix.starts[row], matrix.starts[row + 1]);
    const norm = Math.hypot(...own);
    for (let i = 0; i < own.length; i++) own[i] /= norm;
  }
  return { ...matrix, values };
}

/** The k rows of the highest similarity, by insertion: k is small. */
function nearest(similarity: Float64Array, k: number): number[] {
  const best: number[] = [];
  for (let row = 0; row < similarity.length; row++) {
    if (best.length === k && similarity[row] <= similarity[best[k - 1]]) continue;
    let at = Math.min(best.length, k - 1);
    while (at > 0 && similarity[best[at - 1]] < similarity[row]) {
      best[at] = best[at - 1];
      at--;
    }
    best[at] = row;
  }
  return best;
}

function vote(neighbours: readonly Neighbour[], target: Uint8Array, weighting: NeighbourOptions['weighting']): number {
  const distances = neighbours.map(({ similarity }) => Math.max(0, 1 - similarity));
  const anySame = distances.some((distance) => distance < same);
  let [carrying, total] = [0, 0];
  for (const [i, { row }] of neighbours.entries()) {
    let weight = 1;
    // Where the title itself was trained on, only its copies count: their inverse distance is infinite.
    if (weighting === 'distance') weight = anySame ? Number(distances[i] < same) : 1 / distances[i];
    total += weight;
    if (target[row]) carrying += weight;
  }
  return carrying / total;
}
