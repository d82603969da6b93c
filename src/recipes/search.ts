/**
 * Search for the settings of a fine-tuning: at random (Bergstra, Bengio 2012), or by successive halving over the rows to learn from
 * (Jamieson, Talwalkar 2016), which tries many settings on few rows and goes on with the better third. Settings are judged on the
 * validation rows, or on inner folds of all rows outside the test side. No test row is looked at.
 */
import { concatenate } from '../shared/concatenate.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { epochsFor } from '../shared/epochs.ts';
import { Random } from '../shared/random.ts';
import {
  searchRounds,
  withTrial,
  type SearchedSetting,
  type SearchEvent,
  type SearchPlan,
  type SearchTrial,
  type TrialSettings,
} from '../shared/search.ts';
import type { TrainingConfig } from '../shared/training.ts';
import { foldRows } from './crossValidate.ts';
import { labelsOf } from './labelsOf.ts';

export interface SearchInput<Event> {
  dataset: Dataset;
  /** Of the run that the settings are for; its test rows stay out. */
  split: Split;
  config: TrainingConfig;
  plan: SearchPlan;
  signal: AbortSignal;
  /** Seconds of work so far: what a trial took is the difference. */
  clock: () => number;
  /** Trains from the start and judges on the validation side; null when the signal ended it. The split's test side is empty. */
  trainOne: (config: TrainingConfig, split: Split) => AsyncGenerator<Event, number | null>;
}

/** Yields what the trainings yield; returns the trials that are done, also when the signal ends it. */
export async function* searchSettings<Event>(
  input: SearchInput<Event>,
): AsyncGenerator<Event | SearchEvent, SearchTrial[]> {
  const { plan, signal } = input;
  const splits = judgedSplits(input);
  const config = { ...input.config, epochs: epochsAtHand(input.config, plan, input.split.train.length) };
  const drawn = drawTrials(config, plan);
  const rounds = searchRounds({ ...plan, trials: drawn.length });
  const meanEpochs = drawn.reduce((sum, { epochs }) => sum + epochs, 0) / drawn.length;
  const total = rounds.reduce((sum, { trials, share }) => sum + trials * share * splits.length * meanEpochs, 0);
  const done: SearchTrial[] = [];
  let work = 0;
  let candidates = drawn.map((settings, i) => ({ number: i + 1, settings }));
  for (const [i, { share }] of rounds.entries()) {
    const scored: SearchTrial[] = [];
    for (const { number, settings } of candidates) {
      const started = input.clock();
      const scores: number[] = [];
      for (const [fold, split] of splits.entries()) {
        if (signal.aborted) return done;
        const part = (share * settings.epochs) / total;
        const fraction = Math.min(1 - part, work);
        const at = { number, settings, round: i + 1, fold: fold + 1 };
        yield { type: 'search-step', ...at, fraction: Math.max(0, fraction), part };
        const own = { ...split, train: fewer(split.train, share, config.seed) };
        const score = yield* input.trainOne(withTrial(config, settings, plan), own);
        if (score === null) return done;
        work += part;
        scores.push(score);
      }
      const score = scores.reduce((sum, one) => sum + one, 0) / scores.length;
      const record = { number, settings, round: i + 1, share, score, seconds: input.clock() - started };
      scored.push(record);
      done.push(record);
      yield { type: 'search-trial', record };
    }
    const next = rounds.at(i + 1)?.trials ?? 0;
    // Sorting is stable: among equals the earlier goes on.
    candidates = scored.toSorted((a, b) => b.score - a.score).slice(0, next);
  }
  return done;
}

/** Where epochs are searched, as many as a training with the settings at hand takes: with few rows more than its `epochs`. */
function epochsAtHand(config: TrainingConfig, plan: SearchPlan, trainRows: number): number {
  return plan.settings.includes('epochs') ? epochsFor(config, trainRows) : config.epochs;
}

/** What a trial learns from and is judged on: validation sides; test sides are empty. */
function judgedSplits<Event>({ dataset, split, plan, config }: SearchInput<Event>): Split[] {
  const test = new Uint32Array();
  if (plan.folds <= 1) return [{ train: split.train, validation: split.validation, test }];
  const rows = concatenate(split.train, split.validation).toSorted();
  const width = dataset.labelNames.length;
  const labels = labelsOf(dataset.labels, width, rows);
  const own = { ...dataset, labels, groups: rows.map((row) => dataset.groups[row]) };
  const rowsOf = (positions: Uint32Array<ArrayBuffer>) => positions.map((i) => rows[i]);
  return foldRows(own, plan.folds, config.seed).map(({ rest, test: judged }) => ({
    train: rowsOf(rest),
    validation: rowsOf(judged),
    test,
  }));
}

/** The first of the rows in an order that the seed draws: a smaller share is part of a larger one. */
function fewer(rows: Uint32Array<ArrayBuffer>, share: number, seed: number): Uint32Array<ArrayBuffer> {
  if (share >= 1) return rows;
  const count = Math.max(1, Math.round(share * rows.length));
  return new Random(seed).shuffle(rows.slice()).slice(0, count).toSorted();
}

const layerDecays = [1, 0.95, 0.9, 0.8, 0.7];
const losses = ['bce', 'focal', 'asymmetric'] as const;
const dropouts = [0, 0.1, 0.2, 0.3];
const batchSizes = [8, 16, 32, 64];

/** How a setting is drawn, around the value that is at hand. */
const draw: Record<SearchedSetting, (at: TrialSettings, random: Random) => Partial<TrialSettings>> = {
  learningRate: (at, random) => ({
    learningRate: Number(between(at.learningRate / 8, at.learningRate * 4, random).toPrecision(2)),
  }),
  layerDecay: (_, random) => ({ layerDecay: oneOf(layerDecays, random) }),
  epochs: (at, random) => ({ epochs: Math.max(1, Math.round(between(at.epochs / 2, at.epochs * 2, random))) }),
  loss: (_, random) => ({ loss: oneOf(losses, random) }),
  dropout: (_, random) => ({ dropout: oneOf(dropouts, random) }),
  batchSize: (_, random) => ({ batchSize: oneOf(batchSizes, random) }),
};

/** Even in the logarithm. */
function between(low: number, high: number, random: Random): number {
  return low * (high / low) ** random.next();
}

function oneOf<T>(values: readonly T[], random: Random): T {
  return values[random.int(values.length)];
}

/** Draws until it finds no new settings for so long. */
const mostRepeats = 100;

/** The settings at hand, then as many others as the plan wants, each once; fewer where there are not as many. */
export function drawTrials(config: TrainingConfig, { settings, trials }: SearchPlan): TrialSettings[] {
  const random = new Random(config.seed);
  const { learningRate, layerDecay, epochs, loss, dropout, batchSize } = config;
  const first: TrialSettings = { learningRate, layerDecay, epochs, loss, dropout, batchSize };
  const found = [first];
  const known = new Set([JSON.stringify(first)]);
  for (let repeats = 0; found.length < trials && repeats < mostRepeats;) {
    let next = first;
    for (const setting of settings) next = Object.assign({}, next, draw[setting](first, random));
    const key = JSON.stringify(next);
    if (known.has(key)) {
      repeats++;
      continue;
    }
    known.add(key);
    found.push(next);
    repeats = 0;
  }
  return found;
}
