/**
 * Whether probabilities mean what they say: of the rows that were given about 0.7, do about 70 of 100 carry the label? Bins and
 * figures are scikit-learn's (`calibration_curve`, `brier_score_loss`); the expected calibration error is that of Naeini et al. 2015
 * over the same bins.
 */
import { percentile } from './resample.ts';

/** Rows whose probability lies over `from` and up to `to`; the first bin holds `from` too. */
export interface CalibrationBin {
  from: number;
  to: number;
  rows: number;
  positives: number;
  /** Mean of the probabilities of its rows. */
  predicted: number;
  /** Share of its rows that carry the label. */
  observed: number;
}

/** Bins of equal width, or of about as many rows each. */
export type BinStrategy = 'uniform' | 'quantile';

/** Edges of the bins, from the lowest to the highest; equal ones where many rows share a probability. */
function binEdges(probabilities: ArrayLike<number>, bins: number, strategy: BinStrategy): number[] {
  // As NumPy's linspace counts, so that a probability on an edge falls on the same side.
  const shares = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? 1 : i * (1 / bins)));
  if (strategy === 'uniform') return shares;
  const sorted = Float64Array.from(probabilities).toSorted();
  return shares.map((share) => percentile(sorted, (share * 100) / 100));
}

/**
 * The calibration curve of one label; bins without rows are left out.
 * @param actual by row, 0 or 1
 * @param probabilities by row, in [0, 1]
 */
export function calibrationCurve(
  actual: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  bins: number,
  strategy: BinStrategy,
): CalibrationBin[] {
  if (probabilities.length === 0) return [];
  const edges = binEdges(probabilities, bins, strategy);
  const totals = edges.slice(1).map((to, i) => ({ from: edges[i], to, rows: 0, positives: 0, sum: 0 }));
  for (const [row, bin] of binOfRows(probabilities, edges).entries()) {
    const total = totals[bin];
    total.rows++;
    total.sum += probabilities[row];
    if (actual[row]) total.positives++;
  }
  return totals
    .filter(({ rows }) => rows > 0)
    .map(({ from, to, rows, positives, sum }) => ({
      from,
      to,
      rows,
      positives,
      predicted: sum / rows,
      observed: positives / rows,
    }));
}

/** The bin of each row, of so many of equal width or of equal rows. */
export function calibrationBinOf(probabilities: ArrayLike<number>, bins: number, strategy: BinStrategy): Uint32Array {
  return binOfRows(probabilities, binEdges(probabilities, bins, strategy));
}

/** As many inner edges as lie below each probability. */
function binOfRows(probabilities: ArrayLike<number>, edges: readonly number[]): Uint32Array {
  const inner = edges.slice(1, -1);
  return Uint32Array.from(probabilities, (probability) => {
    let low = 0;
    let high = inner.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inner[middle] < probability) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** Mean distance between what bins predict and what is observed in them, weighted by their rows; null without rows. */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number | null {
  const rows = bins.reduce((total, bin) => total + bin.rows, 0);
  if (rows === 0) return null;
  return bins.reduce((total, bin) => total + (bin.rows / rows) * Math.abs(bin.predicted - bin.observed), 0);
}

/** Mean squared distance between probability and truth of one label (Brier 1950); NaN without rows. */
export function brierScore(actual: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < probabilities.length; row++) sum += (probabilities[row] - (actual[row] ? 1 : 0)) ** 2;
  return sum / probabilities.length;
}
