/** What the page knows of the training that runs now; the store fills it from `TrainingEvent`s, the train screen draws it. */
import type { ChosenClassifier, TrialRecord } from './classical.ts';
import type { SearchEvent, SearchPlan, SearchTrial } from './search.ts';
import type { CrossValidation, EpochRecord, FoldRecord, Method, StepRecord, TrainingPlan } from './training.ts';

export type LiveStatus = 'preparing' | 'running' | 'paused' | 'stopping' | 'finishing';

/** How far a cross-validation is. */
export interface LiveFolds extends CrossValidation {
  /** The fold that is trained; null before the first. */
  current: { seed: number; fold: number } | null;
  done: FoldRecord[];
}

/** How far a search for settings is. */
export interface LiveSearch {
  plan: SearchPlan;
  /** The training that runs: trial, round and fold, from 1; `part` of all work, of which `fraction` was done before. Null before the first. */
  current: Omit<Extract<SearchEvent, { type: 'search-step' }>, 'type'> | null;
  done: SearchTrial[];
}

export interface LiveRun {
  name: string;
  method: Method['kind'];
  /** Null for one split. */
  crossValidation: LiveFolds | null;
  /** Null unless settings are searched. */
  search: LiveSearch | null;
  status: LiveStatus;
  /** What is being done before or after the steps: "Compiling shaders". */
  message: string | null;
  /** Progress of that work, or of all steps while they run; null where it cannot be told. */
  fraction: number | null;
  /** Where no step says it: classical models. */
  secondsLeft: number | null;
  /** Null until the engine has split the rows and built the model. */
  plan: TrainingPlan | null;
  steps: StepRecord[];
  epochs: EpochRecord[];
  /** Classical models: what was tried so far, and the labels that are decided. */
  trials: TrialRecord[];
  chosen: ChosenClassifier[];
  bestEpoch: number | null;
  /** Which of the models that are averaged is trained, counted from 1; null where there is one. */
  member: { number: number; of: number } | null;
  /** Epochs that were done when the second of them began, when the third did, and so on. */
  memberStarts: number[];
  /** Things the user should know, oldest first: "This run cannot be kept in the browser: …". */
  notices: string[];
}
