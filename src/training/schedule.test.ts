import { describe, expect, it } from 'vitest';
import { learningRateAt, Plateau, type Schedule } from './schedule.ts';

const rates = (schedule: Schedule): number[] =>
  Array.from({ length: schedule.totalSteps }, (_, step) => learningRateAt(schedule, step));

describe('learning-rate schedules', () => {
  it('rise from 0 in the warm-up, then fall to almost 0 (linear)', () => {
    expect(rates({ kind: 'linear', learningRate: 1, warmup: 0.2, totalSteps: 10 })).toEqual([
      0,
      0.5,
      1,
      ...[7, 6, 5, 4, 3, 2, 1].map((left) => 1 - (8 - left) / 8),
    ]);
  });

  it('fall along half a cosine', () => {
    const [first, , middle] = rates({ kind: 'cosine', learningRate: 2, warmup: 0, totalSteps: 4 });
    expect(first).toBe(2);
    expect(middle).toBeCloseTo(1, 12);
    expect(learningRateAt({ kind: 'cosine', learningRate: 2, warmup: 0, totalSteps: 4 }, 4)).toBeCloseTo(0, 12);
  });

  it('stay constant after the warm-up', () => {
    expect(rates({ kind: 'constant', learningRate: 3, warmup: 0.5, totalSteps: 4 })).toEqual([0, 1.5, 3, 3]);
    expect(rates({ kind: 'constant', learningRate: 3, warmup: 0, totalSteps: 2 })).toEqual([3, 3]);
  });

  it('are never negative or above the peak, whatever the numbers', () => {
    for (const kind of ['linear', 'cosine', 'constant', 'plateau'] as const) {
      for (const warmup of [0, 0.01, 0.5, 1]) {
        for (const totalSteps of [1, 2, 7, 100]) {
          for (const rate of rates({ kind, learningRate: 0.1, warmup, totalSteps })) {
            expect(rate).toBeGreaterThanOrEqual(0);
            expect(rate).toBeLessThanOrEqual(0.1);
          }
        }
      }
    }
  });
});

const multipliers = (scores: number[], factor: number, patience: number): number[] => {
  const plateau = new Plateau(factor, patience);
  return scores.map((score) => {
    plateau.update(score);
    return plateau.multiplier;
  });
};

describe('Plateau', () => {
  it('lowers the rate after more epochs without a rise than are let pass, then counts anew, as torch does', () => {
    expect(multipliers([0.5, 0.6, 0.6, 0.5, 0.6, 0.6, 0.7, 0.1, 0.1], 0.5, 1)).toEqual([
      1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125,
    ]);
    expect(multipliers([0.5, 0.5, 0.5], 0.1, 0)).toEqual([1, 0.1, 0.1 * 0.1]);
  });

  it('takes negative scores, and no rise too small to count', () => {
    expect(multipliers([-2, -1, -0.99999, -0.5], 0.5, 0)).toEqual([1, 1, 0.5, 0.5]);
  });
});
