/** The classical recipe's settings and what it reports. */
import type { ExtraRow } from './extraRow.ts';

export const classifierKinds = [
  'logistic regression',
  'linear SVM',
  'naive Bayes',
  'nearest neighbours',
  'random forest',
  'gradient boosting',
] as const;
export type ClassifierKind = (typeof classifierKinds)[number];

export interface ClassicalConfig {
  /** Which kinds of classifier are tried for each label. */
  kinds: ClassifierKind[];
  /** Settings of each kind that are tried. */
  trials: number;
  /** Parts of the training rows that candidates are compared on. */
  innerFolds: number;
  /** Titles in lower case, without symbols and stop words, abbreviations written out. */
  normalise: boolean;
  /** Learnt from beside the training rows; never tested on. */
  extraRows: ExtraRow[];
  seed: number;
  /** Shares of rows; they add up to 1. Validation rows are trained on too. */
  split: { train: number; validation: number; test: number };
}

export const defaultClassicalConfig: ClassicalConfig = {
  kinds: [...classifierKinds],
  trials: 3,
  innerFolds: 3,
  normalise: true,
  extraRows: [],
  seed: 42,
  split: { train: 0.8, validation: 0.1, test: 0.1 },
};

/** One candidate tried on one label. */
export interface TrialRecord {
  label: string;
  /** "linear SVM (C 1, classWeight balanced)". */
  candidate: string;
  kind: ClassifierKind;
  /** On the inner folds. */
  f1: number;
}

export interface ChosenClassifier {
  label: string;
  candidate: string;
  kind: ClassifierKind;
  f1: number;
  /** All that were tried, the chosen one included. */
  tried: { candidate: string; f1: number }[];
}
