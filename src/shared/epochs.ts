/** How many epochs a training takes: few rows make few steps an epoch, and a classifier needs some hundred steps whatever it learns from. */
import type { FoldPlan } from './recipe.ts';
import type { TrainingConfig } from './training.ts';

/** Most epochs that `minimumSteps` asks for: beyond, the same few titles are only learnt by heart. */
const mostEpochs = 100;

/** Epochs over `trainRows` rows, `minimumSteps` looked after. */
export function epochsFor(
  { epochs, minimumSteps, batchSize }: Pick<TrainingConfig, 'epochs' | 'minimumSteps' | 'batchSize'>,
  trainRows: number,
): number {
  const stepsPerEpoch = Math.max(1, Math.ceil(trainRows / batchSize));
  return Math.max(epochs, Math.min(mostEpochs, Math.ceil(minimumSteps / stepsPerEpoch)));
}

/** Epochs of a training, or of one fold, with these settings over `rows` labelled rows. */
export function epochsOf(rows: number, config: TrainingConfig, foldPlan: FoldPlan | null): number {
  const { train } = foldPlan ? sharesOfFold(config.split, foldPlan) : config.split;
  return epochsFor(config, Math.round(rows * train));
}

/** What becomes of all rows in one fold. */
export function sharesOfFold({ train, validation }: TrainingConfig['split'], { folds }: FoldPlan) {
  const rest = 1 - 1 / folds;
  const share = validation / (train + validation);
  return { train: rest * (1 - share), validation: rest * share, test: 1 / folds };
}

/** With fewer rows a fold model is worth too little to learn from. */
const fewestDistilled = 60;

/** Fold models (`selfDistillation.ts`) that are trained for so many rows; 0: none. */
export function foldModelCount(
  { distillationFolds }: Pick<TrainingConfig, 'distillationFolds'>,
  trainRows: number,
): number {
  return distillationFolds >= 2 && trainRows >= fewestDistilled ? distillationFolds : 0;
}

/** Steps that the fold models take together, more or less: near duplicates stay in one fold. */
export function foldModelSteps(
  config: Pick<TrainingConfig, 'distillationFolds' | 'epochs' | 'batchSize'>,
  trainRows: number,
): number {
  const folds = foldModelCount(config, trainRows);
  if (folds === 0) return 0;
  return folds * config.epochs * Math.ceil((trainRows - trainRows / folds) / config.batchSize);
}
