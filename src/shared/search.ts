/** A search for the settings of a fine-tuning: what is asked for, and what is reported of it. */
import type { EpochFigure, TrainingConfig } from './training.ts';

export const searchedSettings = ['learningRate', 'layerDecay', 'epochs', 'loss', 'dropout', 'batchSize'] as const;
export type SearchedSetting = (typeof searchedSettings)[number];

export interface SearchPlan {
  /** Settings drawn at random, each trained on all rows; or many on few rows, the better third of them on three times as many. */
  method: 'random' | 'halving';
  /** Settings that are tried, those at hand among them. */
  trials: number;
  /** What is drawn; the rest stays as it is. */
  settings: SearchedSetting[];
  /** Parts of the rows outside the test side, each of which judges once; 1: only the validation side judges. */
  folds: number;
}

export const defaultSearchPlan: SearchPlan = {
  method: 'halving',
  trials: 9,
  settings: ['learningRate', 'layerDecay', 'epochs', 'dropout'],
  folds: 1,
};

/** The values of all that can be searched. */
export type TrialSettings = Pick<TrainingConfig, SearchedSetting>;

/** Settings that were tried, in one round. */
export interface SearchTrial {
  /** From 1, which are the settings that were at hand. */
  number: number;
  settings: TrialSettings;
  /** From 1; a random search has one. */
  round: number;
  /** Share of the rows to learn from. */
  share: number;
  /** F1 on rows it did not learn from, the mean over the folds; never on test rows. */
  score: number;
  /** Seconds of training. */
  seconds: number;
}

/** What a search came to. */
export interface SearchResult {
  /** Of the recipe whose settings were at hand. */
  recipeName: string;
  /** Of the table. */
  dataName: string;
  plan: SearchPlan;
  figure: EpochFigure;
  /** In the order they were done; fewer than planned when it was stopped. */
  trials: SearchTrial[];
}

export type SearchEvent =
  /** A training begins, at `fraction` of the search's work, of which it is `part`. Rounds and folds count from 1. */
  | {
      type: 'search-step';
      number: number;
      settings: TrialSettings;
      round: number;
      fold: number;
      fraction: number;
      part: number;
    }
  | { type: 'search-trial'; record: SearchTrial };

export interface SearchRound {
  trials: number;
  /** Share of the rows to learn from. */
  share: number;
}

/** Of `trials` in each round a third goes on, until three or fewer learn from all rows (Jamieson, Talwalkar 2016). */
const keptOf = 3;

/** The rounds of a search. */
export function searchRounds({ method, trials }: Pick<SearchPlan, 'method' | 'trials'>): SearchRound[] {
  if (method === 'random') return [{ trials, share: 1 }];
  const sizes = [trials];
  while (sizes[sizes.length - 1] > keptOf) sizes.push(Math.ceil(sizes[sizes.length - 1] / keptOf));
  return sizes.map((size, round) => ({ trials: size, share: keptOf ** (round - sizes.length + 1) }));
}

/** Of those that learnt from most rows the best; null while there is none. Among equals the earlier wins. */
export function bestTrial(trials: readonly SearchTrial[]): SearchTrial | null {
  return trials.reduce<SearchTrial | null>(
    (best, trial) =>
      best === null || trial.share > best.share || (trial.share === best.share && trial.score > best.score)
        ? trial
        : best,
    null,
  );
}

/** The configuration with a trial's settings. A number of epochs that was drawn is the number. */
export function withTrial(
  config: TrainingConfig,
  settings: TrialSettings,
  { settings: drawn }: Pick<SearchPlan, 'settings'>,
): TrainingConfig {
  return { ...config, ...settings, ...(drawn.includes('epochs') && { minimumSteps: 0 }) };
}

/**
 * The configuration with the settings that a search recommends. Trials train one model on all rows to learn from: where several are
 * averaged, each learns fewer rows, and takes as many epochs more as make the same steps.
 */
export function withRecommended(
  config: TrainingConfig,
  settings: TrialSettings,
  plan: Pick<SearchPlan, 'settings'>,
): TrainingConfig {
  const chosen = withTrial(config, settings, plan);
  const { train, validation } = config.split;
  if (!plan.settings.includes('epochs') || config.ensembleFolds < 2) return chosen;
  const learnt = (train + validation) * (1 - 1 / config.ensembleFolds);
  return { ...chosen, epochs: Math.max(1, Math.round((settings.epochs * train) / learnt)) };
}
