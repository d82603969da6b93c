import { expect, it } from 'vitest';
import { pretrainedLearningRate, withEncoder } from './encoderChoice.ts';
import { oneModelConfig, type EncoderSource, type TrainingConfig } from './training.ts';

const shipped: EncoderSource = { kind: 'shipped', id: 'rung-mini' };
const hub: EncoderSource = { kind: 'hub', id: 'roberta-base' };
const config: TrainingConfig = { ...oneModelConfig, encoder: shipped };

it('a pretrained encoder gets a learning rate of its own, and the way back is the same', () => {
  const pretrained = withEncoder(config, hub);
  expect([pretrained.encoder, pretrained.learningRate]).toEqual([hub, pretrainedLearningRate]);
  expect(withEncoder(pretrained, shipped)).toEqual(config);
});

it('a learning rate that was set stays', () => {
  expect(withEncoder({ ...config, learningRate: 3e-4 }, hub).learningRate).toBe(3e-4);
});
