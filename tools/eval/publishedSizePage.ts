/** The page of `--weights published-size-random`: hands the files in its input over as a dropped folder, trains for an epoch. */
import { splitDataset } from '../../src/data/split.ts';
import type { EncoderInfo, StepRecord, TrainingConfig } from '../../src/shared/training.ts';
import { connectData, connectEngine, type EngineClient } from '../../src/worker/client.ts';
import { fewer } from './folds.ts';
import { recipeConfig } from './recipeConfig.ts';

export interface PublishedSizeRequest {
  fileName: string;
  bytes: string;
  recipe: string;
  /** The checkpoint's name; its files are in the page's input. */
  model: string;
  settings: Partial<TrainingConfig>;
  seed: number;
  rows: number;
}

export interface PublishedSizeResult {
  parameters: number;
  steps: number;
  batchSize: number;
  firstLoss: number;
  lastLoss: number;
  /** Without the first, which compiles and allocates. */
  secondsPerStep: number;
  backend: string;
}

const baseUrl = new URL('../../', document.baseURI).href;
const fail = (error: Error): void => console.error(`worker: ${error.message}`);
const decoded = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

async function tryPublishedSize(request: PublishedSizeRequest): Promise<PublishedSizeResult> {
  const data = connectData(baseUrl, fail);
  const engine = connectEngine(baseUrl, fail);
  const { fileName, seed, settings, rows } = request;
  await data.open(new File([decoded(request.bytes)], fileName), {}, () => undefined);
  const dataset = await data.dataset({});
  const encoder = await openCheckpoint(engine);
  console.log(`${request.model}: read, ${encoder.parameters} parameters`);
  const { config: own, learningRates } = recipeConfig(request.recipe);
  const config: TrainingConfig = {
    ...own,
    learningRate: learningRates.published,
    epochs: 1,
    minimumSteps: 0,
    ...settings,
    encoder: encoder.source,
    seed,
  };
  const { labels, labelNames, groups } = dataset;
  const whole = splitDataset(labels, labelNames.length, groups, config.split, seed);
  const few = (side: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => fewer(side, rows, seed);
  const split = { train: few(whole.train), validation: few(whole.validation), test: few(whole.test) };
  const steps: (StepRecord & { at: number })[] = [];
  const run = await engine.train(
    {
      dataset,
      split,
      recipe: 'rung',
      method: { kind: 'finetune', config },
      crossValidation: null,
      version: '',
      name: request.recipe,
      persist: false,
    },
    (event) => {
      if (event.type === 'step') steps.push({ ...event.record, at: performance.now() });
    },
  );
  if (run.kind !== 'finetune' || steps.length === 0) throw new Error('the training reported no step');
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const counted = last.step - first.step;
  return {
    parameters: encoder.parameters,
    steps: last.step,
    batchSize: config.batchSize,
    firstLoss: first.loss,
    lastLoss: last.loss,
    secondsPerStep: counted > 0 ? (last.at - first.at) / 1000 / counted : run.seconds / last.step,
    backend: run.device.backend,
  };
}

/** The checkpoint as if it had been dropped on the page. */
async function openCheckpoint(engine: EngineClient): Promise<EncoderInfo> {
  const files = document.querySelector<HTMLInputElement>('#checkpoint')?.files ?? [];
  const { encoder } = await engine.openPackage([...files], () => undefined);
  if (!encoder) throw new Error('the folder was not read as an encoder');
  return encoder;
}

Object.assign(window, { tryPublishedSize });
