/** The first approach of a published project on this task: one classical classifier for each label. `classical.ts` trains it. */
import { drawCandidates, type Candidate } from '../baselines/candidates.ts';
import type { NgramKind } from '../baselines/ngrams.ts';
import { wordsAndCharacters } from '../baselines/tfidf.ts';
import { defaultClassicalConfig, type ClassicalConfig } from '../shared/classical.ts';
import type { RecipeInfo } from '../shared/recipe.ts';
import type { NormalisationOptions } from '../shared/normalisation.ts';
import { defaultNormalisation } from '../text/normalise.ts';

export const oneClassifierPerLabel: RecipeInfo = {
  id: 'classical',
  name: 'One classifier for each label',
  summary: 'No encoder: counts of words and characters, six kinds of classifier tried for each label.',
  description:
    'After the first approach of a published project: titles in normal form, terms counted, and a classical classifier chosen for each label. Logistic regression, linear SVM, naive Bayes, nearest neighbours, random forest and gradient boosting are tried with several settings each; inner folds of the training rows decide, term weights are counted anew inside each of them, and the same folds make scores probabilities and choose the thresholds. The test rows are looked at once, at the end. It runs on the processor and needs no encoder.',
  method: { kind: 'classical', config: defaultClassicalConfig },
  learningRates: null,
  foldPlan: null,
  data: null,
};

export interface ClassicalSettings {
  /** How titles are normalised first; null: not at all. */
  normalisation: NormalisationOptions | null;
  ngrams: readonly NgramKind[];
  /** What is tried for each label; among equals the earlier wins. A label in too few rows to compare them takes the first. */
  candidates: readonly Candidate[];
  /** Whether scores are calibrated on the inner folds; else log-odds are taken at their word. */
  calibrate: boolean;
  innerFolds: number;
  seed: number;
}

/** The plain baseline: what a careful person would try first. */
export function tfidfLogistic(seed: number): ClassicalSettings {
  return {
    normalisation: null,
    ngrams: wordsAndCharacters,
    candidates: [{ kind: 'logistic regression', C: 30, classWeight: 'balanced' }],
    calibrate: false,
    innerFolds: 5,
    seed,
  };
}

/** What the settings of the page come to. */
export function settingsOf({ kinds, trials, innerFolds, normalise, seed }: ClassicalConfig): ClassicalSettings {
  return {
    normalisation: normalise ? defaultNormalisation : null,
    ngrams: wordsAndCharacters,
    candidates: drawCandidates(trials, seed).filter(({ kind }) => kinds.includes(kind)),
    calibrate: true,
    innerFolds,
    seed,
  };
}

/** All six kinds, three settings of each, on titles in normal form. */
export function searchAllKinds(seed: number): ClassicalSettings {
  return settingsOf({ ...defaultClassicalConfig, seed });
}
