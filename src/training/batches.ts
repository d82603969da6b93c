/** Which titles make up each step: an order drawn anew every epoch from the seed, cut into batches; the last may be smaller. */
import { Random } from '../shared/random.ts';

export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/** The batches of one epoch (counted from 1). The same seed and epoch give the same batches. */
export function epochBatches(
  count: number,
  batchSize: number,
  seed: number,
  epoch: number,
): Uint32Array<ArrayBuffer>[] {
  const order = new Random((Math.imul(seed, 0x9e3779b9) + epoch) >>> 0).shuffle(
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  const batches: Uint32Array<ArrayBuffer>[] = [];
  for (let at = 0; at < count; at += batchSize) batches.push(order.slice(at, at + batchSize));
  return batches;
}

/**
 * Titles for prediction, longest first so that a batch that does not fit fails at once, cut so that each batch has at most `maxTokens`
 * tokens (one title at least).
 * @param wanted which titles; all if left out.
 */
export function predictionBatches(
  starts: Uint32Array,
  maxTokens: number,
  wanted: Uint32Array = Uint32Array.from({ length: starts.length - 1 }, (_, i) => i),
): Uint32Array<ArrayBuffer>[] {
  const length = (i: number): number => starts[i + 1] - starts[i];
  const order = wanted.toSorted((a, b) => length(b) - length(a));
  const batches: Uint32Array<ArrayBuffer>[] = [];
  let from = 0;
  let tokens = 0;
  for (let i = 0; i < order.length; i++) {
    if (i > from && tokens + length(order[i]) > maxTokens) {
      batches.push(order.slice(from, i));
      from = i;
      tokens = 0;
    }
    tokens += length(order[i]);
  }
  if (from < order.length) batches.push(order.slice(from));
  return batches;
}
