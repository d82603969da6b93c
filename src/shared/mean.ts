/** Element by element over arrays of one length. */
export function meanOf<T extends Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(arrays: readonly T[]): T {
  const [first, ...others] = arrays;
  if (others.length === 0) return first;
  // In float64: a sum of float32 would round once for each of them.
  const sums = Float64Array.from(first);
  for (const array of others) for (let i = 0; i < sums.length; i++) sums[i] += array[i];
  const mean = first.slice() as T;
  for (let i = 0; i < sums.length; i++) mean[i] = sums[i] / arrays.length;
  return mean;
}
