/** Chi-squared statistic of terms against a label, as scikit-learn's `chi2` on non-negative features (Yang and Pedersen, ICML 1997). */
import { checkTarget, countPositives } from './classifier.ts';
import type { SparseMatrix } from './sparse.ts';

/** One statistic a column; 0 for a column without values. @throws RungError `internal` without both classes. */
export function chi2(features: SparseMatrix, target: Uint8Array): Float64Array {
  checkTarget(features, target);
  const present = new Float64Array(features.columns);
  const all = new Float64Array(features.columns);
  for (let row = 0; row < features.rows; row++) {
    for (let i = features.starts[row]; i < features.starts[row + 1]; i++) {
      all[features.indices[i]] += features.values[i];
      if (target[row]) present[features.indices[i]] += features.values[i];
    }
  }
  const share = countPositives(target) / target.length;
  return all.map((sum, c) => {
    if (sum === 0) return 0;
    const difference = (present[c] - share * sum) ** 2;
    return difference / (share * sum) + difference / ((1 - share) * sum);
  });
}

/** The `count` columns with the highest statistic, ascending by position; the earlier of equal ones. */
export function topColumns(statistic: Float64Array, count: number): Uint32Array {
  const order = Uint32Array.from(statistic.keys()).toSorted((a, b) => statistic[b] - statistic[a] || a - b);
  return order.slice(0, count).toSorted();
}
