import { describe, expect, it } from 'vitest';
import { defaultCleaning } from '../data/cleaning.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import {
  bestTrial,
  defaultSearchPlan,
  searchRounds,
  withRecommended,
  withTrial,
  type SearchEvent,
  type SearchPlan,
  type SearchTrial,
} from '../shared/search.ts';
import { oneModelConfig, type TrainingConfig } from '../shared/training.ts';
import { drawTrials, searchSettings } from './search.ts';

const count = 90;
const dataset: Dataset = {
  name: 'made',
  titles: packStrings(Array.from({ length: count }, (_, i) => `Title ${i}`)),
  labelNames: ['Even', 'Odd'],
  labels: Uint8Array.from({ length: 2 * count }, (_, i) => Number(i % 2 === Math.floor(i / 2) % 2)),
  rowNumbers: Uint32Array.from({ length: count }, (_, i) => i + 2),
  // Every two rows are near duplicates.
  groups: Uint32Array.from({ length: count }, (_, i) => Math.floor(i / 2)),
  cleaning: defaultCleaning,
  unlabelled: { kind: 'drop' },
  fingerprint: '',
};
const rowsFrom = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);
const split: Split = { train: rowsFrom(0, 60), validation: rowsFrom(60, 72), test: rowsFrom(72, 90) };
const config: TrainingConfig = { ...oneModelConfig, encoder: { kind: 'shipped', id: 'mini' }, epochs: 6 };

interface Training {
  config: TrainingConfig;
  split: Split;
}

/** A model whose score is what its learning rate says, best at 1e-3. */
async function run(plan: SearchPlan, stopAfter = Infinity) {
  const abort = new AbortController();
  const trainings: Training[] = [];
  // oxlint-disable-next-line require-yield -- a training without progress
  async function* trainOne(tried: TrainingConfig, own: Split): AsyncGenerator<never, number | null> {
    if (abort.signal.aborted) return null;
    trainings.push({ config: tried, split: own });
    if (trainings.length >= stopAfter) abort.abort();
    return 1 - Math.abs(Math.log10(tried.learningRate / 1e-3)) / 10;
  }
  const clock = (): number => trainings.length;
  const search = searchSettings({ dataset, split, config, plan, signal: abort.signal, clock, trainOne });
  const events: SearchEvent[] = [];
  let next = await search.next();
  for (; !next.done; next = await search.next()) events.push(next.value);
  return { trials: next.value, trainings, events };
}

const random: SearchPlan = { ...defaultSearchPlan, method: 'random', trials: 5 };
const halving: SearchPlan = { ...defaultSearchPlan, method: 'halving', trials: 9 };

describe('the search for settings', () => {
  it('tries the settings at hand first, then others once each, the same for a seed', () => {
    const drawn = drawTrials(config, halving);
    expect(drawn).toHaveLength(9);
    expect(drawn[0]).toMatchObject({ learningRate: config.learningRate, epochs: 6, dropout: 0.1, layerDecay: 1 });
    expect(new Set(drawn.map((one) => JSON.stringify(one))).size).toBe(9);
    expect(drawTrials(config, halving)).toEqual(drawn);
    expect(drawTrials({ ...config, seed: 7 }, halving)).not.toEqual(drawn);
    // What is not searched stays.
    expect(drawn.every(({ batchSize, loss }) => batchSize === config.batchSize && loss === 'bce')).toBe(true);
    for (const { learningRate, epochs } of drawn) {
      expect(learningRate).toBeGreaterThanOrEqual(config.learningRate / 8.1);
      expect(learningRate).toBeLessThanOrEqual(config.learningRate * 4.1);
      expect(epochs).toBeGreaterThanOrEqual(3);
      expect(epochs).toBeLessThanOrEqual(12);
    }
  });

  it('takes as many epochs as a training with the settings at hand would', async () => {
    const few: TrainingConfig = { ...config, minimumSteps: 300, batchSize: 8 };
    const search = searchSettings({
      dataset,
      split,
      config: few,
      plan: random,
      signal: new AbortController().signal,
      clock: () => 0,
      // oxlint-disable-next-line require-yield -- a training without progress
      async *trainOne({ epochs, minimumSteps }): AsyncGenerator<never, number> {
        expect(minimumSteps).toBe(0);
        return epochs;
      },
    });
    let next = await search.next();
    while (!next.done) next = await search.next();
    // 60 rows in steps of 8.
    expect(next.value[0]).toMatchObject({ number: 1, score: Math.ceil(300 / 8) });
    expect(next.value.every(({ settings }) => settings.epochs >= 19 && settings.epochs <= 76)).toBe(true);
  });

  it('ends where there are no other settings to draw', () => {
    expect(drawTrials(config, { ...random, settings: ['dropout'], trials: 20 })).toHaveLength(4);
  });

  it('at random trains each once on all rows and never sees a test row', async () => {
    const { trials, trainings } = await run(random);
    expect(trainings).toHaveLength(5);
    for (const training of trainings) {
      expect(training.split).toEqual({ train: split.train, validation: split.validation, test: new Uint32Array() });
      expect(training.config.minimumSteps).toBe(0);
    }
    const best = bestTrial(trials)!;
    expect(best.score).toBe(Math.max(...trials.map(({ score }) => score)));
    expect(trials.map(({ number, round, share }) => [number, round, share])).toEqual(
      [1, 2, 3, 4, 5].map((number) => [number, 1, 1]),
    );
  });

  it('by halving goes on with the better third on three times the rows, the smaller part in the larger', async () => {
    expect(searchRounds(halving)).toEqual([
      { trials: 9, share: 1 / 3 },
      { trials: 3, share: 1 },
    ]);
    expect(searchRounds({ method: 'halving', trials: 12 }).map(({ trials }) => trials)).toEqual([12, 4, 2]);
    expect(searchRounds({ method: 'halving', trials: 2 })).toEqual([{ trials: 2, share: 1 }]);
    const { trials, trainings } = await run(halving);
    expect(trainings.map((training) => training.split.train.length)).toEqual([
      ...Array<number>(9).fill(20),
      60,
      60,
      60,
    ]);
    const few = new Set(trainings[9].split.train);
    expect(trainings[0].split.train.every((row) => few.has(row))).toBe(true);
    const first = trials.filter(({ round }) => round === 1).toSorted((a, b) => b.score - a.score);
    expect(trials.slice(9).map(({ number }) => number)).toEqual(first.slice(0, 3).map(({ number }) => number));
    expect(bestTrial(trials)).toMatchObject({ share: 1, number: first[0].number });
  });

  it('on inner folds judges every row outside the test side once, near duplicates together', async () => {
    const { trainings, trials } = await run({ ...random, trials: 1, folds: 3 });
    expect(trials).toHaveLength(1);
    const judged = trainings.flatMap((training) => [...training.split.validation]);
    expect(judged.toSorted((a, b) => a - b)).toEqual([...rowsFrom(0, 72)]);
    for (const { split: own } of trainings) {
      expect(own.test).toHaveLength(0);
      const groups = new Set(Array.from(own.validation, (row) => dataset.groups[row]));
      expect(own.train.some((row) => groups.has(dataset.groups[row]))).toBe(false);
    }
  });

  it('tells how far it is, up to the end', async () => {
    const { events } = await run(halving);
    const steps = events.filter((event) => event.type === 'search-step');
    expect(steps[0]).toMatchObject({ number: 1, round: 1, fold: 1, fraction: 0 });
    expect(steps.every(({ fraction, part }) => fraction + part <= 1 + 1e-9)).toBe(true);
    const fractions = steps.map(({ fraction }) => fraction);
    expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions);
  });

  it('keeps what is done when it is stopped', async () => {
    const { trials, trainings } = await run(random, 3);
    expect(trainings).toHaveLength(3);
    expect(trials.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(await run({ ...random, folds: 2 }, 3)).toMatchObject({ trials: [{ number: 1 }] });
  });
});

it('a trial with few rows is never the best beside one with all', () => {
  const trial = (number: number, share: number, score: number): SearchTrial => ({
    number,
    settings: drawTrials(config, random)[0],
    round: 1,
    share,
    score,
    seconds: 1,
  });
  expect(bestTrial([])).toBeNull();
  expect(bestTrial([trial(1, 1 / 3, 0.99), trial(2, 1, 0.9), trial(3, 1, 0.9)])?.number).toBe(2);
  expect(withTrial(config, trial(1, 1, 1).settings, { settings: ['dropout'] }).minimumSteps).toBe(config.minimumSteps);
});

it('recommends as many epochs for averaged models as make the steps of the trial', () => {
  const settings = { ...drawTrials(config, random)[0], epochs: 6 };
  const plan = { settings: ['epochs' as const] };
  const one = { ...config, split: { train: 0.8, validation: 0.1, test: 0.1 }, ensembleFolds: 0 };
  expect(withRecommended(one, settings, plan)).toEqual(withTrial(one, settings, plan));
  // Each learns two thirds of nine tenths of the rows, not eight tenths.
  const three = { ...one, ensembleFolds: 3 };
  expect(withRecommended(three, settings, plan)).toMatchObject({ epochs: 8, minimumSteps: 0, ensembleFolds: 3 });
  expect(withRecommended(three, settings, { settings: ['dropout'] }).epochs).toBe(6);
});
