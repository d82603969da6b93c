/** Figures of one head on test titles, each title with one answer: agreement with the keywords, and accuracy where true labels are known. */
import { splitReport } from '../../metrics/bootstrap.ts';
import type { HeadLabels, HeadReport } from '../../shared/levelArea.ts';
import type { SplitReport } from '../../shared/training.ts';

/**
 * `exactMatch` of a report is the share of titles with the right class, for each title has one class and one answer.
 * @param probabilities test titles x classes
 * @param rows of the test titles
 * @param groups of the test titles; their intervals are drawn by them
 */
export function headReport(
  probabilities: Float32Array,
  { classNames, weak, truth }: HeadLabels,
  rows: Uint32Array,
  groups: Uint32Array,
  seed: number,
): HeadReport {
  const width = classNames.length;
  const keyword = Int16Array.from(rows, (row) => weak[row]);
  const answers = Int16Array.from(rows, (_, i) => largest(probabilities.subarray(i * width, (i + 1) * width)));
  const report = (
    actual: ArrayLike<number>,
    answered: ArrayLike<number>,
    names: string[],
    keep: (i: number) => boolean,
  ) => reportOf(actual, answered, names, groups, seed, keep);
  const agreement = report(keyword, answers, classNames, (i) => keyword[i] >= 0);
  if (!truth) return { agreement, truth: null };

  const actual = Int16Array.from(rows, (row) => truth.of[row]);
  const known = (i: number): boolean => actual[i] >= 0;
  const translated = Int16Array.from(rows, (_, i) =>
    trueAnswer(probabilities.subarray(i * width, (i + 1) * width), truth),
  );
  const byKeyword = keyword.map((at) => (at < 0 ? -1 : truth.ofClass[at]));
  const all = report(actual, translated, truth.names, known);
  if (!all) return { agreement, truth: null };
  const decided = (i: number): boolean => known(i) && keyword[i] >= 0;
  return {
    agreement,
    truth: {
      all,
      decided: report(actual, translated, truth.names, decided),
      keywords: report(actual, byKeyword, truth.names, decided),
      undecided: report(actual, translated, truth.names, (i) => known(i) && keyword[i] < 0),
    },
  };
}

/** Position of the largest number. */
export function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** The true label whose classes are most probable together; -1 when that is the classes that stand for none. */
function trueAnswer(probabilities: Float32Array, { names, ofClass }: NonNullable<HeadLabels['truth']>): number {
  const sums = new Float32Array(names.length + 1);
  for (const [at, name] of ofClass.entries()) sums[name < 0 ? names.length : name] += probabilities[at];
  const best = largest(sums);
  return best === names.length ? -1 : best;
}

/** Null when no title is kept. */
function reportOf(
  actual: ArrayLike<number>,
  answered: ArrayLike<number>,
  names: string[],
  groups: Uint32Array,
  seed: number,
  keep: (i: number) => boolean,
): SplitReport | null {
  const kept = Array.from(groups.keys()).filter(keep);
  if (kept.length === 0) return null;
  const width = names.length;
  const labels = new Uint8Array(kept.length * width);
  const predicted = new Float32Array(kept.length * width);
  for (const [row, i] of kept.entries()) {
    labels[row * width + actual[i]] = 1;
    if (answered[i] >= 0) predicted[row * width + answered[i]] = 1;
  }
  const thresholds = names.map(() => 0.5);
  return splitReport(labels, predicted, thresholds, names, { seed, groups: kept.map((i) => groups[i]) });
}
