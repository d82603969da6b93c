/** A fine-tuning recipe's own settings by its id in the registry. */
import { recipes } from '../../src/recipes/registry.ts';
import type { LearningRates, RecipeData } from '../../src/shared/recipe.ts';
import type { TrainingConfig } from '../../src/shared/training.ts';

/** @throws Error for a recipe that is not there or does not fine-tune */
export function recipeConfig(id: string): {
  config: TrainingConfig;
  learningRates: LearningRates;
  /** How it wants the rows; null: as they are. */
  data: RecipeData | null;
} {
  const recipe = recipes.find((known) => known.id === id);
  if (recipe?.method.kind !== 'finetune' || !recipe.learningRates) throw new Error(`${id} is no fine-tuning recipe`);
  return { config: recipe.method.config, learningRates: recipe.learningRates, data: recipe.data?.change ?? null };
}
