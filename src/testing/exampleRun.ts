/** A run with plausible curves, for tests of the screens. */
import { Random } from '../shared/random.ts';
import { oneModelConfig, type DeviceReport, type EpochRecord, type FinetunedRun } from '../shared/training.ts';
import type { StepRecord, TrainingConfig } from '../shared/training.ts';
import { testRecord } from './runRecord.ts';

export const exampleLabels = [
  'Individual Contributor/Staff',
  'Director',
  'Vice President',
  'Manager',
  'Chief Officer',
  'Owner',
];
const exampleThresholds = exampleLabels.map((_, i) => 0.5 - 0.03 * i);
const labelRows = [1105, 497, 403, 211, 166, 4];

export const exampleConfig: TrainingConfig = {
  ...oneModelConfig,
  epochs: 8,
  minimumSteps: 0,
  learningRate: 1e-3,
  earlyStoppingPatience: 3,
  bestBy: 'microF1',
  encoder: { kind: 'shipped', id: 'rung-mini' },
};

export const exampleDevice: DeviceReport = {
  backend: 'webgpu',
  name: 'NVIDIA Ada Lovelace',
  software: false,
  threads: 0,
  explanation: 'Training runs on the graphics card. Nothing is sent anywhere.',
};

/** The learning rate at a step under the linear schedule with warm-up. */
function rateAt(step: number, total: number, config: TrainingConfig): number {
  const share = step / total;
  const falling = (1 - share) / (1 - config.warmup);
  return config.learningRate * (share < config.warmup ? share / config.warmup : falling);
}

function lossAt(epoch: number): number {
  return 0.05 + 0.55 * Math.exp(-0.9 * epoch);
}

/** Curves that fall and rise as those of a classifier do, `every` steps apart. */
export function exampleCurves(
  epochs: number,
  stepsPerEpoch: number,
  { seed = 1, every = 2, config = exampleConfig }: { seed?: number; every?: number; config?: TrainingConfig } = {},
): { steps: StepRecord[]; epochs: EpochRecord[] } {
  const random = new Random(seed);
  const total = config.epochs * stepsPerEpoch;
  const steps: StepRecord[] = [];
  for (let step = every; step <= epochs * stepsPerEpoch; step += every) {
    steps.push({
      step,
      epoch: Math.min(config.epochs, Math.floor((step - 1) / stepsPerEpoch) + 1),
      loss: Math.max(0.01, lossAt(step / stepsPerEpoch) * (1 + 0.25 * random.normal())),
      learningRate: rateAt(step, total, config),
      titlesPerSecond: 1400 + 80 * random.normal(),
      secondsLeft: ((total - step) * config.batchSize) / 1400,
    });
  }
  const records = Array.from({ length: Math.floor(epochs) }, (_, i): EpochRecord => {
    const epoch = i + 1;
    const f1 = (ceiling: number, pace: number): number =>
      ceiling * (1 - Math.exp(-pace * epoch)) + 0.006 * random.normal();
    return {
      epoch,
      step: epoch * stepsPerEpoch,
      trainLoss: lossAt(epoch),
      validationLoss: lossAt(epoch) + 0.02 + 0.006 * epoch,
      microF1: f1(0.91, 1.1),
      macroF1: f1(0.72, 0.7),
      perLabelF1: [f1(0.95, 1.5), f1(0.93, 1.2), f1(0.94, 1), f1(0.72, 0.5), f1(0.86, 0.7), null],
      learningRate: rateAt(epoch * stepsPerEpoch, total, config),
      titlesPerSecond: 1400,
      seconds: epoch * 9,
    };
  });
  return { steps, epochs: records };
}

/** A finished run of eight epochs without figures on test rows. */
export function exampleRun(id: string, change: Partial<FinetunedRun> = {}, seed = 1): FinetunedRun {
  const config = change.config ?? exampleConfig;
  const stepsPerEpoch = Math.ceil(1784 / config.batchSize);
  const curves = exampleCurves(config.epochs, stepsPerEpoch, { seed, config });
  return testRecord({
    id,
    name: `Run ${id}`,
    config,
    device: exampleDevice,
    data: { ...testRecord().data, rows: 2230, labelNames: exampleLabels, labelRows },
    plan: { trainRows: 1784, validationRows: 223, testRows: 223, totalSteps: stepsPerEpoch * config.epochs },
    ...curves,
    bestEpoch: curves.epochs.length === 0 ? null : Math.max(1, config.epochs - 2),
    thresholds: exampleThresholds,
    chosenThresholds: exampleThresholds,
    test: null,
    ...change,
  });
}
