/** What choosing a recipe does to the settings, and how its run gets its rows. */
import { defaultClassicalConfig, type ClassicalConfig } from '../shared/classical.ts';
import type { DataSettings } from '../shared/dataset.ts';
import { usualRate, usualRates } from '../shared/encoderChoice.ts';
import type { FoldPlan, RecipeInfo } from '../shared/recipe.ts';
import { rungConfig, type EncoderSource, type Method, type RecipeId, type TrainingConfig } from '../shared/training.ts';

/** A recipe with the settings that it would train with. */
export interface RecipeChoice {
  recipe: RecipeId;
  /** Settings of recipes that fine-tune, and of the classical one: each keeps its own while the other is looked at. */
  config: TrainingConfig;
  classical: ClassicalConfig;
  /** Null: one split. */
  foldPlan: FoldPlan | null;
  /** Rows as the recipe wants them, or as they are on the Data page. */
  prepare: boolean;
}

/** The recipe that is chosen; undefined while the recipes are not known yet. */
export function chosenRecipe(choice: { recipes: readonly RecipeInfo[]; recipe: RecipeId }): RecipeInfo | undefined {
  return choice.recipes.find(({ id }) => id === choice.recipe);
}

/** What Train trains now. */
export function methodOfChoice({ recipe, config, classical }: RecipeChoice): Method {
  return recipe === 'classical' ? { kind: 'classical', config: classical } : { kind: 'finetune', config };
}

/** Settings of a recipe's fine-tuning for an encoder; those of the default recipe while no other is known. */
export function defaultsOf(recipe: RecipeInfo | undefined, encoder: EncoderSource): TrainingConfig {
  const learningRate = usualRate(encoder, recipe?.learningRates ?? usualRates);
  const config = recipe?.method.kind === 'finetune' ? recipe.method.config : rungConfig;
  return { ...config, encoder, learningRate };
}

/** A recipe's own settings; the encoder and the device stay as they were chosen. */
export function chooseRecipe(recipe: RecipeInfo, { config, classical }: RecipeChoice): RecipeChoice {
  const { id, method, foldPlan } = recipe;
  const finetuned = method.kind === 'finetune';
  return {
    recipe: id,
    config: finetuned ? { ...defaultsOf(recipe, config.encoder), backend: config.backend } : config,
    classical: finetuned ? classical : defaultClassicalConfig,
    foldPlan,
    prepare: true,
  };
}

/** What of the Data page's settings a recipe changes for its run. */
export function dataChange(
  recipe: RecipeInfo | undefined,
  prepare: boolean,
  open: DataSettings,
): Partial<DataSettings> {
  if (!prepare || !recipe?.data) return {};
  const { unlabelled, cleaning } = recipe.data.change;
  return {
    ...(unlabelled && { unlabelled }),
    ...(cleaning && { cleaning: { ...open.cleaning, ...cleaning } }),
  };
}
