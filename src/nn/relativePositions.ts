/**
 * The relative positions of DeBERTa (He, Gao & Chen 2021, arXiv:2111.09543, and He et al. 2021, arXiv:2006.03654): which row of the table of
 * relative embeddings [2 span, H] a pair of tokens takes. Far pairs share rows in logarithmic steps.
 */

export interface RelativeSettings {
  /** 0: every distance has a row of its own. */
  buckets: number;
  /** Distances from here on are not told apart. */
  maxDistance: number;
}

/** Half the rows of the table. */
export function relativeSpan({ buckets, maxDistance }: RelativeSettings): number {
  return buckets > 0 ? buckets : maxDistance;
}

/** Bucket of a distance, query index less key index, as Hugging Face's `make_log_bucket_position`. */
export function bucketOf(distance: number, { buckets, maxDistance }: RelativeSettings): number {
  const middle = Math.floor(buckets / 2);
  const far = Math.abs(distance);
  if (buckets === 0 || far <= middle) return distance;
  const steps = Math.ceil((Math.log(far / middle) / Math.log((maxDistance - 1) / middle)) * (middle - 1));
  return Math.sign(distance) * (steps + middle);
}

/** The rows of the table that titles of up to `reach` tokens need, and which of them each pair takes. */
export interface RelativeRows {
  /** First row needed. */
  first: number;
  /** Rows needed: from `first` on. */
  count: number;
  reach: number;
  /**
   * int32 [2 reach - 1 + 2 count]: for each distance from 1 - reach to reach - 1 its row, counted from `first`; then for each row the
   * least and the largest distance that take it (least above largest: none do).
   */
  places: Int32Array<ArrayBuffer>;
}

/** Reaches are a multiple of this, so that few sizes occur. */
const reachMultiple = 8;

/** For a batch whose longest title has `longest` tokens; no title has more than `limit`. */
export function relativeRows(longest: number, settings: RelativeSettings, limit: number): RelativeRows {
  const span = relativeSpan(settings);
  const reach = Math.min(limit, Math.ceil(longest / reachMultiple) * reachMultiple);
  const rowOf = (distance: number): number => Math.min(2 * span - 1, Math.max(0, bucketOf(distance, settings) + span));
  const first = rowOf(1 - reach);
  const count = rowOf(reach - 1) - first + 1;
  const distances = 2 * reach - 1;
  const places = new Int32Array(distances + 2 * count);
  for (let row = 0; row < count; row++) places.set([reach, -reach], distances + 2 * row);
  for (let i = 0; i < distances; i++) {
    const distance = i - reach + 1;
    const row = rowOf(distance) - first;
    places[i] = row;
    const at = distances + 2 * row;
    places[at] = Math.min(places[at], distance);
    places[at + 1] = Math.max(places[at + 1], distance);
  }
  return { first, count, reach, places };
}
