import { describe, expect, it } from 'vitest';
import type { EpochRecord, TrainingConfig } from '../shared/training.ts';
import { EpochChoice } from './epochChoice.ts';

interface Told {
  microF1: number;
  macroF1?: number;
  validationLoss?: number;
  seconds?: number;
}

function judged(
  settings: Partial<Pick<TrainingConfig, 'bestBy' | 'earlyStoppingPatience' | 'epochs'>>,
  epochs: readonly Told[],
) {
  const choice = new EpochChoice({
    bestBy: 'microF1',
    earlyStoppingPatience: null,
    epochs: epochs.length,
    ...settings,
  });
  return epochs.map((told, i) => {
    const record: EpochRecord = {
      epoch: i + 1,
      step: i + 1,
      trainLoss: 1,
      validationLoss: 1,
      macroF1: 0,
      perLabelF1: [],
      learningRate: 1,
      titlesPerSecond: 1,
      seconds: 10 * i,
      ...told,
    };
    const { keep, ending } = choice.judge(record);
    return `${keep ? 'keep' : ''}${ending ? ' end' : ''}`.trim();
  });
}

describe('EpochChoice', () => {
  it('keeps an epoch that is better than all before', () => {
    const told = [{ microF1: 0.5 }, { microF1: 0.7 }, { microF1: 0.7 }, { microF1: 0.8 }];
    expect(judged({}, told)).toEqual(['keep', 'keep', '', 'keep end']);
  });

  it('goes by the figure that is asked for', () => {
    const told = [
      { microF1: 0.5, macroF1: 0.4 },
      { microF1: 0.7, macroF1: 0.3 },
    ];
    expect(judged({ bestBy: 'macroF1' }, told)).toEqual(['keep', 'end']);
  });

  it('takes a falling loss for better while nothing is predicted', () => {
    const told = [
      { microF1: 0, validationLoss: 0.7 },
      { microF1: 0, validationLoss: 0.6 },
      { microF1: 0, validationLoss: 0.65 },
    ];
    expect(judged({}, told)).toEqual(['keep', 'keep', 'end']);
  });

  it('ends when the figure has not risen for so many epochs', () => {
    const told = [{ microF1: 0.7 }, { microF1: 0.6 }, { microF1: 0.65 }];
    expect(judged({ earlyStoppingPatience: 2, epochs: 9 }, told)).toEqual(['keep', '', 'end']);
  });

  it('keeps every epoch where the last counts, so that a stop has one to keep', () => {
    const told = [{ microF1: 0.7 }, { microF1: 0.6 }, { microF1: 0.5 }];
    expect(judged({ bestBy: 'last' }, told)).toEqual(['keep', 'keep', 'keep end']);
    expect(judged({ bestBy: 'last', earlyStoppingPatience: 1, epochs: 9 }, told.slice(0, 2))).toEqual([
      'keep',
      'keep end',
    ]);
  });

  it('keeps one every two seconds where epochs are short, and the last', () => {
    const told = [0, 0.5, 1, 1.5, 2, 2.5].map((seconds) => ({ microF1: 0.5, seconds }));
    expect(judged({ bestBy: 'last' }, told)).toEqual(['keep', '', '', '', 'keep', 'keep end']);
  });
});
