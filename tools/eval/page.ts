/** The page that `npm run eval` opens: the app's own workers, without its interface. */
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { foldRows, withValidation } from '../../src/recipes/crossValidate.ts';
import type { Dataset, DataSettings, DataSummary, Split } from '../../src/shared/dataset.ts';
import { Random } from '../../src/shared/random.ts';
import type { RecipeData } from '../../src/shared/recipe.ts';
import {
  oneModelConfig,
  type EncoderSource,
  type EpochRecord,
  type FinetunedRun,
  type RecipeId,
  type TrainingConfig,
} from '../../src/shared/training.ts';
import { connectData, connectEngine, type EngineClient } from '../../src/worker/client.ts';
import { randomEncoder } from '../randomEncoder.ts';
import { fewer, pooledReports, type EvalResult } from './folds.ts';
import { recipeConfig } from './recipeConfig.ts';

export interface EvalRequest {
  fileName: string;
  bytes: string;
  folds: number;
  seed: number;
  /** Whose settings; null: those of Rung with one model. */
  recipe: RecipeId | null;
  /** Overrides of them. */
  settings: Partial<TrainingConfig>;
  encoder: string;
  /** Start from the encoder's shape with random weights, for comparison. */
  randomWeights: boolean;
  /** Rows as the recipe has them in the app; else as they are, the same for all recipes. */
  ownRows: boolean;
  /** Rows of each fold to learn from, validation included; null: all that are outside it. */
  trainingRows: number | null;
}

const baseUrl = new URL('../../', document.baseURI).href;
const fail = (error: Error): void => console.error(`worker: ${error.message}`);

async function evaluate(request: EvalRequest): Promise<EvalResult> {
  const data = connectData(baseUrl, fail);
  const engine = connectEngine(baseUrl, fail);
  const bytes = Uint8Array.from(atob(request.bytes), (character) => character.charCodeAt(0));
  const summary = await data.open(new File([bytes], request.fileName), {}, () => undefined);
  if (summary.blocked) throw new Error(summary.blocked.message);
  const shipped: EncoderSource = { kind: 'shipped', id: request.encoder };
  const recipe = request.recipe && recipeConfig(request.recipe);
  const config: TrainingConfig = {
    ...(recipe ? recipe.config : oneModelConfig),
    encoder: request.randomWeights ? await randomTwin(engine, request.encoder, request.seed) : shipped,
    ...request.settings,
    seed: request.seed,
  };
  const device = await engine.device(config.backend);
  const dataset = await data.dataset(request.ownRows ? changeOf(recipe?.data ?? null, summary) : {});

  const started = performance.now();
  const runs: FinetunedRun[] = [];
  for (const [fold, { rest, test }] of foldRows(dataset, request.folds, config.seed).entries()) {
    const seen = fewer(rest, request.trainingRows, config.seed + fold);
    const split = withValidation(dataset, seen, test, config.split, config.seed + fold);
    const run = await trainFold(engine, { dataset: structuredClone(dataset), split, config, name: `fold ${fold + 1}` });
    console.log(
      `seed ${config.seed}, fold ${fold + 1} of ${request.folds}: best epoch ${run.bestEpoch}, ${run.seconds.toFixed(0)} s, micro-F1 ${run.test?.report.microF1.value.toFixed(3)}`,
    );
    runs.push(run);
  }
  const seconds = (performance.now() - started) / 1000;
  const epochs = runs.reduce((sum, run) => sum + run.epochs.length, 0);
  const folds = runs.map((run) => ({ thresholds: run.thresholds, testRows: run.test?.rows ?? [] }));
  return {
    seed: config.seed,
    rows: dataset.rowNumbers.length,
    ...pooledReports(folds, dataset.labelNames),
    seconds,
    epochSeconds: runs.reduce((sum, run) => sum + run.seconds, 0) / epochs,
    backend: device.backend,
    device: device.name,
    description: descriptionOf(config, request),
    settings: config,
    notes: [validationNote(runs)],
  };
}

/** By what settings are chosen without a look at the folds: figures at .5 on the validation rows when the training of each model ended. */
function validationNote(runs: readonly FinetunedRun[]): string {
  const last = runs.flatMap(({ epochs, memberStarts }) =>
    epochs.filter(({ epoch }) => memberStarts.includes(epoch) || epoch === epochs.at(-1)?.epoch),
  );
  const mean = (of: (epoch: EpochRecord) => number): string =>
    (last.reduce((sum, epoch) => sum + of(epoch), 0) / last.length).toFixed(4);
  return `validation rows at the last epoch, means over the folds: micro-F1 ${mean(({ microF1 }) => microF1)}, loss ${mean(({ validationLoss }) => validationLoss)}`;
}

function changeOf(data: RecipeData | null, { settings }: DataSummary): Partial<DataSettings> {
  if (!data) return {};
  const { unlabelled, cleaning } = data;
  return {
    ...(unlabelled && { unlabelled }),
    ...(cleaning && { cleaning: { ...settings.cleaning, ...cleaning } }),
  };
}

function descriptionOf(config: TrainingConfig, { randomWeights, trainingRows }: EvalRequest): string {
  const from = randomWeights ? ', from random weights' : '';
  const rows = trainingRows === null ? '' : `, ${trainingRows} rows to learn from`;
  const models = config.ensembleFolds > 0 ? `${config.ensembleFolds} averaged models, ` : '';
  return `${models}${config.epochs} epochs at ${config.learningRate}, batch ${config.batchSize}${from}${rows}`;
}

/** The shipped encoder's folder with weights drawn anew, as if it had been dropped on the page. */
async function randomTwin(engine: EngineClient, id: string, seed: number): Promise<EncoderSource> {
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'];
  const files = await Promise.all(
    names.map(async (name) => new File([await (await fetch(`${baseUrl}models/${id}/${name}`)).blob()], name)),
  );
  const config: unknown = JSON.parse(await files[0].text());
  const size = typeof config === 'object' && config !== null ? Number(Reflect.get(config, 'vocab_size')) : NaN;
  const weights = writeSafetensors(randomEncoder(size, new Random(seed)), { dtype: 'F32' });
  const { encoder } = await engine.openPackage([...files, new File([weights], 'model.safetensors')], () => undefined);
  if (!encoder) throw new Error('the random twin was not read as an encoder');
  return encoder.source;
}

interface Fold {
  dataset: Dataset;
  split: Split;
  config: TrainingConfig;
  name: string;
}

async function trainFold(engine: EngineClient, { config, ...fold }: Fold): Promise<FinetunedRun> {
  const run = await engine.train(
    {
      ...fold,
      recipe: 'rung',
      method: { kind: 'finetune', config },
      crossValidation: null,
      version: '',
      persist: false,
    },
    () => undefined,
  );
  if (run.kind !== 'finetune') throw new Error(`expected a fine-tuned run, got ${run.kind}`);
  return run;
}

Object.assign(window, { evaluate });
