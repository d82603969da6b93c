/**
 * One classical classifier for each label, on TF-IDF of words and characters: chosen among six kinds and their settings by inner
 * cross-validation on the training rows, its scores made probabilities and its threshold put with the same out-of-fold scores. The test
 * split is looked at once, at the end. With one candidate and no calibration it is the plain baseline (`tfidfLogistic`).
 */
import { candidateText, drawCandidates, fitCandidate, type Candidate } from '../baselines/candidates.ts';
import { countPositives } from '../baselines/classifier.ts';
import type { NgramKind } from '../baselines/ngrams.ts';
import { makeInnerFolds, probabilities, tryCandidate, type Decision, type Trial } from '../baselines/search.ts';
import { fitTfidfUnion, transformTfidfUnion, wordsAndCharacters } from '../baselines/tfidf.ts';
import { kFold } from '../data/split.ts';
import { splitReport } from '../metrics/bootstrap.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import { unpackStrings } from '../shared/strings.ts';
import { minimumSupport, type SplitReport, type TestRow } from '../shared/training.ts';
import { defaultNormalisation, normaliser, type NormalisationOptions } from '../text/normalise.ts';
import { nextTask } from '../training/eventLoop.ts';

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

/** All six kinds, three settings of each, on titles in normal form. */
export function searchAllKinds(seed: number): ClassicalSettings {
  return {
    normalisation: defaultNormalisation,
    ngrams: wordsAndCharacters,
    candidates: drawCandidates(3, seed),
    calibrate: true,
    innerFolds: 3,
    seed,
  };
}

export interface ClassicalInput {
  dataset: Dataset;
  /** Validation rows are trained on like the others: the inner folds do their work. */
  split: Split;
  settings: ClassicalSettings;
  signal: AbortSignal;
}

export type ClassicalEvent =
  | { type: 'phase'; message: string; fraction: number }
  /** One candidate was tried on one label. */
  | { type: 'trial'; label: string; candidate: string; f1: number };

export interface ClassicalResult {
  /** Of each label: what was chosen, its F1 on the inner folds, and what came out of the others. */
  chosen: { label: string; candidate: Candidate; f1: number; tried: { candidate: Candidate; f1: number }[] }[];
  thresholds: number[];
  report: SplitReport;
  testRows: TestRow[];
}

/** Yields progress and returns the result. @throws RungError `aborted` when the signal ends it, `too-few-rows`. */
export async function* classical(input: ClassicalInput): AsyncGenerator<ClassicalEvent, ClassicalResult> {
  const { dataset, split, settings, signal } = input;
  const { seed, calibrate } = settings;
  const labelCount = dataset.labelNames.length;

  // Data
  const written = unpackStrings(dataset.titles);
  const titles = settings.normalisation ? written.map(normaliser(settings.normalisation)) : written;
  const trainRows = Uint32Array.of(...split.train, ...split.validation).toSorted();
  const trainTitles = Array.from(trainRows, (row) => titles[row]);
  const testTitles = Array.from(split.test, (row) => titles[row]);
  const labels = labelsOf(dataset, trainRows);

  // Features, inside each inner fold and on all training rows
  yield { type: 'phase', message: 'Counting terms', fraction: 0 };
  const groups = trainRows.map((row) => dataset.groups[row]);
  const foldOf = kFold(labels, labelCount, groups, settings.innerFolds, seed);
  const folds = makeInnerFolds(trainTitles, foldOf, settings.innerFolds, settings.ngrams);
  const vectorisers = fitTfidfUnion(trainTitles, settings.ngrams);
  const trainFeatures = transformTfidfUnion(vectorisers, trainTitles);
  const testFeatures = transformTfidfUnion(vectorisers, testTitles);

  // One classifier for each label
  const onTest = new Float32Array(testTitles.length * labelCount);
  const chosen: ClassicalResult['chosen'] = [];
  const decisions: Decision[] = [];
  for (const [label, name] of dataset.labelNames.entries()) {
    const target = Uint8Array.from(trainRows, (_, i) => labels[i * labelCount + label]);
    const tooRare = countPositives(target) < minimumSupport;
    const candidates = tooRare ? settings.candidates.slice(0, 1) : settings.candidates;
    const trials: Trial[] = [];
    let fits = 0;
    for (const candidate of candidates) {
      const trying = tryCandidate(candidate, folds, target, { calibrate, seed });
      let step = trying.next();
      for (; !step.done; step = trying.next()) {
        await nextTask();
        if (signal.aborted) throw new RungError('aborted', `Searching a classifier for "${name}" was stopped.`);
        const fraction = (label + ++fits / (candidates.length * folds.length)) / labelCount;
        yield { type: 'phase', message: `Trying classifiers for "${name}"`, fraction };
      }
      trials.push(step.value);
      yield { type: 'trial', label: name, candidate: candidateText(candidate), f1: step.value.f1 };
    }
    const best = trials.reduce((first, trial) => (trial.f1 > first.f1 ? trial : first));
    const model = fitCandidate(best.candidate, trainFeatures, target, seed);
    for (const [i, p] of probabilities(model.scores(testFeatures), best.decision).entries()) {
      onTest[i * labelCount + label] = p;
    }
    decisions.push(best.decision);
    const tried = trials.map(({ candidate, f1 }) => ({ candidate, f1 }));
    chosen.push({ label: name, candidate: best.candidate, f1: best.f1, tried });
  }

  // Report
  const thresholds = decisions.map(({ threshold }) => threshold);
  const actual = labelsOf(dataset, split.test);
  return {
    chosen,
    thresholds,
    report: splitReport(actual, onTest, thresholds, dataset.labelNames, { seed }),
    testRows: Array.from(split.test, (row, i) => ({
      row: dataset.rowNumbers[row],
      title: written[row],
      actual: Array.from(actual.subarray(i * labelCount, (i + 1) * labelCount), (held) => held === 1),
      probabilities: Array.from(onTest.subarray(i * labelCount, (i + 1) * labelCount)),
    })),
  };
}

/** rows x labels, row-major. */
function labelsOf({ labels, labelNames }: Dataset, rows: Uint32Array): Uint8Array<ArrayBuffer> {
  const picked = new Uint8Array(rows.length * labelNames.length);
  for (const [i, row] of rows.entries()) {
    picked.set(labels.subarray(row * labelNames.length, (row + 1) * labelNames.length), i * labelNames.length);
  }
  return picked;
}
