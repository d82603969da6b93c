/**
 * How well one label's scores put the rows that carry it first: precision-recall and ROC curves, the area under the ROC curve and
 * average precision. Rows with the same score count together, for no threshold tells them apart. Definitions and figures are
 * scikit-learn's (`precision_recall_curve`, `roc_curve` with `drop_intermediate=False`, `roc_auc_score`, `average_precision_score`),
 * with one difference: a figure that the rows do not define is null here, where scikit-learn raises or warns and returns 0.
 */
import { RungError } from '../shared/errors.ts';

/** Rows by falling score, `ends[b]` being the first place after tied block `b`. */
export interface Ranking {
  order: Uint32Array;
  ends: Uint32Array;
  /** By row, 0 or 1. */
  positive: Uint8Array;
  /** Score of each block, falling. */
  scores: Float64Array;
}

/**
 * Sorts the rows of one label. O(rows log rows).
 * @param actual by row, 0 or 1
 * @param scores by row, finite
 * @throws RungError `internal` when the lengths differ or a score is not finite
 */
export function rank(actual: ArrayLike<number>, scores: ArrayLike<number>): Ranking {
  const rows = actual.length;
  if (rows !== scores.length) {
    throw new RungError('internal', `Ranking rows: expected a score for each of ${rows} rows, got ${scores.length}.`);
  }
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(scores[row])) {
      throw new RungError('internal', `Ranking rows: the score of row ${row} is ${scores[row]}, not a finite number.`);
    }
    order[row] = row;
  }
  order.sort((a, b) => scores[b] - scores[a]);
  const ends: number[] = [];
  for (let at = 1; at <= rows; at++) if (at === rows || scores[order[at]] !== scores[order[at - 1]]) ends.push(at);
  return {
    order,
    ends: Uint32Array.from(ends),
    positive: Uint8Array.from(actual),
    scores: Float64Array.from(ends, (end) => scores[order[end - 1]]),
  };
}

/** Calls `each` with the true and false positives at every threshold, from the highest down. */
function walk(
  { order, ends, positive }: Ranking,
  each: (truePositives: number, falsePositives: number, block: number) => void,
): void {
  let tp = 0;
  let fp = 0;
  let at = 0;
  for (let block = 0; block < ends.length; block++) {
    for (; at < ends[block]; at++) {
      if (positive[order[at]]) tp++;
      else fp++;
    }
    each(tp, fp, block);
  }
}

/** Precision and recall at each distinct score, by rising threshold. */
export interface PrecisionRecallCurve {
  precision: number[];
  recall: number[];
  /** One fewer than points: the last point, precision 1 at recall 0, has none. */
  thresholds: number[];
}

/** Null where no row carries the label: recall is not defined then. */
export function precisionRecallCurve(ranking: Ranking): PrecisionRecallCurve | null {
  const positives = ranking.positive.reduce((total, is) => total + is, 0);
  if (positives === 0) return null;
  const precision = [1];
  const recall = [0];
  walk(ranking, (tp, fp) => {
    precision.push(tp / (tp + fp));
    recall.push(tp / positives);
  });
  return {
    precision: precision.toReversed(),
    recall: recall.toReversed(),
    thresholds: Array.from(ranking.scores).toReversed(),
  };
}

/** By falling threshold; the first point is (0, 0) at an infinite one. */
export interface RocCurve {
  falsePositiveRate: number[];
  truePositiveRate: number[];
  thresholds: number[];
}

/** Null where all rows or none carry the label: one of the rates is not defined then. */
export function rocCurve(ranking: Ranking): RocCurve | null {
  const positives = ranking.positive.reduce((total, is) => total + is, 0);
  const negatives = ranking.positive.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const curve: RocCurve = { falsePositiveRate: [0], truePositiveRate: [0], thresholds: [Infinity] };
  walk(ranking, (tp, fp, block) => {
    curve.falsePositiveRate.push(fp / negatives);
    curve.truePositiveRate.push(tp / positives);
    curve.thresholds.push(ranking.scores[block]);
  });
  return curve;
}

/**
 * Area under the ROC curve: how often a row with the label scores higher than one without, ties counting half. Null where all rows
 * or none carry the label.
 */
export function rocAuc(ranking: Ranking): number | null {
  let area = 0;
  let lastTp = 0;
  let lastFp = 0;
  walk(ranking, (tp, fp) => {
    area += ((fp - lastFp) * (tp + lastTp)) / 2;
    lastTp = tp;
    lastFp = fp;
  });
  return lastTp === 0 || lastFp === 0 ? null : area / (lastTp * lastFp);
}

/** Average precision: precision at each threshold, weighted by the recall it adds. Null where no row carries the label. */
export function averagePrecision(ranking: Ranking): number | null {
  let sum = 0;
  let lastTp = 0;
  walk(ranking, (tp, fp) => {
    if (tp > lastTp) sum += ((tp - lastTp) * tp) / (tp + fp);
    lastTp = tp;
  });
  return lastTp === 0 ? null : sum / lastTp;
}

/**
 * Label ranking average precision (scikit-learn's `label_ranking_average_precision_score`) of each row: of the labels that score at
 * least as high as a label the row carries, the share that it carries too, averaged over its labels. 1 for a row with no label or all.
 * @param actual rows x labels, row-major, 0 or 1
 * @param scores rows x labels
 */
export function labelRankingPrecisions(
  actual: ArrayLike<number>,
  scores: ArrayLike<number>,
  labels: number,
): Float64Array {
  const precisions = new Float64Array(actual.length / labels);
  for (let row = 0; row < precisions.length; row++) {
    const first = row * labels;
    let sum = 0;
    let carried = 0;
    for (let label = 0; label < labels; label++) {
      if (!actual[first + label]) continue;
      carried++;
      let above = 0;
      let carriedAbove = 0;
      for (let other = 0; other < labels; other++) {
        if (scores[first + other] < scores[first + label]) continue;
        above++;
        if (actual[first + other]) carriedAbove++;
      }
      sum += carriedAbove / above;
    }
    precisions[row] = carried === 0 || carried === labels ? 1 : sum / carried;
  }
  return precisions;
}
