/** The six kinds of classifier with the settings that a search tries: grids around what works for short texts. */
import { Random } from '../shared/random.ts';
import { constantClassifier, countPositives, type BinaryClassifier, type ClassWeight } from './classifier.ts';
import { fitGradientBoosting, type BoostingOptions } from './gradientBoosting.ts';
import { fitLinearSvm } from './linearSvm.ts';
import { fitLogisticRegression } from './logisticRegression.ts';
import { fitNaiveBayes, type NaiveBayesOptions } from './naiveBayes.ts';
import { fitNearestNeighbours, type NeighbourOptions } from './nearestNeighbours.ts';
import { fitRandomForest, type ForestOptions } from './randomForest.ts';
import type { SparseMatrix } from './sparse.ts';

export type Candidate =
  | { kind: 'logistic regression'; C: number; classWeight: ClassWeight }
  | { kind: 'linear SVM'; C: number; classWeight: ClassWeight }
  | ({ kind: 'naive Bayes' } & NaiveBayesOptions)
  | ({ kind: 'nearest neighbours' } & NeighbourOptions)
  | ({ kind: 'random forest' } & Omit<ForestOptions, 'seed'>)
  | ({ kind: 'gradient boosting' } & Omit<BoostingOptions, 'seed'>);

const weightings: readonly ClassWeight[] = ['balanced', 'none'];

const grids: readonly (readonly Candidate[])[] = [
  [10, 30, 3, 100, 1].flatMap((C) =>
    weightings.map((classWeight) => ({ kind: 'logistic regression', C, classWeight }) as const),
  ),
  [1, 0.3, 3, 0.1].flatMap((C) => weightings.map((classWeight) => ({ kind: 'linear SVM', C, classWeight }) as const)),
  (['complement', 'multinomial'] as const).flatMap((variant) =>
    [0.1, 0.03, 0.3, 0.01, 1].map((alpha) => ({ kind: 'naive Bayes', variant, alpha }) as const),
  ),
  (['distance', 'uniform'] as const).flatMap((weighting) =>
    [5, 9, 15, 25].map((neighbours) => ({ kind: 'nearest neighbours', neighbours, weighting }) as const),
  ),
  weightings.flatMap((classWeight) =>
    [1, 2].flatMap((leafRows) =>
      [500, 1000].map((columns) => ({ kind: 'random forest', trees: 100, leafRows, classWeight, columns }) as const),
    ),
  ),
  weightings.flatMap((classWeight) =>
    [4, 8].flatMap((mostLeaves) =>
      [0.1, 0.2].map(
        (rate) =>
          ({
            kind: 'gradient boosting',
            trees: 100,
            rate,
            mostLeaves,
            leafRows: 5,
            l2: 1,
            classWeight,
            columns: 300,
          }) as const,
      ),
    ),
  ),
];

/**
 * What to try: each kind's whole grid where it has no more than `trials` settings, else as many drawn from it without repetition
 * (Bergstra and Bengio, JMLR 2012: random draws find as much as a grid for less).
 */
export function drawCandidates(trials: number, seed: number): Candidate[] {
  const random = new Random(seed);
  return grids.flatMap((grid) => {
    const order = random.shuffle(Array.from(grid.keys())).slice(0, trials);
    return order.toSorted((a, b) => a - b).map((i) => grid[i]);
  });
}

/** "linear SVM (C 1, classWeight balanced)". */
export function candidateText({ kind, ...settings }: Candidate): string {
  const named = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return `${kind} (${named.join(', ')})`;
}

/** What a label that every or no training row carries is answered with: certain enough for any threshold. */
const constantScore = 30;

/** Fits one candidate; a target of one class gives a constant answer. */
export function fitCandidate(
  candidate: Candidate,
  features: SparseMatrix,
  target: Uint8Array,
  seed: number,
): BinaryClassifier {
  const positives = countPositives(target);
  if (positives === 0 || positives === target.length) {
    const score = positives === 0 ? -constantScore : constantScore;
    return constantClassifier(score);
  }
  switch (candidate.kind) {
    case 'logistic regression':
      return fitLogisticRegression(features, target, candidate);
    case 'linear SVM':
      return fitLinearSvm(features, target, { ...candidate, seed });
    case 'naive Bayes':
      return fitNaiveBayes(features, target, candidate);
    case 'nearest neighbours':
      return fitNearestNeighbours(features, target, candidate);
    case 'random forest':
      return fitRandomForest(features, target, { ...candidate, seed });
    case 'gradient boosting':
      return fitGradientBoosting(features, target, { ...candidate, seed });
  }
}
