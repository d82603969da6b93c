/**
 * Confident learning (Northcutt, Jiang & Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70,
 * arXiv:1911.00068), for several labels a row by looking at each label by itself: present and absent are its two classes.
 * Probabilities must come from models that have not seen the row.
 */

/** A label of a row that is probably wrong. */
export interface LabelIssue {
  row: number;
  label: number;
  /** Probability of the label as it is given: the lower, the surer the model is that it is wrong. */
  selfConfidence: number;
}

export interface LabelJudgement {
  /**
   * What counts as confident: the mean probability of the label where it is given, and of its absence where it is not, one half at least.
   * Below that, a label that the model hardly finds would be missing in half of the table.
   */
  thresholds: { present: number; absent: number };
  /** `joint[given][true]`, 0 absent and 1 present, rows: counts of confident rows, scaled so that each given class keeps its size. */
  joint: [[number, number], [number, number]];
  /** Off the diagonal of the confident joint, least self-confident first. */
  issues: LabelIssue[];
}

/**
 * Judges one label.
 * @param labels rows x labelCount, 0 or 1 @param probabilities rows x labelCount
 * @returns null for a label that fewer than `fewest` rows carry or lack
 */
export function judgeLabel(
  labels: Uint8Array,
  probabilities: Float32Array,
  labelCount: number,
  label: number,
  fewest: number,
): LabelJudgement | null {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let at = label; at < labels.length; at += labelCount) {
    const given = labels[at];
    counts[given]++;
    sums[given] += given ? probabilities[at] : 1 - probabilities[at];
  }
  if (Math.min(...counts) < fewest) return null;
  const thresholds = { present: Math.max(0.5, sums[1] / counts[1]), absent: Math.max(0.5, sums[0] / counts[0]) };
  const confident: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ];
  const issues: LabelIssue[] = [];
  for (let at = label; at < labels.length; at += labelCount) {
    const p = probabilities[at];
    const given = labels[at] ? 1 : 0;
    const holds = confidentClass(p, thresholds);
    if (holds === null) continue;
    confident[given][holds]++;
    if (holds !== given) issues.push({ row: (at - label) / labelCount, label, selfConfidence: given ? p : 1 - p });
  }
  issues.sort((a, b) => a.selfConfidence - b.selfConfidence || a.row - b.row);
  return { thresholds, joint: [calibrated(confident[0], counts[0]), calibrated(confident[1], counts[1])], issues };
}

/** The class whose threshold the probability reaches; null where it reaches none. */
function confidentClass(p: number, { present, absent }: LabelJudgement['thresholds']): 0 | 1 | null {
  if (p >= present) return 1;
  return 1 - p >= absent ? 0 : null;
}

/** Counts of the true classes, scaled to `total`; nothing is doubted where nothing is confident. */
function calibrated(counts: readonly [number, number], total: number): [number, number] {
  const sum = counts[0] + counts[1];
  return sum === 0 ? [0, 0] : [(counts[0] / sum) * total, (counts[1] / sum) * total];
}
