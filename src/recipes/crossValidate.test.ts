import { describe, expect, it } from 'vitest';
import { defaultCleaning } from '../data/cleaning.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import { packStrings } from '../shared/strings.ts';
import { crossValidate, foldFigures, measured, type FoldAnswers, type FoldResult } from './crossValidate.ts';
import { testRows } from './testRows.ts';

const count = 60;
const titles = Array.from({ length: count }, (_, i) => `${i % 3 === 0 ? 'Director' : 'Clerk'} ${i}`);
const dataset: Dataset = {
  name: 'made',
  titles: packStrings(titles),
  labelNames: ['Director', 'Clerk'],
  labels: Uint8Array.from(titles.flatMap((title) => (title.startsWith('Director') ? [1, 0] : [0, 1]))),
  rowNumbers: Uint32Array.from(titles, (_, i) => i + 2),
  // Every two rows are near duplicates.
  groups: Uint32Array.from(titles, (_, i) => Math.floor(i / 2)),
  cleaning: defaultCleaning,
  unlabelled: { kind: 'drop' },
  fingerprint: '',
};
const crossValidation = { folds: 3, seeds: [1, 2] };

/** A model that answers the labels themselves, but for row 0. */
function answer(split: Split): FoldResult {
  const probabilities = new Float32Array(split.test.length * 2);
  for (const [i, row] of split.test.entries())
    for (const label of [0, 1]) {
      const held = dataset.labels[row * 2 + label];
      probabilities[i * 2 + label] = row === 0 ? 1 - held : held;
    }
  return {
    thresholds: [0.5, 0.5],
    testRows: testRows(dataset, split.test, probabilities),
    train: { rows: split.train.length, microF1: 1, macroF1: 1, exactMatch: 1 },
    bestEpoch: null,
    stopped: false,
  };
}

async function run(trainFold: (split: Split, seed: number) => AsyncGenerator<never, FoldResult>, stopAfter = Infinity) {
  const abort = new AbortController();
  const answers: (FoldAnswers & { seed: number })[] = [];
  const begun: string[] = [];
  for await (const event of crossValidate({
    dataset,
    crossValidation,
    split: { train: 0.8, validation: 0.1 },
    signal: abort.signal,
    clock: () => 0,
    trainFold,
  })) {
    if (event.type === 'fold') begun.push(`${event.seed}.${event.fold}`);
    else answers.push({ seed: event.record.seed, thresholds: event.record.thresholds, testRows: event.testRows });
    if (answers.length >= stopAfter) abort.abort();
  }
  return { answers, begun };
}

// oxlint-disable-next-line require-yield -- folds without progress
async function* perfect(split: Split): AsyncGenerator<never, FoldResult> {
  return answer(split);
}

// oxlint-disable-next-line require-yield -- ends before any progress
async function* stopped(): AsyncGenerator<never, FoldResult> {
  throw new RungError('aborted', 'stopped');
}

// oxlint-disable-next-line require-yield -- ends before any progress
async function* failed(): AsyncGenerator<never, FoldResult> {
  throw new RungError('out-of-memory', 'full');
}

describe('cross-validation', () => {
  it('tests every row once a seed, with near duplicates and validation rows outside the fold', async () => {
    const splits: Split[] = [];
    const { answers, begun } = await run((split) => {
      splits.push(split);
      return perfect(split);
    });
    expect(begun).toEqual(['1.1', '1.2', '1.3', '2.1', '2.2', '2.3']);
    for (const seed of crossValidation.seeds) {
      const rows = answers.filter((own) => own.seed === seed).flatMap(({ testRows: own }) => own.map(({ row }) => row));
      expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from(dataset.rowNumbers));
    }
    for (const { train, validation, test } of splits) {
      expect(train.length + validation.length + test.length).toBe(count);
      const tested = new Set(Array.from(test, (row) => dataset.groups[row]));
      expect([...train, ...validation].some((row) => tested.has(dataset.groups[row]))).toBe(false);
      expect(validation.length).toBeGreaterThan(0);
    }
  });

  it('measures all rows together, the mean over seeds, and keeps the rows of the first', async () => {
    const { answers } = await run(perfect);
    const { report, rows } = measured(answers, crossValidation, dataset.labelNames);
    expect(report.rows).toBe(count);
    expect(report.exactMatch.value).toBeCloseTo((count - 1) / count, 12);
    expect(rows).toHaveLength(count);
    expect(new Set(rows.map(({ fold }) => fold))).toEqual(new Set([0, 1, 2]));
  });

  it('keeps the folds that are done when it is stopped', async () => {
    const { answers, begun } = await run(perfect, 2);
    expect([begun, answers.length]).toEqual([['1.1', '1.2'], 2]);
    const { report } = measured(answers, crossValidation, dataset.labelNames);
    expect(report.rows).toBe(answers[0].testRows.length + answers[1].testRows.length);
  });

  it('leaves out a fold that was stopped in its middle, and lets failures through', async () => {
    expect((await run(stopped)).answers).toEqual([]);
    await expect(run(failed)).rejects.toMatchObject({ code: 'out-of-memory' });
  });
});

it('figures of a fold count rows and labels at its thresholds', () => {
  const figures = foldFigures(
    Uint8Array.of(1, 0, 0, 1, 1, 1),
    Float32Array.of(0.9, 0.2, 0.4, 0.6, 0.8, 0.1),
    [0.5, 0.5],
  );
  expect(figures).toMatchObject({ rows: 3, exactMatch: 2 / 3 });
  expect(figures.microF1).toBeCloseTo(6 / 7, 12);
  expect(figures.macroF1).toBeCloseTo((1 + 2 / 3) / 2, 12);
});
