/** A trained classical recipe: what predicts, and the one JSON file that it is kept and downloaded as. */
import * as v from 'valibot';
import type { BinaryClassifier } from '../baselines/classifier.ts';
import {
  restoreClassifier,
  restoreTfidf,
  savedClassifierSchema,
  savedTfidfSchema,
  saveTfidf,
} from '../baselines/saved.ts';
import { probabilities, type Decision } from '../baselines/search.ts';
import type { SparseMatrix } from '../baselines/sparse.ts';
import { transformTfidfUnion, type Tfidf } from '../baselines/tfidf.ts';
import type { ModelFiles } from '../formats/package.ts';
import { cleaningSchema } from '../shared/cleaningSchema.ts';
import type { CleaningOptions } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import { normalisationSchema, type NormalisationOptions } from '../shared/normalisation.ts';
import type { ClassicalRun } from '../shared/training.ts';
import { normaliser } from '../text/normalise.ts';

export interface ClassicalModel {
  normalisation: NormalisationOptions | null;
  vectorisers: Tfidf[];
  /** Normalised; nearest neighbours are sought among them. */
  trainTitles: string[];
  /** In the order of the labels. */
  classifiers: { candidate: string; decision: Decision; classifier: BinaryClassifier }[];
}

/** Its name in the folder of a run, and the end of the name it is downloaded under. */
export const classicalFileName = 'classical.json';

/** Features of titles as they are written (and cleaned). */
export function classicalFeatures(model: ClassicalModel, titles: readonly string[]): SparseMatrix {
  const normal = model.normalisation ? titles.map(normaliser(model.normalisation)) : titles;
  return transformTfidfUnion(model.vectorisers, normal);
}

/** Probabilities, titles x labels. */
export function classicalProbabilities(model: ClassicalModel, features: SparseMatrix): Float32Array<ArrayBuffer> {
  const labels = model.classifiers.length;
  const all = new Float32Array(features.rows * labels);
  for (const [label, { classifier, decision }] of model.classifiers.entries()) {
    for (const [row, p] of probabilities(classifier.scores(features), decision).entries())
      all[row * labels + label] = p;
  }
  return all;
}

const schema = v.object({
  format: v.literal('rung-classical'),
  version: v.literal(1),
  name: v.string(),
  labelNames: v.array(v.string()),
  thresholds: v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  cleaning: cleaningSchema,
  normalisation: v.nullable(normalisationSchema),
  features: v.array(savedTfidfSchema),
  /** Null unless a label goes by its nearest neighbours. */
  trainTitles: v.nullable(v.array(v.string())),
  /** `p = 1 / (1 + exp(a score + b))`. */
  labels: v.array(
    v.object({
      candidate: v.string(),
      sigmoid: v.object({ a: v.number(), b: v.number() }),
      classifier: savedClassifierSchema,
    }),
  ),
});

/** The folder of a run: one file. */
export function classicalFiles(run: ClassicalRun, model: ClassicalModel): ModelFiles {
  const labels = model.classifiers.map(({ candidate, decision, classifier }) => ({
    candidate,
    sigmoid: decision.sigmoid,
    classifier: classifier.save(),
  }));
  const neighbours = labels.some(({ classifier }) => classifier.kind === 'neighbours');
  const json: v.InferInput<typeof schema> = {
    format: 'rung-classical',
    version: 1,
    name: run.name,
    labelNames: run.data.labelNames,
    thresholds: model.classifiers.map(({ decision }) => decision.threshold),
    cleaning: run.data.cleaning,
    normalisation: model.normalisation && {
      steps: [...model.normalisation.steps],
      abbreviations: model.normalisation.abbreviations,
    },
    features: model.vectorisers.map((part) => saveTfidf(part, model.trainTitles.length)),
    trainTitles: neighbours ? model.trainTitles : null,
    labels,
  };
  return new Map([[classicalFileName, new TextEncoder().encode(JSON.stringify(json))]]);
}

export interface SavedClassicalModel {
  name: string;
  labelNames: string[];
  thresholds: number[];
  cleaning: CleaningOptions;
  model: ClassicalModel;
}

/** @throws RungError `file-corrupt` naming what is wrong */
export function readClassicalModel(bytes: Uint8Array): SavedClassicalModel {
  const saved = parse(bytes);
  const { name, labelNames, thresholds, cleaning, labels } = saved;
  if (labels.length !== labelNames.length || thresholds.length !== labelNames.length) {
    throw corrupt(`${labelNames.length} labels, ${thresholds.length} thresholds and ${labels.length} classifiers`);
  }
  const vectorisers = saved.features.map(restoreTfidf);
  const trainTitles = saved.trainTitles ?? [];
  const trained = saved.trainTitles && transformTfidfUnion(vectorisers, saved.trainTitles);
  const columns = vectorisers.reduce((sum, { idf }) => sum + idf.length, 0);
  const classifiers = labels.map(({ candidate, sigmoid, classifier }, label) => ({
    candidate,
    decision: { sigmoid, threshold: thresholds[label] },
    classifier: restoreClassifier(classifier, columns, trained),
  }));
  const model = { normalisation: saved.normalisation, vectorisers, trainTitles, classifiers };
  return { name, labelNames, thresholds, cleaning, model };
}

/** The same file under the run's present name and thresholds: both may change after it was stored. */
export function renewedClassicalFile(bytes: Uint8Array, run: ClassicalRun): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ ...parse(bytes), name: run.name, thresholds: run.thresholds }));
}

function parse(bytes: Uint8Array): v.InferOutput<typeof schema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw corrupt('something else than JSON');
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw corrupt(`${v.getDotPath(issue) ?? 'the whole file'}: ${issue.message.slice(0, 200)}`);
}

function corrupt(what: string): RungError {
  const hint = 'Use the file as it was downloaded, or train again.';
  return new RungError('file-corrupt', `Reading ${classicalFileName}: it holds ${what}.`, hint);
}
