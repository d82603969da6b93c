import { expect, it } from 'vitest';
import { oneModelConfig, thresholdsBy } from './training.ts';

it('chooses thresholds where the loss moves probabilities, unless it is told otherwise', () => {
  const config = { ...oneModelConfig, encoder: { kind: 'shipped' as const, id: 'any' } };
  expect(thresholdsBy(config)).toBe('half');
  expect(thresholdsBy({ ...config, loss: 'asymmetric' })).toBe('learnt');
  expect(thresholdsBy({ ...config, classWeights: 'inverse' })).toBe('learnt');
  expect(thresholdsBy({ ...config, classWeights: 'inverse', thresholds: 'half' })).toBe('half');
  expect(thresholdsBy({ ...config, thresholds: 'learnt' })).toBe('learnt');
});
