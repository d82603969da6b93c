/** Whether rows stand in an order that has to do with their labels or titles. */

/**
 * Runs test for several categories (Barton and David, Multiple runs, Biometrika 1957): how many standard deviations the number of runs of
 * equal values lies below what a shuffled sequence would have. Large negative values mean sorted.
 * @param values category of each row
 * @returns 0 where there is nothing to tell
 */
export function runsDeviation(values: ArrayLike<number>): number {
  const total = values.length;
  if (total < 3) return 0;
  const counts = new Map<number, number>();
  let runs = 1;
  for (let i = 0; i < total; i++) {
    counts.set(values[i], (counts.get(values[i]) ?? 0) + 1);
    if (i > 0 && values[i] !== values[i - 1]) runs++;
  }
  let [squares, cubes] = [0, 0];
  for (const count of counts.values()) {
    squares += count ** 2;
    cubes += count ** 3;
  }
  const expected = 1 + (total ** 2 - squares) / total;
  const variance =
    (squares * (squares + total * (total + 1)) - 2 * total * cubes - total ** 3) / (total ** 2 * (total - 1));
  return variance > 0 ? (runs - expected) / Math.sqrt(variance) : 0;
}

/** Share of neighbouring titles that stand in alphabetical order; a shuffled list has 0.5. */
export function alphabeticalShare(titles: readonly string[]): number {
  let ordered = 0;
  for (let i = 1; i < titles.length; i++) if (titles[i - 1].toLowerCase() <= titles[i].toLowerCase()) ordered++;
  return titles.length > 1 ? ordered / (titles.length - 1) : 0;
}
