/** Records of a run as lines of a chart. x is counted in epochs, so that runs of different batch size lie over each other. */
import { curveParts } from '../../shared/curveParts.ts';
import type { EpochRecord, StepRecord } from '../../shared/training.ts';
import { labelStyle } from '../../ui/labelStyle.ts';
import type { LinePoint, LineSeries } from '../../ui/lineGeometry.ts';

/** What the charts need of a run, live or kept. */
export interface CurveSource {
  steps: readonly StepRecord[];
  epochs: readonly EpochRecord[];
  /** Mean of all models, where several are averaged. */
  stepsPerEpoch: number;
  /** Epochs after which another model begins. */
  memberStarts: readonly number[];
}

/**
 * Exponential moving average over x: each value weighs half as much `halfLife` of x later. It starts at the first value and takes
 * uneven distances between points into account; values that are not finite are passed over.
 */
export function smooth(points: readonly LinePoint[], halfLife: number): LinePoint[] {
  let mean = 0;
  let before = Number.NEGATIVE_INFINITY;
  return points
    .filter((point) => Number.isFinite(point.y))
    .map(({ x, y }) => {
      // The newest point always counts for something, however close it is to the one before.
      const share = Math.max(1 - 0.5 ** (Math.max(0, x - before) / halfLife), 0.02);
      mean = mean * (1 - share) + y * share;
      before = x;
      return { x, y: mean };
    });
}

/** Where steps lie on the axis of epochs: between the ends of epochs, which averaged models have at steps of their own; after the last by the mean. */
function stepPoints(source: CurveSource, figure: (record: StepRecord) => number): LinePoint[] {
  const { epochs, stepsPerEpoch } = source;
  return source.steps.map((record) => {
    const next = epochs.findIndex(({ step }) => step >= record.step);
    const from = (next < 0 ? epochs.at(-1) : epochs[next - 1]) ?? { step: 0, epoch: 0 };
    const length = next < 0 ? stepsPerEpoch : (epochs[next].step - from.step) / (epochs[next].epoch - from.epoch);
    return { x: from.epoch + (record.step - from.step) / length, y: figure(record) };
  });
}

/** Training loss of each reported stretch of steps, at the epoch it ended in. */
export function trainLossPoints(source: CurveSource): LinePoint[] {
  return stepPoints(source, ({ loss }) => loss);
}

function epochPoints(source: CurveSource, figure: (record: EpochRecord) => number): LinePoint[] {
  return source.epochs.map((record) => ({ x: record.epoch, y: figure(record) }));
}

/** Half-life of the smoothed training loss, in epochs. */
const lossHalfLife = 0.15;

/** Training loss without its scatter, each model's by itself. @param raw as `trainLossPoints` gives it */
export function smoothTrainLoss(source: CurveSource, raw = trainLossPoints(source)): LinePoint[] {
  return curveParts(raw, source.memberStarts).flatMap((part) => smooth(part, lossHalfLife));
}

/** Training loss (raw and smoothed) and validation loss. */
export function lossSeries(source: CurveSource): LineSeries[] {
  const starts = source.memberStarts;
  const raw = trainLossPoints(source);
  return [
    { id: 'raw', name: 'training, each report', points: raw, starts, colour: 'var(--muted)', faint: true },
    {
      id: 'train',
      name: 'training',
      points: smoothTrainLoss(source, raw),
      starts,
      colour: 'var(--muted)',
      dash: '6 3',
    },
    {
      id: 'validation',
      name: 'validation',
      points: epochPoints(source, (record) => record.validationLoss),
      starts,
      colour: 'var(--accent)',
    },
  ];
}

/** Micro and macro F1 on the validation rows. */
export function scoreSeries(source: CurveSource): LineSeries[] {
  const starts = source.memberStarts;
  return [
    { id: 'micro', name: 'micro-F1', points: epochPoints(source, (r) => r.microF1), starts, colour: 'var(--accent)' },
    {
      id: 'macro',
      name: 'macro-F1',
      points: epochPoints(source, (r) => r.macroF1),
      starts,
      colour: 'var(--label-1)',
      dash: '6 3',
    },
  ];
}

/** F1 of each label on the validation rows; epochs in which it cannot be told are left out. */
export function labelSeries(source: CurveSource, labelNames: readonly string[]): LineSeries[] {
  return labelNames.map((name, label) => {
    const { colour, dash } = labelStyle(label);
    const points = epochPoints(source, (record) => record.perLabelF1[label] ?? Number.NaN);
    const starts = source.memberStarts;
    return { id: name, name, colour, dash, starts, points: points.filter((point) => Number.isFinite(point.y)) };
  });
}

/** Learning rate at each report. */
export function learningRateSeries(source: CurveSource): LineSeries[] {
  const points = stepPoints(source, ({ learningRate }) => learningRate);
  return [{ id: 'rate', name: 'learning rate', points, starts: source.memberStarts, colour: 'var(--accent)' }];
}

/** The look of the run at `index` in a comparison; apart from the label colours, which mean labels. */
export function runStyle(index: number): { colour: string; dash: string } {
  const dashes = ['', '7 3', '2 3', '9 3 2 3', '4 2', '12 4'];
  return { colour: `var(--run-${index % 6})`, dash: dashes[index % dashes.length] };
}
