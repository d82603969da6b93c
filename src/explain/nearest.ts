/** Nearest rows by cosine. */

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
