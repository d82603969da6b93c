import { describe, expect, it } from 'vitest';
import type { EpochRecord, StepRecord } from '../../shared/training.ts';
import { labelSeries, learningRateSeries, lossSeries, smooth, trainLossPoints } from './series.ts';

const step = (at: number, loss: number): StepRecord => ({
  step: at,
  epoch: 1,
  loss,
  learningRate: 1e-3,
  titlesPerSecond: 100,
  secondsLeft: null,
});

const epoch = (at: number, perLabelF1: (number | null)[]): EpochRecord => ({
  epoch: at,
  step: at * 10,
  trainLoss: 0.3,
  validationLoss: 0.4 / at,
  microF1: 0.8,
  macroF1: 0.6,
  perLabelF1,
  learningRate: 1e-3,
  titlesPerSecond: 100,
  seconds: at,
});

describe('smooth', () => {
  it('starts at the first value and leaves a level line level', () => {
    const level = [0, 0.1, 0.2, 3].map((x) => ({ x, y: 0.7 }));
    for (const [i, point] of smooth(level, 0.15).entries()) {
      expect(point.x).toBe(level[i].x);
      expect(point.y).toBeCloseTo(0.7, 12);
    }
  });

  it('halves the weight of what came before after one half-life', () => {
    const [, second] = smooth(
      [
        { x: 0, y: 1 },
        { x: 0.5, y: 0 },
      ],
      0.5,
    );
    expect(second.y).toBeCloseTo(0.5, 12);
  });

  it('passes over values that are not finite', () => {
    const smoothed = smooth(
      [
        { x: 0, y: 1 },
        { x: 1, y: Number.NaN },
        { x: 2, y: Number.POSITIVE_INFINITY },
        { x: 3, y: 1 },
      ],
      0.5,
    );
    expect(smoothed.map((point) => point.x)).toEqual([0, 3]);
    expect(smoothed.every((point) => point.y === 1)).toBe(true);
  });
});

describe('series', () => {
  const source = {
    steps: [step(5, 0.7), step(10, 0.5)],
    epochs: [epoch(1, [0.9, null]), epoch(2, [0.95, 0.2])],
    stepsPerEpoch: 10,
    memberStarts: [],
  };

  it('counts x in epochs', () => {
    expect(trainLossPoints(source)).toEqual([
      { x: 0.5, y: 0.7 },
      { x: 1, y: 0.5 },
    ]);
    expect(lossSeries(source).map((line) => line.points.length)).toEqual([2, 2, 2]);
  });

  it('keeps each model between its own starts, however many steps its epochs take', () => {
    const ends = [9, 18, 28, 38];
    const uneven = {
      steps: [9, 18, 19, 27, 38, 43].map((at) => step(at, 0.5)),
      epochs: ends.map((at, i) => Object.assign(epoch(i + 1, []), { step: at })),
      stepsPerEpoch: 10,
      memberStarts: [2, 4],
    };
    const xs = trainLossPoints(uneven).map(({ x }) => x);
    expect(xs).toEqual([1, 2, 2.1, 2.9, 4, 4.5]);
    expect(learningRateSeries(uneven)[0].points.map(({ x }) => x)).toEqual(xs);
  });

  it('smooths the loss of each model by itself', () => {
    const two = { ...source, memberStarts: [0.5] };
    expect(lossSeries(two)[1]).toMatchObject({ points: trainLossPoints(source), starts: [0.5] });
    expect(lossSeries(source)[1].points[1].y).toBeGreaterThan(0.5);
  });

  it('leaves out epochs in which the F1 of a label cannot be told', () => {
    const [director, owner] = labelSeries(source, ['Director', 'Owner']);
    expect(director.points).toEqual([
      { x: 1, y: 0.9 },
      { x: 2, y: 0.95 },
    ]);
    expect(owner.points).toEqual([{ x: 2, y: 0.2 }]);
  });
});
