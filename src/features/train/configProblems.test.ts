import { describe, expect, it } from 'vitest';
import { rungConfig, type TrainingConfig } from '../../shared/training.ts';
import { changedSettings, configProblems, splitRows } from './configProblems.ts';

const usual: TrainingConfig = { ...rungConfig, encoder: { kind: 'shipped', id: 'small' } };

describe('configProblems', () => {
  it('finds nothing wrong with the defaults', () => expect(configProblems(usual)).toEqual({}));

  it.each([
    [{ epochs: 0 }, { epochs: 'A whole number from 1 to 500' }],
    [{ epochs: 2.5 }, { epochs: 'A whole number from 1 to 500' }],
    [{ batchSize: Number.NaN }, { batchSize: 'A whole number from 1 to 1024' }],
    [{ learningRate: 0 }, { learningRate: 'A number from 1e-7 to 1' }],
    [{ learningRate: Number.POSITIVE_INFINITY }, { learningRate: 'A number from 1e-7 to 1' }],
    [{ dropout: 0.95 }, { dropout: 'A number from 0\u00a0% to 90\u00a0%' }],
    [{ earlyStoppingPatience: 0 }, { earlyStoppingPatience: 'A whole number from 1 to 100' }],
    [{ earlyStoppingPatience: null }, {}],
    [{ plateauFactor: 1 }, { plateauFactor: 'A number from 0.01 to 0.99' }],
    [{ plateauPatience: -1 }, { plateauPatience: 'A whole number from 0 to 100' }],
    [{ layerDecay: 1.1 }, { layerDecay: 'A number from 0.1 to 1' }],
    [{ frozenLayers: 0.5 }, { frozenLayers: 'A whole number from 0 to 100' }],
    [{ gradientAccumulation: 33 }, { gradientAccumulation: 'A whole number from 1 to 32' }],
    [{ gradientAccumulation: 32 }, {}],
    [{ focalGamma: -1 }, { focalGamma: 'A number from 0 to 10' }],
    [{ asymmetricGamma: Number.NaN }, { asymmetricGamma: 'A number from 0 to 10' }],
    [{ asymmetricMargin: 0.6 }, { asymmetricMargin: 'A number from 0\u00a0% to 50\u00a0%' }],
    [{ labelSmoothing: 0.6 }, { labelSmoothing: 'A number from 0\u00a0% to 50\u00a0%' }],
    [{ seed: -1 }, { seed: 'A whole number from 0 to 4294967295' }],
    [{ maxTokens: 2 }, { maxTokens: 'A whole number from 3 to 512' }],
    [
      { split: { train: 0.7, validation: 0.1, test: 0.1 } },
      { split: 'The shares add up to 90\u00a0%; they need 100 %' },
    ],
    [{ split: { train: 0.9, validation: 0.1, test: 0 } }, { split: 'Each share needs at least 1 %' }],
    [{ split: { train: Number.NaN, validation: 0.1, test: 0.1 } }, { split: 'Each share needs at least 1 %' }],
    [{ split: { train: 0.7, validation: 0.2, test: 0.1 } }, {}],
    [{ extraRows: [{ title: 'Owner', labels: ['Owner'] }] }, {}],
    [
      {
        extraRows: [
          { title: 'Owner', labels: ['Owner'] },
          { title: 'Owner', labels: [] },
        ],
      },
      { extraRows: 'Row 2 needs a title and at least one label' },
    ],
  ] as [Partial<TrainingConfig>, object][])('%j', (change, problems) => {
    expect(configProblems({ ...usual, ...change })).toEqual(problems);
  });
});

describe('changedSettings', () => {
  it('counts each setting once and the split as one', () => {
    expect(changedSettings(usual)).toBe(0);
    expect(changedSettings({ ...usual, split: { ...usual.split } })).toBe(0);
    expect(changedSettings({ ...usual, epochs: 3, split: { train: 0.6, validation: 0.2, test: 0.2 } })).toBe(2);
    expect(changedSettings({ ...usual, earlyStoppingPatience: 2, backend: 'wasm' })).toBe(2);
    expect(changedSettings({ ...usual, extraRows: [] })).toBe(0);
    expect(changedSettings({ ...usual, extraRows: [{ title: 'Owner', labels: ['Owner'] }] })).toBe(1);
  });
});

describe('splitRows', () => {
  it('uses every row once', () => {
    expect(splitRows(2230, usual.split)).toEqual([1784, 223, 223]);
    expect(splitRows(0, usual.split)).toEqual([0, 0, 0]);
  });
});
