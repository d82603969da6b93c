/** Rung's own recipe, and the default: the settings that did best with the shipped encoder. */
import { pretrainedLearningRate } from '../shared/encoderChoice.ts';
import type { RecipeInfo } from '../shared/recipe.ts';
import { defaultTrainingConfig } from '../shared/training.ts';

export const rung: RecipeInfo = {
  id: 'rung',
  name: 'Rung',
  summary: 'A fine-tuned encoder, one split. The default.',
  description:
    'The encoder and a new head are trained together, every layer at the same rate, with cross-entropy for each label by itself. Rows are split 80/10/10 by their label sets, near duplicates kept on one side. First three models, each of two thirds of the training rows, answer the third they have not seen; the model that is kept then learns half from the labels and half from those answers (self-distillation), so that a label that other rows contradict counts less. The last epoch is kept, when the rate has fallen to nothing; with few rows there are more epochs, until there are 300 steps. A threshold for each label is chosen on the fold models’ answers and the validation rows, and the test rows are looked at once, at the end.',
  method: { kind: 'finetune', config: { ...defaultTrainingConfig, encoder: { kind: 'shipped', id: 'rung-mini' } } },
  learningRates: { shipped: defaultTrainingConfig.learningRate, published: pretrainedLearningRate },
  foldPlan: null,
  data: null,
};
