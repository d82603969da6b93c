/** The page that `npm run eval` opens: the app's own workers, without its interface. */
import { splitDataset } from '../../src/data/split.ts';
import type { Dataset, Split } from '../../src/shared/dataset.ts';
import { defaultTrainingConfig, type RunRecord, type TrainingConfig } from '../../src/shared/training.ts';
import { connectData, connectEngine } from '../../src/worker/client.ts';
import { foldRows, pooledReports, type EvalResult, type FoldRows } from './folds.ts';

export interface EvalRequest {
  fileName: string;
  bytes: string;
  folds: number;
  seed: number;
  /** Overrides of the app's default settings. */
  settings: Partial<TrainingConfig>;
  encoder: string;
}

const baseUrl = new URL('../../', document.baseURI).href;
const fail = (error: Error): void => console.error(`worker: ${error.message}`);

async function evaluate(request: EvalRequest): Promise<EvalResult> {
  const data = connectData(baseUrl, fail);
  const engine = connectEngine(baseUrl, fail);
  const bytes = Uint8Array.from(atob(request.bytes), (character) => character.charCodeAt(0));
  const summary = await data.open(new File([bytes], request.fileName), {}, () => undefined);
  if (summary.blocked) throw new Error(summary.blocked.message);
  const config: TrainingConfig = {
    ...defaultTrainingConfig,
    encoder: { kind: 'shipped', id: request.encoder },
    ...request.settings,
    seed: request.seed,
  };
  const device = await engine.device(config.backend);
  const dataset = await data.dataset();

  const started = performance.now();
  const runs: RunRecord[] = [];
  for (const [fold, rows] of foldRows(dataset, request.folds, config.seed).entries()) {
    const split = withValidation(dataset, rows, config, config.seed + fold);
    const copy = structuredClone(dataset);
    const name = `fold ${fold + 1}`;
    const run = await engine.train({ dataset: copy, config, name, split, persist: false }, () => undefined);
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
    description: `${config.epochs} epochs at ${config.learningRate}, batch ${config.batchSize}`,
    settings: config,
    notes: [],
  };
}

/** The fold is the test side; of the other rows an eighth validates, as 80/10/10 would. */
function withValidation(dataset: Dataset, { rest, test }: FoldRows, config: TrainingConfig, seed: number): Split {
  const labelCount = dataset.labelNames.length;
  const labels = new Uint8Array(rest.length * labelCount);
  for (const [i, row] of rest.entries())
    labels.set(dataset.labels.subarray(row * labelCount, (row + 1) * labelCount), i * labelCount);
  const groups = rest.map((row) => dataset.groups[row]);
  const { train, validation } = config.split;
  const share = validation / (train + validation);
  const inner = splitDataset(labels, labelCount, groups, { train: 1 - share, validation: share, test: 0 }, seed);
  return { train: inner.train.map((i) => rest[i]), validation: inner.validation.map((i) => rest[i]), test };
}

Object.assign(window, { evaluate });
