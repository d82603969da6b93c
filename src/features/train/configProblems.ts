/** What is wrong with the settings of a training, in words that say what is allowed. */
import { defaultTrainingConfig, type TrainingConfig } from '../../shared/training.ts';
import { formatPercent } from '../../ui/format.ts';

export type ConfigProblems = Partial<Record<keyof TrainingConfig, string>>;

function whole(value: number | null, low: number, high: number): string | undefined {
  const fits = value !== null && Number.isInteger(value) && value >= low && value <= high;
  return fits ? undefined : `A whole number from ${low} to ${high}`;
}

function between(
  value: number,
  low: number,
  high: number,
  show: (value: number) => string = String,
): string | undefined {
  const fits = Number.isFinite(value) && value >= low && value <= high;
  return fits ? undefined : `A number from ${show(low)} to ${show(high)}`;
}

function splitProblem({ train, validation, test }: TrainingConfig['split']): string | undefined {
  const shares = [train, validation, test];
  if (!shares.every((share) => share >= 0.01 && share < 1)) return 'Each share needs at least 1 %';
  const sum = train + validation + test;
  return Math.abs(sum - 1) < 1e-6 ? undefined : `The shares add up to ${formatPercent(sum)}; they need 100 %`;
}

/** The settings that cannot be used, by name; empty when training can start. NaN stands for a field without a number. */
export function configProblems(config: TrainingConfig): ConfigProblems {
  const found: ConfigProblems = {
    epochs: whole(config.epochs, 1, 500),
    batchSize: whole(config.batchSize, 1, 1024),
    learningRate: between(config.learningRate, 1e-7, 1),
    warmup: between(config.warmup, 0, 0.9, formatPercent),
    weightDecay: between(config.weightDecay, 0, 1),
    dropout: between(config.dropout, 0, 0.9, formatPercent),
    maxGradientNorm: between(config.maxGradientNorm, 0.001, 1000),
    plateauFactor: between(config.plateauFactor, 0.01, 0.99),
    plateauPatience: whole(config.plateauPatience, 0, 100),
    layerDecay: between(config.layerDecay, 0.1, 1),
    frozenLayers: whole(config.frozenLayers, 0, 100),
    gradientAccumulation: whole(config.gradientAccumulation, 1, Math.max(1, config.batchSize || 1)),
    focalGamma: between(config.focalGamma, 0, 10),
    asymmetricGamma: between(config.asymmetricGamma, 0, 10),
    asymmetricMargin: between(config.asymmetricMargin, 0, 0.5, formatPercent),
    labelSmoothing: between(config.labelSmoothing, 0, 0.5, formatPercent),
    earlyStoppingPatience:
      config.earlyStoppingPatience === null ? undefined : whole(config.earlyStoppingPatience, 1, 100),
    seed: whole(config.seed, 0, 4294967295),
    split: splitProblem(config.split),
    maxTokens: whole(config.maxTokens, 3, 512),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

/** How many settings differ from the defaults; the encoder has none. */
export function changedSettings(config: TrainingConfig): number {
  const { split, ...rest } = config;
  const { split: defaultSplit, ...defaults } = defaultTrainingConfig;
  const sides = ['train', 'validation', 'test'] as const;
  const splitChanged = sides.some((side) => Math.abs(split[side] - defaultSplit[side]) > 1e-9);
  const names = Object.keys(defaults).filter((name): name is keyof typeof defaults => name in rest);
  return names.filter((name) => rest[name] !== defaults[name]).length + (splitChanged ? 1 : 0);
}

/** Rows of each side for `rows` rows, as the shares say; the split itself may differ by a few to keep near-duplicates together. */
export function splitRows(rows: number, { validation, test }: TrainingConfig['split']): [number, number, number] {
  const validationRows = Math.round(rows * validation);
  const testRows = Math.round(rows * test);
  return [Math.max(0, rows - validationRows - testRows), validationRows, testRows];
}
