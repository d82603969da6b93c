/** What changes with the choice of an encoder. */
import { defaultTrainingConfig, type EncoderSource, type TrainingConfig } from './training.ts';

/** For pretrained weights, which a larger one would wash out: the upper end of what Devlin et al. 2019 (section A.3) tried. */
export const pretrainedLearningRate = 5e-5;

const usualRate = ({ kind }: EncoderSource): number =>
  kind === 'hub' || kind === 'dropped' ? pretrainedLearningRate : defaultTrainingConfig.learningRate;

/** The settings with another encoder. A learning rate that was the usual one stays the usual one; one that was set stays. */
export function withEncoder(config: TrainingConfig, encoder: EncoderSource): TrainingConfig {
  const isUsual = config.learningRate === usualRate(config.encoder);
  return { ...config, encoder, learningRate: isUsual ? usualRate(encoder) : config.learningRate };
}
