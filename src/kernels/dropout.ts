/**
 * Dropout by a counter-based generator: whether an element is kept depends on the op's seed and the element's index only, so the
 * backward pass draws the same mask again instead of storing it, and every backend drops the same elements. The hash is lowbias32
 * (Chris Wellons, "Prospecting for Hash Functions", 2018) over a Weyl sequence.
 */

/** Rate 0: nothing is dropped. */
export interface Dropout {
  rate: number;
  /** Unsigned 32-bit. */
  seed: number;
}

export const noDropout: Dropout = { rate: 0, seed: 0 };

/** 32 well mixed bits of element `index` under `seed`. */
export function hash32(seed: number, index: number): number {
  let x = (Math.imul(index, 0x9e3779b9) + seed) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** An element is dropped when its hash is below this. */
export function dropThreshold(rate: number): number {
  return Math.floor(rate * 4294967296);
}

/** What a kept element is multiplied by. */
export function keepScale(rate: number): number {
  return 1 / (1 - rate);
}

/** 0 or `keepScale` for each of `size` elements, indices counted from 0. */
export function dropoutFactors(dropout: Dropout, size: number): Float32Array<ArrayBuffer> {
  const factors = new Float32Array(size).fill(1);
  if (dropout.rate === 0) return factors;
  const threshold = dropThreshold(dropout.rate);
  const scale = keepScale(dropout.rate);
  for (let i = 0; i < size; i++) factors[i] = hash32(dropout.seed, i) < threshold ? 0 : scale;
  return factors;
}

/** WGSL of `hash32`, with `keep_factor`: 0 or the scale. */
export const dropoutWgsl = /* wgsl */ `
fn hash32(seed: u32, index: u32) -> u32 {
  var x = index * 0x9e3779b9u + seed;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}
fn keep_factor(seed: u32, threshold: u32, scale: f32, index: u32) -> f32 {
  return select(scale, 0.0, hash32(seed, index) < threshold);
}
fn keep_factor4(seed: u32, threshold: u32, scale: f32, index: u32) -> vec4<f32> {
  return vec4<f32>(
    keep_factor(seed, threshold, scale, index), keep_factor(seed, threshold, scale, index + 1u),
    keep_factor(seed, threshold, scale, index + 2u), keep_factor(seed, threshold, scale, index + 3u));
}
`;
