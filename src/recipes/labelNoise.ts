/**
 * Likely mislabelled rows: out-of-fold probabilities, of the plain baseline (TF-IDF of words and characters with a logistic regression
 * for each label, seconds on a processor) or of a cross-validated run, judged by confident learning label by label. A row's suggestion
 * turns over the labels that are doubted; rows are ranked by the label that is doubted most.
 */
import { constantClassifier, countPositives, type BinaryClassifier } from '../baselines/classifier.ts';
import { fitLogisticRegression } from '../baselines/logisticRegression.ts';
import { takeRows, transpose, type SparseMatrix } from '../baselines/sparse.ts';
import { fitTfidfUnion, transformTfidfUnion, wordsAndCharacters } from '../baselines/tfidf.ts';
import { kFold } from '../data/split.ts';
import { sigmoid } from '../metrics/classification.ts';
import { judgeLabel, type LabelIssue } from '../metrics/confidentLearning.ts';
import type { Dataset } from '../shared/dataset.ts';
import type { LabelNoise, LabelNoiseReport, LabelSuggestion, OutOfFold, SimilarTitle } from '../shared/labelNoise.ts';
import { unpackStrings } from '../shared/strings.ts';
import { minimumSupport } from '../shared/training.ts';

export const noiseFolds = 5;

/** TF-IDF of words and pieces of words over all titles. */
export function titleFeatures(dataset: Dataset): SparseMatrix {
  const titles = unpackStrings(dataset.titles);
  return transformTfidfUnion(fitTfidfUnion(titles, wordsAndCharacters), titles);
}

/**
 * Probabilities of the plain baseline, rows x labels, each row by a model that has not seen its labels or those of a near duplicate.
 * How often terms occur is counted over all titles at once: no label is in it, and it takes a fifth of the time.
 * Yields the share that is done. @throws RungError `too-few-rows`
 */
export function* baselineOutOfFold(
  dataset: Dataset,
  features: SparseMatrix,
  seed: number,
): Generator<number, Float32Array<ArrayBuffer>> {
  const { labels, labelNames, groups } = dataset;
  const labelCount = labelNames.length;
  const foldOf = kFold(labels, labelCount, groups, noiseFolds, seed);
  const rows = Uint32Array.from(foldOf.keys());
  const probabilities = new Float32Array(labels.length);
  for (let fold = 0; fold < noiseFolds; fold++) {
    const fitRows = rows.filter((row) => foldOf[row] !== fold);
    const scoredRows = rows.filter((row) => foldOf[row] === fold);
    const fitFeatures = takeRows(features, fitRows);
    const scoredFeatures = takeRows(features, scoredRows);
    for (let label = 0; label < labelCount; label++) {
      const target = Uint8Array.from(fitRows, (row) => labels[row * labelCount + label]);
      const answers = sigmoid(fitLabel(fitFeatures, target).scores(scoredFeatures));
      for (const [i, row] of scoredRows.entries()) probabilities[row * labelCount + label] = answers[i];
      yield (fold + (label + 1) / labelCount) / noiseFolds;
    }
  }
  return probabilities;
}

/** Weaker than the baseline that predicts best (C 30): a wrong label must not be learnt by heart from the rows around it. */
const logistic = { C: 10, classWeight: 'none', tolerance: 3e-4 } as const;
/** Log-odds of a label that no or every row of the other folds carries. */
const certain = 30;

function fitLabel(features: SparseMatrix, target: Uint8Array): BinaryClassifier {
  const positives = countPositives(target);
  if (positives === 0 || positives === target.length) return constantClassifier(positives === 0 ? -certain : certain);
  return fitLogisticRegression(features, target, logistic);
}

/**
 * A run's out-of-fold probabilities for the rows of a data set.
 * @returns rows x labels; `answered` 1 where the run has an answer: the same row number, the same title, all of the labels
 */
export function runOutOfFold(
  dataset: Dataset,
  run: OutOfFold,
): { probabilities: Float32Array<ArrayBuffer>; answered: Uint8Array } {
  const titles = unpackStrings(dataset.titles);
  const labelCount = dataset.labelNames.length;
  const columns = dataset.labelNames.map((name) => run.labelNames.indexOf(name));
  const positions = new Map(Array.from(run.rows, (row, i) => [row, i]));
  const probabilities = new Float32Array(dataset.labels.length);
  const answered = new Uint8Array(titles.length);
  if (columns.includes(-1)) return { probabilities, answered };
  for (const [row, title] of titles.entries()) {
    const at = positions.get(dataset.rowNumbers[row]);
    if (at === undefined || plain(run.titles[at]) !== plain(title)) continue;
    answered[row] = 1;
    for (const [label, column] of columns.entries())
      probabilities[row * labelCount + label] = run.probabilities[at * run.labelNames.length + column];
  }
  return { probabilities, answered };
}

/** Recipes clean titles in ways of their own. */
const plain = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** @param answered rows that have probabilities; all when left out */
export function findLabelNoise(
  dataset: Dataset,
  probabilities: Float32Array,
  answered: Uint8Array | null = null,
): LabelNoiseReport {
  const { labelNames } = dataset;
  const labelCount = labelNames.length;
  const positions = Uint32Array.from(dataset.rowNumbers.keys()).filter(
    (row) => answered === null || answered[row] === 1,
  );
  const labels = Uint8Array.from(rowsOf(dataset.labels, positions, labelCount));
  const answers = Float32Array.from(rowsOf(probabilities, positions, labelCount));
  const judged = labelNames.map((_, label) => judgeLabel(labels, answers, labelCount, label, minimumSupport));
  const byRow = new Map<number, LabelIssue[]>();
  for (const issue of judged.flatMap((judgement) => judgement?.issues ?? []))
    byRow.set(issue.row, [...(byRow.get(issue.row) ?? []), issue]);
  const titles = unpackStrings(dataset.titles);
  // Where every row has a label, a suggestion to have none would be no answer.
  const neverEmpty = positions.every((_, i) => labels.subarray(i * labelCount, (i + 1) * labelCount).includes(1));
  const suggestions = [...byRow].flatMap(([i, issues]): LabelSuggestion[] => {
    const row = answers.subarray(i * labelCount, (i + 1) * labelCount);
    const given = held(labels.subarray(i * labelCount, (i + 1) * labelCount));
    const suggested = turnedOver(given, issues, row, neverEmpty);
    if (suggested.join() === given.join()) return [];
    const position = positions[i];
    return [
      {
        position,
        row: dataset.rowNumbers[position],
        title: titles[position],
        given,
        suggested,
        sureness: 1 - Math.min(...issues.map(({ selfConfidence }) => selfConfidence)),
        probabilities: Array.from(row),
      },
    ];
  });
  return {
    labelNames: [...labelNames],
    suggestions: suggestions.toSorted((a, b) => b.sureness - a.sureness || a.row - b.row),
    labels: judged.map((judgement, label): LabelNoise | null => {
      if (judgement === null) return null;
      const given = positions.reduce((sum, _, i) => sum + labels[i * labelCount + label], 0);
      return { given, wronglyGiven: judgement.joint[1][0], missing: judgement.joint[0][1] };
    }),
    rows: positions.length,
    unanswered: dataset.rowNumbers.length - positions.length,
  };
}

function* rowsOf(values: ArrayLike<number>, rows: Uint32Array, width: number): Generator<number> {
  for (const row of rows) for (let i = row * width; i < (row + 1) * width; i++) yield values[i];
}

function held(flags: Uint8Array): number[] {
  return Array.from(flags.keys()).filter((label) => flags[label] === 1);
}

/** The labels with those that are doubted turned over; where none is left and one must be, the likeliest. */
function turnedOver(
  given: readonly number[],
  issues: readonly LabelIssue[],
  probabilities: Float32Array,
  neverEmpty: boolean,
): number[] {
  const doubted = new Set(issues.map(({ label }) => label));
  const added = [...doubted].filter((label) => !given.includes(label));
  const suggested = [...given.filter((label) => !doubted.has(label)), ...added].toSorted((a, b) => a - b);
  if (suggested.length > 0 || !neverEmpty) return suggested;
  return [probabilities.reduce((best, p, label) => (p > probabilities[best] ? label : best), 0)];
}

/** Titles near each other by TF-IDF of words and pieces of words. */
export class SimilarTitles {
  private readonly dataset: Dataset;
  private readonly titles: string[];
  private readonly features: SparseMatrix;
  private readonly rowsOfTerm: SparseMatrix;

  /** @param features of its titles: `titleFeatures` */
  constructor(dataset: Dataset, features: SparseMatrix) {
    this.dataset = dataset;
    this.titles = unpackStrings(dataset.titles);
    this.features = features;
    this.rowsOfTerm = transpose(features);
  }

  /** The `count` rows most like the one at `position`, which is not among them; nearest first. */
  nearest(position: number, count: number): SimilarTitle[] {
    const { labels, labelNames, rowNumbers } = this.dataset;
    const own = takeRows(this.features, [position]);
    const products = new Float64Array(this.titles.length);
    const { starts, indices, values } = this.rowsOfTerm;
    for (const [i, term] of own.indices.entries()) {
      for (let at = starts[term]; at < starts[term + 1]; at++) products[indices[at]] += own.values[i] * values[at];
    }
    const length = products[position];
    const near = Array.from(products.keys()).filter((row) => row !== position && products[row] > 0);
    return near
      .toSorted((a, b) => products[b] - products[a] || a - b)
      .slice(0, count)
      .map((row) => ({
        row: rowNumbers[row],
        title: this.titles[row],
        labels: held(labels.subarray(row * labelNames.length, (row + 1) * labelNames.length)),
        // Rows are as long as the number of their parts that hold a term; words of one letter leave one part empty.
        similarity: Math.min(1, products[row] / length),
      }));
  }
}
