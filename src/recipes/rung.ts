/** Rung's own recipe, and the default: the settings that did best with the shipped encoder. */
import { pretrainedLearningRate } from '../shared/encoderChoice.ts';
import type { RecipeInfo } from '../shared/recipe.ts';
import { defaultTrainingConfig } from '../shared/training.ts';

export const rung: RecipeInfo = {
  id: 'rung',
  name: 'Rung',
  summary: 'A fine-tuned encoder, one split. The default.',
  description:
    'The encoder and a new head are trained together, every layer at the same rate, with cross-entropy for each label by itself. Rows are split 80/10/10 by their label sets, near duplicates kept on one side. The last epoch is kept, when the rate has fallen to nothing; with few rows there are more epochs, until there are 300 steps. A label is given from a probability of .5 on, since thresholds chosen on a few hundred rows mostly fit their noise; the test rows are looked at once, at the end. Under Adjust, fold models can be added: each learns part of the training rows and answers the others, and the model that is kept learns from those answers beside the labels (self-distillation), so that a label that other rows contradict counts less.',
  method: { kind: 'finetune', config: { ...defaultTrainingConfig, encoder: { kind: 'shipped', id: 'rung-mini' } } },
  learningRates: { shipped: defaultTrainingConfig.learningRate, published: pretrainedLearningRate },
  foldPlan: null,
  data: null,
};
