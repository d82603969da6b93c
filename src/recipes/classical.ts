/**
 * One classical classifier for each label, on TF-IDF of words and characters: chosen among six kinds and their settings by inner
 * cross-validation on the training rows, its scores made probabilities and its threshold put with the same out-of-fold scores. The test
 * split is looked at once, at the end. With one candidate and no calibration it is the plain baseline (`tfidfLogistic`).
 */
import { candidateText, fitCandidate } from '../baselines/candidates.ts';
import { countPositives } from '../baselines/classifier.ts';
import { makeInnerFolds, probabilities, tryCandidate, type Trial } from '../baselines/search.ts';
import { fitTfidfUnion, transformTfidfUnion } from '../baselines/tfidf.ts';
import { kFold } from '../data/split.ts';
import { splitReport } from '../metrics/bootstrap.ts';
import type { ChosenClassifier, TrialRecord } from '../shared/classical.ts';
import { concatenate } from '../shared/concatenate.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import { unpackStrings } from '../shared/strings.ts';
import {
  minimumSupport,
  type FoldFigures,
  type ScoredRows,
  type SplitReport,
  type TestRow,
} from '../shared/training.ts';
import { normaliser } from '../text/normalise.ts';
import { nextTask } from '../training/eventLoop.ts';
import { classicalFeatures, classicalProbabilities, type ClassicalModel } from './classicalModel.ts';
import { foldFigures } from './crossValidate.ts';
import { labelsOf } from './labelsOf.ts';
import type { ClassicalSettings } from './oneClassifierPerLabel.ts';
import { testRows } from './testRows.ts';

/** Validation rows are trained on like the others: the inner folds do their work. */
export function allLearnt({ train, validation, test }: Split): Split {
  return { train: concatenate(train, validation).toSorted(), validation: new Uint32Array(), test };
}

export interface ClassicalInput {
  dataset: Dataset;
  split: Split;
  settings: ClassicalSettings;
  signal: AbortSignal;
  /** Awaited between fits: how a pause holds the search. */
  gate: () => Promise<void>;
}

export type ClassicalEvent =
  | { type: 'phase'; message: string; fraction: number }
  /** One candidate was tried on one label. */
  | { type: 'trial'; record: TrialRecord }
  /** A label is decided. */
  | { type: 'chosen'; record: ChosenClassifier };

export interface ClassicalResult {
  model: ClassicalModel;
  /** Of each label: what was chosen, its F1 on the inner folds, and what came out of the others. */
  chosen: ChosenClassifier[];
  thresholds: number[];
  /** The training rows, each answered by a model of the inner folds that has not seen it: what the thresholds were chosen on. */
  validation: ScoredRows;
  report: SplitReport;
  testRows: TestRow[];
  /** On the rows that were trained on. */
  train: FoldFigures;
}

/** Yields progress and returns the result. @throws RungError `aborted` when the signal ends it, `too-few-rows`. */
export async function* classical(input: ClassicalInput): AsyncGenerator<ClassicalEvent, ClassicalResult> {
  const { dataset, split, settings, signal, gate } = input;
  const { seed, calibrate, normalisation } = settings;
  const labelCount = dataset.labelNames.length;

  // Data
  const written = unpackStrings(dataset.titles);
  const titles = normalisation ? written.map(normaliser(normalisation)) : written;
  const trainRows = allLearnt(split).train;
  const trainTitles = Array.from(trainRows, (row) => titles[row]);
  const labels = labelsOf(dataset.labels, labelCount, trainRows);

  // Features, inside each inner fold and on all training rows
  yield { type: 'phase', message: 'Counting terms', fraction: 0 };
  const groups = trainRows.map((row) => dataset.groups[row]);
  const foldOf = kFold(labels, labelCount, groups, settings.innerFolds, seed);
  const folds = makeInnerFolds(trainTitles, foldOf, settings.innerFolds, settings.ngrams);
  const vectorisers = fitTfidfUnion(trainTitles, settings.ngrams);
  const trainFeatures = transformTfidfUnion(vectorisers, trainTitles);

  // One classifier for each label
  const model: ClassicalModel = { normalisation, vectorisers, trainTitles, classifiers: [] };
  const chosen: ChosenClassifier[] = [];
  const outOfFold = new Float32Array(labels.length);
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
        await gate();
        if (signal.aborted) throw new RungError('aborted', `Searching a classifier for "${name}" was stopped.`);
        const fraction = (label + ++fits / (candidates.length * folds.length)) / labelCount;
        yield { type: 'phase', message: `Trying classifiers for “${name}”`, fraction };
      }
      trials.push(step.value);
      const { f1 } = step.value;
      const record = { label: name, candidate: candidateText(candidate), kind: candidate.kind, f1 };
      yield { type: 'trial', record };
    }
    const best = trials.reduce((first, trial) => (trial.f1 > first.f1 ? trial : first));
    const candidate = candidateText(best.candidate);
    for (const [i, p] of probabilities(best.scores, best.decision).entries()) outOfFold[i * labelCount + label] = p;
    const classifier = fitCandidate(best.candidate, trainFeatures, target, seed);
    model.classifiers.push({ candidate, decision: best.decision, classifier });
    const tried = trials.map((trial) => ({ candidate: candidateText(trial.candidate), f1: trial.f1 }));
    chosen.push({ label: name, candidate, kind: best.candidate.kind, f1: best.f1, tried });
    yield { type: 'chosen', record: chosen[label] };
  }

  // Report
  const thresholds = model.classifiers.map(({ decision }) => decision.threshold);
  const onTrain = classicalProbabilities(model, trainFeatures);
  const testTitles = Array.from(split.test, (row) => written[row]);
  const onTest = classicalProbabilities(model, classicalFeatures(model, testTitles));
  return {
    model,
    chosen,
    thresholds,
    validation: { actual: labels, probabilities: outOfFold },
    report: splitReport(labelsOf(dataset.labels, labelCount, split.test), onTest, thresholds, dataset.labelNames, {
      seed,
      groups: Array.from(split.test, (row) => dataset.groups[row]),
    }),
    testRows: testRows(dataset, split.test, onTest),
    train: foldFigures(labels, onTrain, thresholds),
  };
}
