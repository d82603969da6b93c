import { defaultTrainingConfig, type RunRecord } from '../shared/training.ts';

/** A complete record for tests. */
export function testRecord(change: Partial<RunRecord> = {}): RunRecord {
  const interval = { value: 0.9, low: 0.85, high: 0.94 };
  return {
    id: 'run-1',
    name: 'First run',
    createdAt: 1_700_000_000_000,
    finishedAt: 1_700_000_060_000,
    status: 'finished',
    error: null,
    config: { ...defaultTrainingConfig, encoder: { kind: 'shipped', id: 'rung-mini' } },
    encoderName: 'Rung mini',
    device: { backend: 'wasm', name: '2 threads, SIMD', software: false, threads: 2, explanation: 'On the processor.' },
    data: {
      name: 'titles.xlsx',
      fingerprint: 'c0ffee',
      rows: 2230,
      labelNames: ['Director', 'Manager'],
      labelRows: [497, 211],
      cleaning: {
        html: true,
        unicode: true,
        separators: false,
        symbols: false,
        lowercase: false,
        whitespace: true,
      },
    },
    plan: { trainRows: 1784, validationRows: 223, testRows: 223, totalSteps: 448 },
    steps: [{ step: 10, epoch: 1, loss: 0.4, learningRate: 1e-3, titlesPerSecond: 250, secondsLeft: null }],
    epochs: [
      {
        epoch: 1,
        step: 56,
        trainLoss: 0.3,
        validationLoss: 0.28,
        microF1: 0.8,
        macroF1: 0.7,
        perLabelF1: [0.9, null],
        learningRate: 9e-4,
        titlesPerSecond: 260,
        seconds: 7,
      },
    ],
    bestEpoch: 1,
    seconds: 60,
    thresholds: [0.45, 0.5],
    test: {
      report: {
        rows: 223,
        microF1: interval,
        macroF1: interval,
        macroF1Supported: interval,
        exactMatch: interval,
        perLabel: [
          {
            name: 'Director',
            support: 50,
            predicted: 48,
            threshold: 0.45,
            precision: interval,
            recall: interval,
            f1: interval,
          },
          { name: 'Manager', support: 4, predicted: 3, threshold: 0.5, precision: null, recall: null, f1: null },
        ],
        constantMicroF1: 0.4,
      },
      rows: [{ row: 17, title: 'Director of Ops', actual: [true, false], probabilities: [0.97, 0.02] }],
    },
    weightBytes: 3,
    ...change,
  };
}
