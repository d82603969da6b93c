/** The settings of a training in words: one list for every screen that shows them. */
import type { ClassicalConfig } from '../shared/classical.ts';
import { movedThresholds } from '../shared/evaluation.ts';
import type { NormalisationStep } from '../shared/normalisation.ts';
import { methodOf, modelNameOf } from '../shared/runMethod.ts';
import type { RunRecord, TrainingConfig } from '../shared/training.ts';
import { formatCount, formatCounted, formatFigure, formatPercent, formatSmall } from './format.ts';

export interface SettingText {
  id: string;
  name: string;
  value: string;
}

export const scheduleNames: Record<TrainingConfig['schedule'], string> = {
  linear: 'falls in a straight line',
  cosine: 'falls along a cosine',
  constant: 'stays the same',
  plateau: 'falls when validation stops rising',
};

export const lossNames: Record<TrainingConfig['loss'], string> = {
  bce: 'cross-entropy (all answers count)',
  focal: 'focal (easy answers count less)',
  asymmetric: 'asymmetric (easy absences count less)',
};

export const classWeightNames: Record<TrainingConfig['classWeights'], string> = {
  none: 'all labels count the same',
  'sqrt-inverse': 'rare labels count more',
  inverse: 'rare labels count much more',
};

export const bestByNames: Record<TrainingConfig['bestBy'], string> = {
  last: 'the last',
  microF1: 'micro-F1 (every label given counts the same)',
  macroF1: 'macro-F1 (every label counts the same)',
};

export const thresholdNames: Record<TrainingConfig['thresholds'], string> = {
  auto: '.5, or chosen where the loss needs it',
  learnt: 'chosen for each label on rows not learnt from',
  half: '.5 for every label',
};

export const normalisationNames: Record<NormalisationStep, string> = {
  lowercase: 'lower case',
  symbols: 'without symbols',
  separators: 'separators as spaces',
  abbreviations: 'abbreviations written out',
  'stop-words': 'without stop words',
};

export const backendNames: Record<NonNullable<TrainingConfig['backend']>, string> = {
  webgpu: 'WebGPU (graphics card)',
  wasm: 'WebAssembly (processor)',
};

/** Every setting with its value in words, in the order of the page. `encoderName` stands for `config.encoder`. */
export function describeConfig(config: TrainingConfig, encoderName: string): SettingText[] {
  const { split } = config;
  return [
    { id: 'encoder', name: 'Encoder', value: encoderName },
    { id: 'epochs', name: 'Epochs', value: formatCount(config.epochs) },
    { id: 'minimumSteps', name: 'Steps at least', value: formatCount(config.minimumSteps) },
    { id: 'batchSize', name: 'Batch size', value: `${formatCount(config.batchSize)} titles` },
    { id: 'learningRate', name: 'Learning rate', value: formatSmall(config.learningRate) },
    { id: 'schedule', name: 'Schedule', value: scheduleText(config) },
    { id: 'warmup', name: 'Warm-up', value: `${formatPercent(config.warmup)} of the steps` },
    { id: 'weightDecay', name: 'Weight decay', value: formatSmall(config.weightDecay) },
    { id: 'dropout', name: 'Dropout', value: formatPercent(config.dropout) },
    { id: 'maxGradientNorm', name: 'Gradient clipping', value: `at norm ${formatSmall(config.maxGradientNorm)}` },
    { id: 'layerDecay', name: 'Rate from layer to layer', value: `times ${formatSmall(config.layerDecay)}` },
    { id: 'frozenLayers', name: 'Frozen layers', value: formatCount(config.frozenLayers) },
    { id: 'gradientAccumulation', name: 'Parts of a batch', value: formatCount(config.gradientAccumulation) },
    { id: 'loss', name: 'Loss', value: lossText(config) },
    { id: 'labelSmoothing', name: 'Label smoothing', value: formatPercent(config.labelSmoothing) },
    { id: 'ensembleFolds', name: 'Averaged models', value: averagedText(config) },
    { id: 'distillationFolds', name: 'Fold models', value: foldModelsText(config) },
    { id: 'classWeights', name: 'Class weights', value: classWeightNames[config.classWeights] },
    {
      id: 'earlyStoppingPatience',
      name: 'Early stopping',
      value:
        config.earlyStoppingPatience === null
          ? 'off'
          : `after ${formatCount(config.earlyStoppingPatience)} epochs without a better one`,
    },
    { id: 'bestBy', name: 'Epoch that is kept', value: bestByNames[config.bestBy] },
    {
      id: 'split',
      name: 'Training / validation / test',
      value: [split.train, split.validation, split.test].map(formatPercent).join(' / '),
    },
    { id: 'seed', name: 'Seed', value: String(config.seed) },
    { id: 'maxTokens', name: 'Longest title', value: `${formatCount(config.maxTokens)} tokens` },
    { id: 'normalisation', name: 'Titles', value: titlesText(config) },
    { id: 'extraRows', name: 'Rows by hand', value: formatCount(config.extraRows.length) },
    { id: 'thresholds', name: 'Thresholds', value: thresholdNames[config.thresholds] },
    {
      id: 'backend',
      name: 'Device',
      value: config.backend === null ? 'the best there is' : backendNames[config.backend],
    },
  ];
}

/** The same for the classical recipe. */
export function describeClassical(config: ClassicalConfig): SettingText[] {
  const { split } = config;
  return [
    { id: 'kinds', name: 'Kinds of classifier', value: config.kinds.join(', ') },
    { id: 'trials', name: 'Settings tried of each', value: formatCount(config.trials) },
    { id: 'innerFolds', name: 'Inner folds', value: formatCount(config.innerFolds) },
    { id: 'normalise', name: 'Titles', value: config.normalise ? 'in normal form' : 'as they are' },
    { id: 'extraRows', name: 'Rows by hand', value: formatCount(config.extraRows.length) },
    {
      id: 'split',
      name: 'Training / validation / test',
      value: [split.train, split.validation, split.test].map(formatPercent).join(' / '),
    },
    { id: 'seed', name: 'Seed', value: String(config.seed) },
  ];
}

/** Every setting of a run, whatever its kind. */
export function describeRun(run: RunRecord): SettingText[] {
  const method = methodOf(run);
  const settings =
    method.kind === 'finetune' ? describeConfig(method.config, modelNameOf(run)) : describeClassical(method.config);
  if (run.kind !== 'cross-validation')
    return [...settings, { id: 'movedThresholds', name: 'Thresholds moved by hand', value: movedText(run) }];
  const { folds, seeds } = run.crossValidation;
  return [
    { id: 'folds', name: 'Folds', value: formatCount(folds) },
    { id: 'seeds', name: 'Seeds', value: seeds.join(', ') },
    ...settings.filter(({ id }) => id !== 'seed'),
  ];
}

function movedText(run: RunRecord): string {
  const moved = movedThresholds(run.thresholds, run);
  if (moved.length === 0) return 'none';
  return moved.map((label) => `${run.data.labelNames[label]} ${formatFigure(run.thresholds[label], 2)}`).join(', ');
}

function scheduleText({ schedule, plateauFactor, plateauPatience }: TrainingConfig): string {
  const name = scheduleNames[schedule];
  if (schedule !== 'plateau') return name;
  return `${name}: times ${formatSmall(plateauFactor)} after ${formatCount(plateauPatience + 1)} epochs`;
}

function averagedText({ ensembleFolds }: TrainingConfig): string {
  return ensembleFolds === 0 ? 'one model' : `${formatCount(ensembleFolds)}, each of the rows outside one fold`;
}

function foldModelsText({ distillationFolds, distillationShare, ensembleFolds }: TrainingConfig): string {
  if (distillationFolds === 0 || ensembleFolds > 0) return 'none';
  return `${formatCount(distillationFolds)}, their answers ${formatPercent(distillationShare)} of what is learnt`;
}

function titlesText({ normalisation }: TrainingConfig): string {
  if (!normalisation || normalisation.steps.length === 0) return 'as they are';
  const steps = normalisation.steps.map((step) => normalisationNames[step]).join(', ');
  if (!normalisation.steps.includes('abbreviations')) return steps;
  return `${steps} (${formatCounted(Object.keys(normalisation.abbreviations).length, 'abbreviation')})`;
}

function lossText({ loss, focalGamma, asymmetricGamma, asymmetricMargin }: TrainingConfig): string {
  if (loss === 'bce') return 'cross-entropy';
  if (loss === 'focal') return `focal, power ${formatSmall(focalGamma)}`;
  return `asymmetric, power ${formatSmall(asymmetricGamma)}, margin ${formatPercent(asymmetricMargin)}`;
}
