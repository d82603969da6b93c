/** Every recipe that the page offers, the default first, with what it reached. */
import type { RecipeInfo } from '../shared/recipe.ts';
import { debertaWeighted } from './debertaWeighted.ts';
import { distilbertFiveFold } from './distilbertFiveFold.ts';
import { figuresOf } from './figures.ts';
import { oneClassifierPerLabel } from './oneClassifierPerLabel.ts';
import { robertaNormalised } from './robertaNormalised.ts';
import { rung } from './rung.ts';
import { rungSingle } from './rungSingle.ts';

export const recipes: readonly RecipeInfo[] = [
  rung,
  rungSingle,
  distilbertFiveFold,
  debertaWeighted,
  robertaNormalised,
  oneClassifierPerLabel,
].map(withFigures);

function withFigures(recipe: RecipeInfo): RecipeInfo {
  return { ...recipe, figures: figuresOf(recipe.id) };
}
