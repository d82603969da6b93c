/**
 * `npm run eval -- --data FILE`: cross-validation of a recipe. Prints out-of-fold figures with 95 % bootstrap intervals. All recipes
 * are measured on the same folds of a seed; near-duplicates are on one side of every fold, and thresholds never come from the fold that
 * is scored.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { searchAllKinds, tfidfLogistic, type ClassicalSettings } from '../../src/recipes/oneClassifierPerLabel.ts';
import { defaultTrainingConfig, type TrainingConfig } from '../../src/shared/training.ts';
import { defaultNormalisation } from '../../src/text/normalise.ts';
import { evaluateClassical } from './classical.ts';
import { evaluateFinetune } from './finetune.ts';
import type { EvalResult } from './folds.ts';
import { jsonOf, print } from './report.ts';

const recipes = ['finetune', 'classical', 'tfidf-logistic'] as const;
type Recipe = (typeof recipes)[number];

const usage = `Usage: npm run eval -- --data FILE [--folds 5] [--recipe finetune] [--seeds 42,43,...] [--rows N] [--json OUT]
  classical, tfidf-logistic: [--titles plain|normalised]
  finetune: [--backend wasm|webgpu] [--epochs N] [--batch-size N] [--learning-rate X] [--layer-decay X]
    [--encoder rung-mini] [--weights shipped|random]
Recipes: ${recipes.join(', ')}`;

interface Request {
  file: string;
  folds: number;
  seeds: number[];
  settings: Partial<TrainingConfig>;
  encoder: string;
  randomWeights: boolean;
  /** Rows to learn from in each fold; null: all. */
  trainingRows: number | null;
  /** How the classical recipes have titles; null: as the recipe does. */
  titles: keyof typeof normalisations | null;
}

const normalisations = { plain: null, normalised: defaultNormalisation };
const titleForms = ['plain', 'normalised'] as const;

const evaluateWith: Record<Recipe, (request: Request) => Promise<EvalResult[]>> = {
  finetune: ({ file, folds, seeds, ...options }) => evaluateFinetune(file, folds, seeds, options),
  classical: (request) => evaluateSearch(searchAllKinds, request),
  'tfidf-logistic': (request) => evaluateSearch(tfidfLogistic, request),
};

function evaluateSearch(
  settingsOf: (seed: number) => ClassicalSettings,
  { file, folds, seeds, titles, trainingRows }: Request,
): Promise<EvalResult[]> {
  const asAsked = (seed: number): ClassicalSettings => {
    const settings = settingsOf(seed);
    return titles ? { ...settings, normalisation: normalisations[titles] } : settings;
  };
  return evaluateClassical(file, folds, seeds, asAsked, trainingRows);
}

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      folds: { type: 'string', default: '5' },
      recipe: { type: 'string', default: recipes[0] },
      backend: { type: 'string', default: 'wasm' },
      encoder: { type: 'string', default: 'rung-mini' },
      json: { type: 'string' },
      titles: { type: 'string' },
      weights: { type: 'string', default: 'shipped' },
      rows: { type: 'string' },
      'layer-decay': { type: 'string' },
      seed: { type: 'string', default: String(defaultTrainingConfig.seed) },
      seeds: { type: 'string' },
      epochs: { type: 'string' },
      'batch-size': { type: 'string' },
      'learning-rate': { type: 'string' },
    },
  });
  const folds = Number(values.folds);
  const seeds = (values.seeds ?? values.seed).split(',').map(Number);
  const { backend, data } = values;
  const recipe = recipes.find((name) => name === values.recipe);
  const trainingRows = values.rows ? Number(values.rows) : null;
  const titles = titleForms.find((form) => form === values.titles) ?? null;
  const wellFormed =
    folds >= 2 &&
    (!values.titles || titles) &&
    (values.weights === 'shipped' || values.weights === 'random') &&
    (trainingRows === null || trainingRows > 0) &&
    seeds.every(Number.isInteger) &&
    (backend === 'wasm' || backend === 'webgpu');
  if (!data || !recipe || !wellFormed) {
    console.error(usage);
    return 2;
  }
  const settings: Partial<TrainingConfig> = { backend };
  if (values.epochs) settings.epochs = Number(values.epochs);
  if (values['batch-size']) settings.batchSize = Number(values['batch-size']);
  if (values['learning-rate']) settings.learningRate = Number(values['learning-rate']);

  if (values['layer-decay']) settings.layerDecay = Number(values['layer-decay']);

  const results = await evaluateWith[recipe]({
    file: data,
    folds,
    seeds,
    settings,
    encoder: values.encoder,
    randomWeights: values.weights === 'random',
    trainingRows,
    titles,
  });
  print(results, recipe, folds);
  if (values.json) await writeFile(values.json, `${JSON.stringify(jsonOf(results, recipe, folds), null, 2)}\n`);
  return 0;
}
