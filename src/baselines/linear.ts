/** What logistic regression, linear SVM and naive Bayes come to once they are fitted: a weight for each term, and an intercept. */
import { stored, type BinaryClassifier } from './classifier.ts';
import { timesVector } from './sparse.ts';

export interface LinearClassifier extends BinaryClassifier {
  weights: Float64Array;
  intercept: number;
}

export function linearClassifier(weights: Float64Array, intercept: number): LinearClassifier {
  return {
    weights,
    intercept,
    scores: (matrix) => timesVector(matrix, weights, intercept),
    save: () => ({ kind: 'linear', intercept: stored(intercept), weights: Array.from(weights, stored) }),
  };
}
