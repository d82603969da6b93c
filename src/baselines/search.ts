/**
 * Which classifier suits a label: every candidate is fitted on all inner folds but one and scores that one, until each training row has a
 * score from a model that has not seen it (Stone 1974). The candidate with the highest F1 on these scores wins, cut where a threshold
 * would be put. Vectorisers are fitted inside each fold, too.
 */
import { confusion, microF1 } from '../metrics/classification.ts';
import { chooseThresholds } from '../metrics/thresholds.ts';
import { minimumSupport } from '../shared/training.ts';
import { fitCandidate, type Candidate } from './candidates.ts';
import { countPositives } from './classifier.ts';
import type { NgramKind } from './ngrams.ts';
import { fitSigmoid, probabilityOf, type Sigmoid } from './platt.ts';
import type { SparseMatrix } from './sparse.ts';
import { fitTfidfUnion, transformTfidfUnion } from './tfidf.ts';

/** One division of the training rows into those to fit on and those to score. */
export interface InnerFold {
  fitRows: Uint32Array;
  scoredRows: Uint32Array;
  fitFeatures: SparseMatrix;
  scoredFeatures: SparseMatrix;
}

/** Scores as probabilities, and where to cut them. */
export interface Decision {
  sigmoid: Sigmoid;
  threshold: number;
}

export interface Trial {
  candidate: Candidate;
  /** Out of fold, one a training row. */
  scores: Float64Array;
  decision: Decision;
  /** F1 of the decision on the same rows: a little too good, for every candidate alike. */
  f1: number;
}

/** Log-odds as they are: what a label has that is too rare to calibrate, and a model whose probabilities are taken at their word. */
const asTheyAre: Sigmoid = { a: -1, b: 0 };

/** @param foldOf fold of each text, from 0 */
export function makeInnerFolds(
  texts: readonly string[],
  foldOf: Uint32Array,
  folds: number,
  kinds: readonly NgramKind[],
): InnerFold[] {
  return Array.from({ length: folds }, (_, fold) => {
    const rows = Uint32Array.from(foldOf.keys());
    const fitRows = rows.filter((row) => foldOf[row] !== fold);
    const scoredRows = rows.filter((row) => foldOf[row] === fold);
    const fitTexts = texts.filter((_text, row) => foldOf[row] !== fold);
    const scoredTexts = texts.filter((_text, row) => foldOf[row] === fold);
    const vectorisers = fitTfidfUnion(fitTexts, kinds);
    return {
      fitRows,
      scoredRows,
      fitFeatures: transformTfidfUnion(vectorisers, fitTexts),
      scoredFeatures: transformTfidfUnion(vectorisers, scoredTexts),
    };
  });
}

/** Tries one candidate on one label; yields after each fit, so that who calls can stop or let others in. */
export function* tryCandidate(
  candidate: Candidate,
  folds: readonly InnerFold[],
  target: Uint8Array,
  { calibrate, seed }: { calibrate: boolean; seed: number },
): Generator<void, Trial> {
  const scores = new Float64Array(target.length);
  for (const { fitRows, scoredRows, fitFeatures, scoredFeatures } of folds) {
    const fitTarget = Uint8Array.from(fitRows, (row) => target[row]);
    const found = fitCandidate(candidate, fitFeatures, fitTarget, seed).scores(scoredFeatures);
    for (const [i, row] of scoredRows.entries()) scores[row] = found[i];
    yield;
  }
  const decision = decide(scores, target, calibrate);
  const predicted = Uint8Array.from(probabilities(scores, decision), (p) => (p >= decision.threshold ? 1 : 0));
  return { candidate, scores, decision, f1: microF1(confusion(target, predicted, 1)) };
}

/** Calibrated probabilities of scores, in single precision as everything that thresholds are put in. */
export function probabilities(scores: Float64Array, { sigmoid }: Pick<Decision, 'sigmoid'>): Float32Array {
  return Float32Array.from(scores, (score) => probabilityOf(score, sigmoid));
}

function decide(scores: Float64Array, target: Uint8Array, calibrate: boolean): Decision {
  const sigmoid = calibrate && countPositives(target) >= minimumSupport ? fitSigmoid(scores, target) : asTheyAre;
  const [threshold] = chooseThresholds(target, probabilities(scores, { sigmoid }), 1);
  return { sigmoid, threshold };
}
