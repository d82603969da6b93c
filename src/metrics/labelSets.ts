/** Which sets of labels are taken for which: a confusion matrix whose classes are whole label sets. */
import { rowCount } from './classification.ts';

export interface LabelSetConfusion {
  /** Label positions, ascending; the set that most rows carry or were given first. */
  sets: number[][];
  /** Pairs that occur, by position in `sets`. */
  cells: { actual: number; predicted: number; rows: number }[];
}

/**
 * Counts rows by the set they carry and the set they were given. What occurs is counted, not every pair there could be: n labels have
 * 2^n sets.
 * @param actual rows x labels, row-major, 0 or 1
 * @param predicted the same
 */
export function labelSetConfusion(actual: Uint8Array, predicted: Uint8Array, labels: number): LabelSetConfusion {
  const rows = rowCount(actual.length, predicted.length, labels);
  const found = new Map<string, { set: number[]; rows: number }>();
  const find = (from: Uint8Array, row: number): string => {
    const set: number[] = [];
    for (let label = 0; label < labels; label++) if (from[row * labels + label]) set.push(label);
    const key = set.join();
    if (!found.has(key)) found.set(key, { set, rows: 0 });
    return key;
  };
  const pairs = new Map<string, { actual: string; predicted: string; rows: number }>();
  for (let row = 0; row < rows; row++) {
    const [own, given] = [find(actual, row), find(predicted, row)];
    found.get(own)!.rows++;
    found.get(given)!.rows++;
    const pair = pairs.get(`${own}>${given}`) ?? { actual: own, predicted: given, rows: 0 };
    pair.rows++;
    pairs.set(`${own}>${given}`, pair);
  }
  const order = [...found].toSorted(([a, x], [b, y]) => y.rows - x.rows || (a < b ? -1 : 1));
  const place = new Map(order.map(([key], i) => [key, i]));
  return {
    sets: order.map(([, { set }]) => set),
    cells: [...pairs.values()].map((pair) => ({
      actual: place.get(pair.actual)!,
      predicted: place.get(pair.predicted)!,
      rows: pair.rows,
    })),
  };
}
