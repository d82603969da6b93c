/** Numeric comparison for tests: the tolerance is always said, and a failure names the largest difference and where it is. */

export interface Difference {
  largest: number;
  index: number;
  actual: number;
  expected: number;
}

/** The largest absolute difference; a NaN counts as infinite. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): Difference {
  if (actual.length !== expected.length) throw new Error(`${expected.length} numbers expected, ${actual.length} found`);
  const worst: Difference = { largest: 0, index: -1, actual: 0, expected: 0 };
  for (let index = 0; index < actual.length; index++) {
    const distance = Math.abs(actual[index] - expected[index]);
    const largest = Number.isNaN(distance) ? Infinity : distance;
    if (largest > worst.largest)
      Object.assign(worst, { largest, index, actual: actual[index], expected: expected[index] });
  }
  return worst;
}

/** @throws Error when a number differs by more than `tolerance`. Returns the largest difference. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  name = 'value',
): number {
  const worst = largestDifference(actual, expected);
  if (worst.largest <= tolerance) return worst.largest;
  throw new Error(
    `${name}: largest difference ${worst.largest.toExponential(2)} at ${worst.index} ` +
      `(${worst.actual} instead of ${worst.expected}), tolerance ${tolerance.toExponential(2)}`,
  );
}

/** |actual - expected| / |expected| in the Euclidean norm. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Math.sqrt(difference) / Math.sqrt(norm);
}
