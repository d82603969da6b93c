/** The numeric settings: what each does, what it costs, and how its field counts. */
import type { TrainingConfig } from '../../shared/training.ts';

type Step = (value: number, direction: 1 | -1) => number;

const by =
  (size: number): Step =>
  (value, direction) =>
    Number((value + direction * size).toPrecision(10));

/** By 1, past 1: one fold leaves nothing to learn from. */
const overOne: Step = (value, direction) => (value + direction === 1 ? 1 + direction : value + direction);

/** Doubles and halves. */
const twofold: Step = (value, direction) => value * 2 ** direction;

/** 1, 2, 5, 10, 20 ... as engineers choose values that span decades. */
const decades: Step = (value, direction) => {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const lead = value / power;
  const up = lead < 1.99 ? 2 : lead < 4.99 ? 5 : 10;
  const down = lead > 5.01 ? 5 : lead > 2.01 ? 2 : lead > 1.01 ? 1 : 0.5;
  return Number(((direction === 1 ? up : down) * power).toPrecision(3));
};

export type NumericSetting =
  | 'epochs'
  | 'minimumSteps'
  | 'batchSize'
  | 'learningRate'
  | 'warmup'
  | 'weightDecay'
  | 'dropout'
  | 'maxGradientNorm'
  | 'plateauFactor'
  | 'plateauPatience'
  | 'layerDecay'
  | 'frozenLayers'
  | 'gradientAccumulation'
  | 'focalGamma'
  | 'asymmetricGamma'
  | 'asymmetricMargin'
  | 'labelSmoothing'
  | 'distillationFolds'
  | 'distillationShare'
  | 'ensembleFolds'
  | 'seed'
  | 'maxTokens';

export interface Knob {
  label: string;
  /** One sentence: what it does and what it costs. */
  description: string;
  /** The field shows the value times this: 100 for shares in percent. */
  scale: number;
  /** On the shown value. */
  step: Step;
}

export const knobs: Record<NumericSetting, Knob> = {
  epochs: {
    label: 'Epochs',
    description: 'How often every title is seen. Time grows in step; too many and it learns titles by heart.',
    scale: 1,
    step: by(1),
  },
  minimumSteps: {
    label: 'Steps at least',
    description: 'With few rows there are more epochs, until there are as many steps. 0: never.',
    scale: 1,
    step: by(100),
  },
  batchSize: {
    label: 'Batch size, titles',
    description: 'Titles read before each correction. Larger is faster and steadier, and takes more memory.',
    scale: 1,
    step: twofold,
  },
  learningRate: {
    label: 'Learning rate',
    description: 'Size of each correction. Too high and the loss jumps about, too low and it needs more epochs.',
    scale: 1,
    step: decades,
  },
  warmup: {
    label: 'Warm-up, % of steps',
    description: 'The learning rate rises from 0 for this long, so that the first steps do no harm. Costs nothing.',
    scale: 100,
    step: by(1),
  },
  weightDecay: {
    label: 'Weight decay',
    description: 'Pulls weights towards 0 against learning by heart. Too much and it cannot learn at all.',
    scale: 1,
    step: decades,
  },
  dropout: {
    label: 'Dropout, %',
    description: 'Share of signals silenced at random against learning by heart. More needs more epochs.',
    scale: 100,
    step: by(5),
  },
  maxGradientNorm: {
    label: 'Gradient clipping',
    description: 'Corrections longer than this are cut, so that one odd title cannot spoil the model. Costs nothing.',
    scale: 1,
    step: decades,
  },
  plateauFactor: {
    label: 'Falls by, times',
    description: 'The learning rate is multiplied by this each time validation has stopped rising. Costs nothing.',
    scale: 1,
    step: by(0.1),
  },
  plateauPatience: {
    label: 'Waits, epochs',
    description: 'Epochs without a better figure that are let pass before it falls. Waiting longer needs more epochs.',
    scale: 1,
    step: by(1),
  },
  layerDecay: {
    label: 'Rate from layer to layer',
    description:
      'Each layer learns this much slower than the one above: below 1 keeps what the encoder knows. Costs nothing.',
    scale: 1,
    step: by(0.05),
  },
  frozenLayers: {
    label: 'Frozen layers',
    description:
      'From below, the embeddings first: they stay as they are. Faster, less memory; learns less from much data.',
    scale: 1,
    step: by(1),
  },
  gradientAccumulation: {
    label: 'Parts of a batch',
    description:
      'A batch is read in so many parts: the same result with less memory, a little slower. Done by itself when memory ends.',
    scale: 1,
    step: twofold,
  },
  focalGamma: {
    label: 'Focus',
    description:
      'How much less answers count that are right already; 0 is cross-entropy. Too much and doubtful rows decide.',
    scale: 1,
    step: by(0.5),
  },
  asymmetricGamma: {
    label: 'Focus on absent labels',
    description:
      'How much less a label counts that is rightly found absent. More finds rare labels, with more false alarms.',
    scale: 1,
    step: by(0.5),
  },
  asymmetricMargin: {
    label: 'Margin, %',
    description: 'Below this probability an absent label counts nothing. Helps against labels that were forgotten.',
    scale: 100,
    step: by(1),
  },
  labelSmoothing: {
    label: 'Label smoothing, %',
    description:
      'Labels count as a little less than sure: less harm from wrong ones, less extreme probabilities. Costs nothing.',
    scale: 100,
    step: by(1),
  },
  distillationFolds: {
    label: 'Fold models',
    description:
      'Models of parts of the rows answer the others; labels they contradict count less. As many times the time.',
    scale: 1,
    step: overOne,
  },
  ensembleFolds: {
    label: 'Averaged models',
    description:
      'Each learns the rows outside one fold; their mean answers. A little better, at as many times the time and the size.',
    scale: 1,
    step: overOne,
  },
  distillationShare: {
    label: 'Share of their answers, %',
    description: 'How much of what is learnt is their answers; the rest is the labels. Costs nothing.',
    scale: 100,
    step: by(10),
  },
  seed: {
    label: 'Seed',
    description: 'The same seed gives the same split and the same run; another one shows how much is luck.',
    scale: 1,
    step: by(1),
  },
  maxTokens: {
    label: 'Longest title, tokens',
    description: 'Longer titles are cut here. Only titles that long cost time and memory.',
    scale: 1,
    step: by(8),
  },
};

/** The configuration with one numeric setting changed. */
export function withNumber(config: TrainingConfig, setting: NumericSetting, value: number): TrainingConfig {
  // A number of epochs that somebody chose is the number.
  const chosen = setting === 'epochs' ? { minimumSteps: 0 } : {};
  return { ...config, ...chosen, [setting]: value };
}
