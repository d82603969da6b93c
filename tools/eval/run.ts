/**
 * `npm run eval -- --data FILE`: cross-validation of a recipe. Prints out-of-fold figures with 95 % bootstrap intervals. All recipes
 * are measured on the same folds of a seed; near-duplicates are on one side of every fold, and thresholds never come from the fold that
 * is scored.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { searchAllKinds, tfidfLogistic, type ClassicalSettings } from '../../src/recipes/oneClassifierPerLabel.ts';
import { areaSchemes, type LevelAreaConfig } from '../../src/shared/levelArea.ts';
import { oneModelConfig, type RecipeId, type TrainingConfig } from '../../src/shared/training.ts';
import { defaultNormalisation } from '../../src/text/normalise.ts';
import { evaluateClassical } from './classical.ts';
import { evaluateFinetune } from './finetune.ts';
import type { EvalResult } from './folds.ts';
import { evaluateLevelArea } from './levelArea.ts';
import { evaluateMatching } from './matching.ts';
import { tryPublishedSize } from './publishedSize.ts';
import { jsonOf, print } from './report.ts';

const recipes = [
  'finetune',
  'classical',
  'tfidf-logistic',
  'rung',
  'rung-single',
  'distilbert-5fold',
  'deberta-weighted',
  'roberta-normalised',
  'one-classifier-per-label',
] as const;
type Recipe = (typeof recipes)[number];

const usage = `Usage: npm run eval -- --data FILE [--folds 5] [--recipe finetune] [--seeds 42,43,...] [--rows N] [--json OUT]
  classical, tfidf-logistic: [--titles plain|normalised]
  finetune (Rung with one model, the default), rung, rung-single, distilbert-5fold, deberta-weighted, roberta-normalised (their own): [--backend wasm|webgpu]
    [--epochs N] [--batch-size N] [--learning-rate X] [--layer-decay X] [--ensemble FOLDS] [--encoder rung-mini] [--weights shipped|random]
    [--own-rows]: rows as the recipe has them in the app; without it all recipes are measured on the same rows and folds
    [--weights published-size-random]: an epoch on a few rows (--rows, 64 unless told) in the size of the published checkpoint; no figures
  onet-matching: --data FOLDER, one table before and after fine-tuning: [--backend] [--epochs] [--batch-size] [--learning-rate] [--encoder]
    [--titles-per-epoch N] (of each occupation) [--seed]
  level-area: --data FILE or its FOLDER, agreement with the keywords, accuracy where there are true labels: [--areas naics|soc] [--rows N]
    [--backend] [--epochs] [--batch-size] [--learning-rate] [--hiding X] [--encoder] [--seeds]
Recipes: ${recipes.join(', ')}, onet-matching, level-area`;

interface Request {
  file: string;
  folds: number;
  seeds: number[];
  settings: Partial<TrainingConfig>;
  encoder: string;
  randomWeights: boolean;
  /** Rows as the recipe has them in the app. */
  ownRows: boolean;
  /** Rows to learn from in each fold; null: all. */
  trainingRows: number | null;
  /** How the classical recipes have titles; null: as the recipe does. */
  titles: keyof typeof normalisations | null;
}

const normalisations = { plain: null, normalised: defaultNormalisation };
const weightKinds = ['shipped', 'random', 'published-size-random'] as const;
const titleForms = ['plain', 'normalised'] as const;

const evaluateWith: Record<Recipe, (request: Request) => Promise<EvalResult[]>> = {
  finetune: (request) => evaluateRecipe(null, request),
  rung: (request) => evaluateRecipe('rung', request),
  'rung-single': (request) => evaluateRecipe('rung-single', request),
  'distilbert-5fold': (request) => evaluateRecipe('distilbert-5fold', request),
  'deberta-weighted': (request) => evaluateRecipe('deberta-weighted', request),
  'roberta-normalised': (request) => evaluateRecipe('roberta-normalised', request),
  'one-classifier-per-label': (request) => evaluateSearch(searchAllKinds, request),
  classical: (request) => evaluateSearch(searchAllKinds, request),
  'tfidf-logistic': (request) => evaluateSearch(tfidfLogistic, request),
};

/** @param recipe null: the default settings */
function evaluateRecipe(recipe: RecipeId | null, { file, folds, seeds, ...options }: Request): Promise<EvalResult[]> {
  return evaluateFinetune(file, folds, seeds, { recipe, ...options });
}

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
      'own-rows': { type: 'boolean', default: false },
      'layer-decay': { type: 'string' },
      ensemble: { type: 'string' },
      seed: { type: 'string', default: String(oneModelConfig.seed) },
      seeds: { type: 'string' },
      epochs: { type: 'string' },
      'batch-size': { type: 'string' },
      'learning-rate': { type: 'string' },
      'titles-per-epoch': { type: 'string' },
      areas: { type: 'string', default: 'naics' },
      hiding: { type: 'string' },
    },
  });
  const folds = Number(values.folds);
  const seeds = (values.seeds ?? values.seed).split(',').map(Number);
  const { backend, data } = values;
  const recipe = recipes.find((name) => name === values.recipe);
  const trainingRows = values.rows ? Number(values.rows) : null;
  const titles = titleForms.find((form) => form === values.titles) ?? null;
  if (data && values.recipe === 'onet-matching' && (backend === 'wasm' || backend === 'webgpu')) {
    const config = givenNumbers({
      epochs: values.epochs,
      batchEntries: values['batch-size'],
      learningRate: values['learning-rate'],
      titlesPerEpoch: values['titles-per-epoch'],
      seed: values.seed,
    });
    await evaluateMatching(data, { encoder: values.encoder, backend, config, json: values.json });
    return 0;
  }
  const scheme = areaSchemes.find((name) => name === values.areas);
  if (data && values.recipe === 'level-area' && scheme && (backend === 'wasm' || backend === 'webgpu')) {
    const numbers = givenNumbers({
      epochs: values.epochs,
      batchSize: values['batch-size'],
      learningRate: values['learning-rate'],
      hiding: values.hiding,
    });
    const config: Partial<LevelAreaConfig> = { ...numbers, encoder: { kind: 'shipped', id: values.encoder }, backend };
    await evaluateLevelArea(data, { seeds, scheme, config, rows: trainingRows, json: values.json ?? null });
    return 0;
  }
  const wellFormed =
    folds >= 2 &&
    (!values.titles || titles) &&
    weightKinds.some((kind) => kind === values.weights) &&
    (trainingRows === null || trainingRows > 0) &&
    (!values.ensemble || /^([02-9]|10)$/.test(values.ensemble)) &&
    seeds.every(Number.isInteger) &&
    (backend === 'wasm' || backend === 'webgpu');
  if (!data || !recipe || !wellFormed) {
    console.error(usage);
    return 2;
  }
  const settings: Partial<TrainingConfig> = { backend };
  if (values.epochs) Object.assign(settings, { epochs: Number(values.epochs), minimumSteps: 0 });
  if (values['batch-size']) settings.batchSize = Number(values['batch-size']);
  if (values['learning-rate']) settings.learningRate = Number(values['learning-rate']);
  if (values['layer-decay']) settings.layerDecay = Number(values['layer-decay']);
  if (values.ensemble) settings.ensembleFolds = Number(values.ensemble);

  if (values.weights === 'published-size-random') {
    const options = { recipe, settings, seed: seeds[0], rows: trainingRows ?? 64, json: values.json };
    if (await tryPublishedSize(data, options)) return 0;
    console.error(`${recipe} has no published checkpoint.\n${usage}`);
    return 2;
  }

  const results = await evaluateWith[recipe]({
    file: data,
    folds,
    seeds,
    settings,
    encoder: values.encoder,
    randomWeights: values.weights === 'random',
    ownRows: values['own-rows'],
    trainingRows,
    titles,
  });
  print(results, recipe, folds);
  if (values.json) await writeFile(values.json, `${JSON.stringify(jsonOf(results, recipe, folds), null, 2)}\n`);
  return 0;
}

/** Numbers of the options that were given. */
function givenNumbers(options: Record<string, string | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value)]])),
  );
}
