import { expect, it } from 'vitest';
import type { FoldRecord } from '../shared/training.ts';
import { spreadOf } from './foldFigures.ts';

const fold = (microF1: number): FoldRecord => ({
  seed: 1,
  fold: 1,
  test: { rows: 10, microF1, macroF1: 0.5, exactMatch: 0.4 },
  train: { rows: 40, microF1: 1, macroF1: 1, exactMatch: 1 },
  thresholds: [0.5],
  bestEpoch: null,
  seconds: 3,
});

it('gives mean, sample deviation and range', () => {
  const spread = spreadOf([0.8, 0.9, 1].map(fold), 'test', 'microF1');
  expect(spread?.mean).toBeCloseTo(0.9, 12);
  expect(spread?.deviation).toBeCloseTo(0.1, 12);
  expect([spread?.low, spread?.high]).toEqual([0.8, 1]);
});

it('has no deviation of one fold, and nothing of none', () => {
  expect(spreadOf([fold(0.8)], 'train', 'microF1')).toEqual({ mean: 1, deviation: null, low: 1, high: 1 });
  expect(spreadOf([], 'test', 'microF1')).toBeNull();
});
