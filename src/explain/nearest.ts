/**
 * Nearest rows by cosine, about the mean of all rows: embeddings of a trained encoder share a large part, which makes any two look alike
 * (Mu & Viswanath 2018, "All-but-the-Top", arXiv:1702.01417).
 */

/** The mean of the rows of [rows, width]. */
export function meanRow(vectors: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(width);
  for (let at = 0; at < vectors.length; at++) sums[at % width] += vectors[at];
  const rows = Math.max(1, vectors.length / width);
  return Float32Array.from(sums, (sum) => sum / rows);
}

/** Takes `mean` [width] from each row of [rows, width], in place. */
export function centreRows(vectors: Float32Array, mean: Float32Array): void {
  for (let at = 0; at < vectors.length; at++) vectors[at] -= mean[at % mean.length];
}

/** Divides each row of [rows, width] by its length, in place; a row of zeros stays. */
export function normaliseRows(vectors: Float32Array, width: number): void {
  for (let from = 0; from < vectors.length; from += width) {
    const row = vectors.subarray(from, from + width);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (length > 0) for (let i = 0; i < width; i++) row[i] /= length;
  }
}

export interface Neighbour {
  row: number;
  /** Cosine, -1 to 1. */
  similarity: number;
}

/** The `count` rows of `vectors` [rows, width] nearest to `query` [width], nearest first; both of length 1. Equals stand in their order. */
export function nearestRows(query: Float32Array, vectors: Float32Array, count: number): Neighbour[] {
  const width = query.length;
  const best: Neighbour[] = [];
  for (let row = 0; (row + 1) * width <= vectors.length; row++) {
    let similarity = 0;
    for (let i = 0; i < width; i++) similarity += query[i] * vectors[row * width + i];
    if (best.length === count && similarity <= best[count - 1].similarity) continue;
    const at = best.findLastIndex((other) => other.similarity >= similarity) + 1;
    best.splice(at, 0, { row, similarity });
    best.length = Math.min(best.length, count);
  }
  return best;
}
