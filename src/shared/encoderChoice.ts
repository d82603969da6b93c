/** What changes with the choice of an encoder. */
import type { LearningRates } from './recipe.ts';
import { oneModelConfig, type EncoderSource, type TrainingConfig } from './training.ts';

/** For pretrained weights, which a larger one would wash out: the upper end of what Devlin et al. 2019 (section A.3) tried. */
export const pretrainedLearningRate = 5e-5;

/** Of a recipe that names none of its own. */
export const usualRates: LearningRates = {
  shipped: oneModelConfig.learningRate,
  published: pretrainedLearningRate,
};

export function usualRate({ kind }: EncoderSource, rates: LearningRates): number {
  return kind === 'hub' || kind === 'dropped' ? rates.published : rates.shipped;
}

/** The settings with another encoder. A learning rate that was the usual one stays the usual one; one that was set stays. */
export function withEncoder(
  config: TrainingConfig,
  encoder: EncoderSource,
  rates: LearningRates = usualRates,
): TrainingConfig {
  const isUsual = config.learningRate === usualRate(config.encoder, rates);
  return { ...config, encoder, learningRate: isUsual ? usualRate(encoder, rates) : config.learningRate };
}
