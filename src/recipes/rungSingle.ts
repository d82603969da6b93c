/** Rung's recipe with one model: a fifth of the time and the size, and a folder that every tool loads whole. */
import type { RecipeInfo } from '../shared/recipe.ts';
import { rungConfig } from '../shared/training.ts';
import { rung } from './rung.ts';

export const rungSingle: RecipeInfo = {
  ...rung,
  id: 'rung-single',
  name: 'Rung, one model',
  summary: 'A fifth of the time and the size; a little less right.',
  description:
    'One training with the settings of Rung: the validation rows are kept from the model and only watched. Every tool that knows its kind of encoder loads it whole. Under Adjust, fold models can be added: each learns part of the training rows and answers the others, and the model that is kept learns from those answers beside the labels (self-distillation), so that a label that other rows contradict counts less.',
  method: { kind: 'finetune', config: { ...rungConfig, ensembleFolds: 0 } },
};
