/** What is wrong with the settings of a training, in words that say what is allowed. */
import { defaultClassicalConfig, type ClassicalConfig } from '../../shared/classical.ts';
import type { FoldPlan } from '../../shared/recipe.ts';
import type { SearchPlan } from '../../shared/search.ts';
import type { ExtraRow } from '../../shared/extraRow.ts';
import { rungConfig, type TrainingConfig } from '../../shared/training.ts';
import { formatPercent } from '../../ui/format.ts';
import { isBlank } from '../../shared/strings.ts';

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

function extraRowsProblem(rows: readonly ExtraRow[]): string | undefined {
  const at = rows.findIndex(({ title, labels }) => isBlank(title) || labels.length === 0);
  return at < 0 ? undefined : `Row ${at + 1} needs a title and at least one label`;
}

/** The settings that cannot be used, by name; empty when training can start. NaN stands for a field without a number. */
export function configProblems(config: TrainingConfig): ConfigProblems {
  const found: ConfigProblems = {
    epochs: whole(config.epochs, 1, 500),
    minimumSteps: whole(config.minimumSteps, 0, 10000),
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
    distillationFolds: foldsProblem(config.distillationFolds),
    ensembleFolds: foldsProblem(config.ensembleFolds),
    distillationShare: between(config.distillationShare, 0, 1, formatPercent),
    earlyStoppingPatience:
      config.earlyStoppingPatience === null ? undefined : whole(config.earlyStoppingPatience, 1, 100),
    seed: whole(config.seed, 0, 4294967295),
    split: splitProblem(config.split),
    maxTokens: whole(config.maxTokens, 3, 512),
    extraRows: extraRowsProblem(config.extraRows),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

export type ClassicalProblems = Partial<Record<keyof ClassicalConfig, string>>;

/** The same for the classical recipe. */
export function classicalProblems(config: ClassicalConfig): ClassicalProblems {
  const found: ClassicalProblems = {
    kinds: config.kinds.length === 0 ? 'At least one kind is needed' : undefined,
    trials: whole(config.trials, 1, 20),
    innerFolds: whole(config.innerFolds, 2, 10),
    seed: whole(config.seed, 0, 4294967295),
    split: splitProblem(config.split),
    extraRows: extraRowsProblem(config.extraRows),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

function foldsProblem(folds: number): string | undefined {
  return folds === 1 ? '0, or a whole number from 2 to 10' : whole(folds, 0, 10);
}

/** The same for a cross-validation. */
export function foldProblems({ folds, repeats }: FoldPlan): Partial<Record<keyof FoldPlan, string>> {
  const found = { folds: whole(folds, 2, 20), repeats: whole(repeats, 1, 10) };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

/** The same for a search for settings. */
export function searchProblems({ trials, folds, settings }: SearchPlan): Partial<Record<keyof SearchPlan, string>> {
  const found = {
    trials: whole(trials, 2, 100),
    folds: whole(folds, 1, 10),
    settings: settings.length === 0 ? 'At least one is needed' : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

function changedSplit(split: TrainingConfig['split'], usual: TrainingConfig['split']): boolean {
  return (['train', 'validation', 'test'] as const).some((side) => Math.abs(split[side] - usual[side]) > 1e-9);
}

/** How many settings of the classical recipe differ from its defaults. */
export function changedClassical(config: ClassicalConfig): number {
  const { kinds, split, extraRows, ...rest } = config;
  const { kinds: usualKinds, split: usualSplit, extraRows: _, ...usual } = defaultClassicalConfig;
  const names = Object.keys(usual).filter((name): name is keyof typeof usual => name in rest);
  const changed = names.filter((name) => rest[name] !== usual[name]).length;
  const lists = Number(kinds.length !== usualKinds.length) + Number(extraRows.length > 0);
  return changed + lists + Number(changedSplit(split, usualSplit));
}

/** How many settings differ from the recipe's; the encoder is a choice of its own. */
export function changedSettings(config: TrainingConfig, recipe: Omit<TrainingConfig, 'encoder'> = rungConfig): number {
  const { split, encoder: _, ...rest } = config;
  const { split: usualSplit, ...defaults } = recipe;
  const splitChanged = changedSplit(split, usualSplit);
  const names = Object.keys(defaults).filter((name): name is keyof typeof defaults => name in rest);
  const differs = (name: keyof typeof defaults): boolean =>
    JSON.stringify(rest[name]) !== JSON.stringify(defaults[name]);
  return names.filter(differs).length + Number(splitChanged);
}

/** Rows of each side for `rows` rows, as the shares say; the split itself may differ by a few to keep near-duplicates together. */
export function splitRows(rows: number, { validation, test }: TrainingConfig['split']): [number, number, number] {
  const validationRows = Math.round(rows * validation);
  const testRows = Math.round(rows * test);
  return [Math.max(0, rows - validationRows - testRows), validationRows, testRows];
}
