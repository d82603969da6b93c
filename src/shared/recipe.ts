/** What the page knows of a recipe: what it does, and the settings it starts from. */
import type { CleaningOptions, UnlabelledPolicy } from './dataset.ts';
import type { CrossValidation, Interval, Method, RecipeId } from './training.ts';

/** How a recipe wants the rows, where it cares; the rest is as on the Data page. */
export interface RecipeData {
  unlabelled?: UnlabelledPolicy;
  cleaning?: Partial<CleaningOptions>;
}

/** What a recipe reached, and on what. */
export interface RecipeFigures {
  data: string;
  how: string;
  microF1: Interval;
  /** Over labels with enough rows to say. */
  macroF1Supported: Interval;
  exactMatch: Interval;
  /** Mean over the same labels; null where it is not told. */
  rocAuc: number | null;
  /** Means over so many. */
  seeds: number;
}

export interface RecipeInfo {
  id: RecipeId;
  name: string;
  /** One line, for the list. */
  summary: string;
  /** One paragraph: what a published original does and reports, and what this one does. */
  description: string;
  /** What the original measured wrongly, and how this one mends it. */
  mended?: string;
  /** What it reaches here; null: not measured. The registry fills it in. */
  figures?: RecipeFigures | null;
  /** Settings to begin with, those of the shipped encoder where there is one. */
  method: Method;
  /** Learning rates by where the encoder comes from; null where there is none. */
  learningRates: LearningRates | null;
  /** Null: one split. */
  foldPlan: FoldPlan | null;
  /** Null: the rows as they are on the Data page. */
  data: { change: RecipeData; text: string } | null;
}

/** A cross-validation as it is chosen; its seeds are the run's own and those after it. */
export interface FoldPlan {
  folds: number;
  /** How many seeds. */
  repeats: number;
}

export function crossValidationOf(plan: FoldPlan | null, seed: number): CrossValidation | null {
  return plan && { folds: plan.folds, seeds: Array.from({ length: plan.repeats }, (_, i) => seed + i) };
}

export interface LearningRates {
  shipped: number;
  /** Checkpoints of the Hub and those that were dropped. */
  published: number;
}
