import { describe, expect, it } from 'vitest';
import { epochsFor, epochsOf } from './epochs.ts';
import { oneModelConfig } from './training.ts';

const config = { ...oneModelConfig, encoder: { kind: 'shipped', id: 'a' } as const };

describe('epochsFor', () => {
  it.each([
    // 50 steps an epoch
    [1600, 6],
    // 25
    [800, 12],
    // 3
    [90, 100],
    // 1
    [1, 100],
    [100_000, 6],
  ])('for %i rows: %i', (rows, epochs) => {
    expect(epochsFor({ epochs: 6, minimumSteps: 300, batchSize: 32 }, rows)).toBe(epochs);
  });

  it('leaves epochs alone without a least number of steps, and more than a hundred that were asked for', () => {
    expect(epochsFor({ epochs: 2, minimumSteps: 0, batchSize: 32 }, 10)).toBe(2);
    expect(epochsFor({ epochs: 150, minimumSteps: 300, batchSize: 32 }, 10)).toBe(150);
  });
});

describe('epochsOf', () => {
  it('counts the rows that are trained on: of a split, or of a fold', () => {
    const split = { train: 0.8, validation: 0.1, test: 0.1 };
    // 800 rows are 25 steps; 4/5 of 8/9 of them 711 or 23.
    expect(epochsOf(1000, { ...config, split }, null)).toBe(12);
    expect(epochsOf(1000, { ...config, split }, { folds: 5, repeats: 1 })).toBe(14);
  });
});
