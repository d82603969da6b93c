/** How many epochs a training takes: few rows make few steps an epoch, and a classifier needs some hundred steps whatever it learns from. */
import type { FoldPlan } from './recipe.ts';
import type { ClassicalRun, FinetunedRun, PlannedRows, TrainingConfig } from './training.ts';

/** Most epochs that `minimumSteps` asks for: beyond, the same few titles are only learnt by heart. */
const mostEpochs = 100;

/** Epochs over `trainRows` rows, which one model learns, `minimumSteps` looked after. */
export function epochsFor(
  { epochs, minimumSteps, batchSize }: Pick<TrainingConfig, 'epochs' | 'minimumSteps' | 'batchSize'>,
  trainRows: number,
): number {
  const stepsPerEpoch = Math.max(1, Math.ceil(trainRows / batchSize));
  return Math.max(epochs, Math.min(mostEpochs, Math.ceil(minimumSteps / stepsPerEpoch)));
}

/** Epochs of a training, or of one fold, with these settings over `rows` labelled rows. */
export function epochsOf(rows: number, config: TrainingConfig, foldPlan: FoldPlan | null): number {
  const { train, validation } = foldPlan ? sharesOfFold(config.split, foldPlan) : config.split;
  const plan = { trainRows: Math.round(rows * train), validationRows: Math.round(rows * validation) };
  return epochsFor(config, rowsOfOneModel(config, plan));
}

/** What becomes of all rows in one fold. */
export function sharesOfFold({ train, validation }: TrainingConfig['split'], { folds }: FoldPlan) {
  const rest = 1 - 1 / folds;
  const share = validation / (train + validation);
  return { train: rest * (1 - share), validation: rest * share, test: 1 / folds };
}

/** With fewer rows a model of a part of them is worth too little. */
const fewestDealt = 60;

/** Fold models (`selfDistillation.ts`) that are trained for so many rows; 0: none, as where models are averaged. */
export function foldModelCount(
  { distillationFolds, ensembleFolds }: Pick<TrainingConfig, 'distillationFolds' | 'ensembleFolds'>,
  trainRows: number,
): number {
  return ensembleFolds === 0 && distillationFolds >= 2 && trainRows >= fewestDealt ? distillationFolds : 0;
}

/** Models that are trained and then averaged (`ensemble.ts`) with so many rows outside the test side; 1: one model. */
export function memberCount({ ensembleFolds }: Pick<TrainingConfig, 'ensembleFolds'>, rows: number): number {
  return ensembleFolds >= 2 && rows >= fewestDealt ? ensembleFolds : 1;
}

type Outside = Pick<PlannedRows, 'trainRows' | 'validationRows'>;

/** Models that a run sets out to average; 1: one model. */
export function plannedMembers(config: Pick<TrainingConfig, 'ensembleFolds'>, plan: Outside): number {
  return memberCount(config, plan.trainRows + plan.validationRows);
}

/** Rows that one model learns, more or less where there are several: near duplicates stay in one fold. */
export function rowsOfOneModel(config: Pick<TrainingConfig, 'ensembleFolds'>, plan: Outside): number {
  const members = plannedMembers(config, plan);
  return members === 1
    ? plan.trainRows
    : Math.round(((plan.trainRows + plan.validationRows) * (members - 1)) / members);
}

/** Rows that the model of a run has learnt; two of several models have learnt all between them. */
export function learntRowCount(run: FinetunedRun | ClassicalRun): number {
  const all = run.plan.trainRows + run.plan.validationRows;
  return run.kind === 'classical' || run.members > 1 ? all : rowsOfOneModel(run.config, run.plan);
}

/** Epochs of all models together, should none end early. */
export function epochsOfAll(config: Pick<TrainingConfig, 'epochs' | 'ensembleFolds'>, plan: Outside): number {
  return config.epochs * plannedMembers(config, plan);
}

/** Steps that the fold models take together, more or less: near duplicates stay in one fold. */
export function foldModelSteps(
  config: Pick<TrainingConfig, 'distillationFolds' | 'ensembleFolds' | 'epochs' | 'batchSize'>,
  trainRows: number,
): number {
  const folds = foldModelCount(config, trainRows);
  if (folds === 0) return 0;
  return folds * config.epochs * Math.ceil((trainRows - trainRows / folds) / config.batchSize);
}
