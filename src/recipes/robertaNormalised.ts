/**
 * RoBERTa (Liu et al. 2019) fine-tuned as in a published project on this task: titles in normal form, Adam, a learning rate that falls
 * when validation stops rising, .5 as the threshold of every label.
 */
import type { RecipeInfo } from '../shared/recipe.ts';
import { oneModelConfig, shippedEncoder, type TrainingConfig } from '../shared/training.ts';
import { defaultNormalisation } from '../text/normalise.ts';

/** The original's rate for a published checkpoint; the shipped encoder's usual rate. */
const learningRates = { shipped: oneModelConfig.learningRate, published: 1e-5 };

const config: TrainingConfig = {
  ...oneModelConfig,
  encoder: shippedEncoder,
  // The most there will be: early stopping ends most runs before.
  epochs: 15,
  minimumSteps: 0,
  // Titles a step.
  batchSize: 32,
  learningRate: learningRates.shipped,
  // AdamW without decay is the original's Adam (Kingma, Ba 2015).
  weightDecay: 0,
  schedule: 'plateau',
  loss: 'bce',
  classWeights: 'none',
  // Epochs.
  earlyStoppingPatience: 3,
  bestBy: 'microF1',
  maxTokens: 128,
  normalisation: defaultNormalisation,
  thresholds: 'half',
};

export const robertaNormalised: RecipeInfo = {
  id: 'roberta-normalised',
  name: 'RoBERTa, normalised titles',
  summary: 'Titles in normal form, abbreviations written out; rows added by hand are only learnt from.',
  description:
    'After a published project that fine-tunes RoBERTa on titles in lower case, without symbols and stop words (but for “it”, which is information technology), with about 70 abbreviations and misspellings written out. It reads up to 128 tokens in batches of 32 at a rate of 1e-5, lowers the rate when validation stops rising, stops early, keeps the best epoch and gives a label from a probability of .5 on. The list of abbreviations is Rung’s own and can be edited under Adjust; so can the rows by hand: labels that the table lacks, and titles for a rare label. Those join the training rows after the split, so that no figure is ever measured on them, and one that is nearly the same as a validation or test title is refused. With the shipped encoder the rate is 6e-4; with a RoBERTa from the Hub it is the original’s.',
  method: { kind: 'finetune', config },
  learningRates,
  foldPlan: null,
  data: null,
};
