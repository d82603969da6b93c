/** A run as the tests need it. */
import { oneModelConfig, type FinetunedRun } from '../shared/training.ts';

const interval = (value: number): { value: number; low: number; high: number } => ({
  value,
  low: value - 0.05,
  high: value + 0.04,
});

/** A finished run: three labels, one of them too rare to measure. `change` replaces whole fields. */
export function testRecord(change: Partial<FinetunedRun> = {}): FinetunedRun {
  return {
    id: 'run-1',
    name: 'First run',
    createdAt: Date.UTC(2026, 2, 4, 5),
    finishedAt: Date.UTC(2026, 2, 4, 6),
    status: 'finished',
    error: null,
    kind: 'finetune',
    recipe: 'rung',
    version: '0.1.0',
    config: {
      ...oneModelConfig,
      epochs: 8,
      minimumSteps: 0,
      earlyStoppingPatience: 3,
      bestBy: 'microF1',
      encoder: { kind: 'shipped', id: 'rung-mini' },
    },
    encoderName: 'Rung mini',
    device: { backend: 'webgpu', name: 'Some GPU', software: false, threads: 1, explanation: 'Runs on the GPU.' },
    data: {
      name: 'titles.xlsx',
      fingerprint: 'abc123',
      rows: 1210,
      labelNames: ['Director', 'Manager', 'Owner'],
      labelRows: [700, 506, 4],
      cleaning: { html: true, unicode: true, separators: false, symbols: false, lowercase: false, whitespace: true },
    },
    plan: { trainRows: 968, validationRows: 121, testRows: 121, totalSteps: 248 },
    steps: [{ step: 10, epoch: 1, loss: 0.5, learningRate: 1e-4, titlesPerSecond: 900, secondsLeft: 12 }],
    epochs: [
      {
        epoch: 1,
        step: 31,
        trainLoss: 0.4,
        validationLoss: 0.3,
        microF1: 0.8,
        macroF1: 0.7,
        perLabelF1: [0.9, 0.8, null],
        learningRate: 1e-3,
        titlesPerSecond: 900,
        seconds: 2,
      },
    ],
    bestEpoch: 1,
    seconds: 17.4,
    thresholds: [0.4, 0.55, 0.5],
    chosenThresholds: [0.4, 0.55, 0.5],
    validation: null,
    test: {
      report: {
        rows: 121,
        microF1: interval(0.91),
        macroF1: interval(0.6),
        macroF1Supported: interval(0.9),
        exactMatch: interval(0.88),
        constantMicroF1: 0.58,
        perLabel: [
          {
            name: 'Director',
            support: 70,
            predicted: 72,
            threshold: 0.4,
            precision: interval(0.9),
            recall: interval(0.92),
            f1: interval(0.91),
          },
          {
            name: 'Manager',
            support: 51,
            predicted: 49,
            threshold: 0.55,
            precision: interval(0.89),
            recall: interval(0.87),
            f1: interval(0.88),
          },
          { name: 'Owner', support: 1, predicted: 0, threshold: 0.5, precision: null, recall: null, f1: null },
        ],
      },
      rows: [{ row: 7, title: 'A secret title', actual: [true, false, false], probabilities: [0.9, 0.1, 0.01] }],
    },
    weightBytes: 13_000_000,
    members: 1,
    memberStarts: [],
    ...change,
  };
}
