/** What the page knows of the training that runs now; the store fills it from `TrainingEvent`s, the train screen draws it. */
import type { EpochRecord, StepRecord, TrainingPlan } from './training.ts';

export type LiveStatus = 'preparing' | 'running' | 'paused' | 'stopping' | 'finishing';

export interface LiveRun {
  name: string;
  status: LiveStatus;
  /** What is being done before or after the steps: "Compiling shaders". */
  message: string | null;
  /** Progress of that work, or of all steps while they run; null where it cannot be told. */
  fraction: number | null;
  /** Null until the engine has split the rows and built the model. */
  plan: TrainingPlan | null;
  steps: StepRecord[];
  epochs: EpochRecord[];
  bestEpoch: number | null;
  /** Things the user should know, oldest first: "This run cannot be kept in the browser: …". */
  notices: string[];
}
