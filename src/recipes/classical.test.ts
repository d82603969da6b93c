import { describe, expect, it } from 'vitest';
import { drawCandidates, type Candidate } from '../baselines/candidates.ts';
import { wordsAndCharacters } from '../baselines/tfidf.ts';
import type { Split } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import { madeData } from '../testing/madeData.ts';
import { classical, type ClassicalEvent, type ClassicalResult } from './classical.ts';
import { searchAllKinds, tfidfLogistic, type ClassicalSettings } from './oneClassifierPerLabel.ts';

const dataset = madeData(180);
const rows = Uint32Array.from({ length: 180 }, (_, row) => row);
const split: Split = { train: rows.slice(0, 100), validation: rows.slice(100, 120), test: rows.slice(120) };
const candidates: Candidate[] = [
  { kind: 'logistic regression', C: 30, classWeight: 'balanced' },
  { kind: 'linear SVM', C: 1, classWeight: 'none' },
  { kind: 'naive Bayes', variant: 'complement', alpha: 0.1 },
  { kind: 'nearest neighbours', neighbours: 5, weighting: 'distance' },
  { kind: 'random forest', trees: 20, leafRows: 1, classWeight: 'none', columns: 100 },
  {
    kind: 'gradient boosting',
    trees: 20,
    rate: 0.2,
    mostLeaves: 4,
    leafRows: 2,
    l2: 1,
    classWeight: 'none',
    columns: 100,
  },
];
const settings: ClassicalSettings = {
  normalisation: null,
  ngrams: wordsAndCharacters,
  candidates,
  calibrate: true,
  innerFolds: 3,
  seed: 1,
};

async function run(
  own: ClassicalSettings,
  signal = new AbortController().signal,
  input = dataset,
): Promise<{ events: ClassicalEvent[]; result: ClassicalResult }> {
  const running = classical({ dataset: input, split, settings: own, signal, gate: async () => undefined });
  const events: ClassicalEvent[] = [];
  let step = await running.next();
  for (; !step.done; step = await running.next()) events.push(step.value);
  return { events, result: step.value };
}

/** Without closures, for comparison. */
function plain({ model, ...rest }: ClassicalResult) {
  return { ...rest, saved: model.classifiers.map((own) => own.classifier.save()) };
}

describe('one classifier for each label', async () => {
  const { events, result } = await run(settings);

  it('tries every kind on a label, and none but the first on one in too few rows', () => {
    const tried = events.filter((event) => event.type === 'trial').map(({ record }) => record.label);
    expect(tried.filter((label) => label === 'Director')).toHaveLength(6);
    expect(tried.filter((label) => label === 'Owner')).toHaveLength(1);
    expect(new Set(result.chosen[1].tried.map(({ candidate }) => candidate.split(' (')[0])).size).toBe(6);
  });

  it('chooses the highest F1 of the inner folds', () => {
    for (const { f1, tried } of result.chosen) expect(f1).toBe(Math.max(...tried.map((trial) => trial.f1)));
  });

  it('learns what there is to learn', () => {
    expect(result.report.rows).toBe(60);
    expect(result.report.perLabel[1].f1?.value).toBe(1);
    expect(result.report.perLabel[0].f1?.value).toBeGreaterThan(0.75);
  });

  it('answers with probabilities, near the share of the label in rows that look alike', () => {
    const directors = result.testRows.filter(({ title }) => title.startsWith('Dir')).map((row) => row.probabilities[0]);
    const mean = directors.reduce((sum, p) => sum + p, 0) / directors.length;
    expect(Math.abs(mean - 11 / 12)).toBeLessThan(0.1);
    expect(result.thresholds[2]).toBe(0.5);
  });

  it('reports progress from 0 to 1, never backwards', () => {
    const fractions = events.filter((event) => event.type === 'phase').map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect([fractions[0], fractions.at(-1)]).toEqual([0, 1]);
  });

  it('repeats with the same seed', async () => {
    expect(plain((await run(settings)).result)).toEqual(plain(result));
  });
});

it('looks at no label of the test rows', async () => {
  const labels = dataset.labels.slice();
  labels.fill(0, split.test[0] * 3);
  const own = { ...settings, candidates: candidates.slice(0, 2) };
  const [seen, unseen] = [await run(own), await run(own, undefined, { ...dataset, labels })];
  const answers = ({ result }: typeof seen) => result.testRows.map(({ probabilities }) => probabilities);
  expect(answers(unseen)).toEqual(answers(seen));
  expect(unseen.result.thresholds).toEqual(seen.result.thresholds);
});

it('normalises titles where asked to: an abbreviation that was never seen is known', async () => {
  const titles = packStrings(Array.from(rows, (row) => (row < 120 ? ['Director', 'Clerk'][row % 2] : 'Dir.')));
  const labels = dataset.labels.map((_, i) => Number(i % 3 === 0 && (i / 3 >= 120 || (i / 3) % 2 === 0)));
  const { normalisation } = searchAllKinds(1);
  const { result } = await run({ ...settings, candidates: candidates.slice(0, 1), normalisation }, undefined, {
    ...dataset,
    titles,
    labels,
  });
  expect(result.report.perLabel[0].recall?.value).toBe(1);
});

it('ends at the signal', async () => {
  await expect(run(settings, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
});

it('draws settings of six kinds, the same for a seed, none twice', () => {
  const drawn = drawCandidates(3, 7);
  expect(drawn).toHaveLength(18);
  expect(new Set(drawn.map(({ kind }) => kind)).size).toBe(6);
  expect(new Set(drawn.map((candidate) => JSON.stringify(candidate))).size).toBe(18);
  expect(drawCandidates(3, 7)).toEqual(drawn);
  expect(drawCandidates(3, 8)).not.toEqual(drawn);
  expect(drawCandidates(100, 7).length).toBeGreaterThan(40);
});

it('has a plain baseline that tries nothing and calibrates nothing', () => {
  expect(tfidfLogistic(3)).toMatchObject({
    calibrate: false,
    candidates: [{ C: 30, classWeight: 'balanced' }],
    seed: 3,
  });
});
