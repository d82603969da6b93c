/**
 * Naive Bayes on term weights, as scikit-learn's MultinomialNB and ComplementNB (Rennie, Shih, Teevan, Karger, ICML 2003) with two
 * classes. Both are linear: the log-odds of a row are its terms times a weight each, plus (multinomial) the log-odds of the classes.
 */
import { checkTarget, countPositives } from './classifier.ts';
import { linearClassifier, type LinearClassifier } from './linear.ts';
import type { SparseMatrix } from './sparse.ts';

export interface NaiveBayesOptions {
  /** `complement` estimates a class from the rows that are not in it: steadier where classes are unequal. */
  variant: 'multinomial' | 'complement';
  /** Added to every term's sum (Lidstone smoothing). */
  alpha: number;
}

/** @param target one value a row of `features`, 0 or 1. @throws RungError `internal` without both classes. */
export function fitNaiveBayes(
  features: SparseMatrix,
  target: Uint8Array,
  { variant, alpha }: NaiveBayesOptions,
): LinearClassifier {
  checkTarget(features, target);
  const present = new Float64Array(features.columns).fill(alpha);
  const absent = new Float64Array(features.columns).fill(alpha);
  for (let row = 0; row < features.rows; row++) {
    const sums = target[row] ? present : absent;
    for (let i = features.starts[row]; i < features.starts[row + 1]; i++)
      sums[features.indices[i]] += features.values[i];
  }
  const shift = Math.log(sum(absent)) - Math.log(sum(present));
  // With two classes the complement of one is the other: the same weights, but the classes' own frequencies are left out.
  const weights = present.map((value, c) => Math.log(value) - Math.log(absent[c]) + shift);
  const positives = countPositives(target);
  const prior = variant === 'multinomial' ? Math.log(positives / (target.length - positives)) : 0;
  return linearClassifier(weights, prior);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
