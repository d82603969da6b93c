/** The page that `npm run eval` opens: the app's own workers, without its interface. */
import { kFold, splitDataset } from '../../src/data/split.ts';
import { splitReport } from '../../src/metrics/bootstrap.ts';
import type { Dataset, Split } from '../../src/shared/dataset.ts';
import {
  defaultTrainingConfig,
  type RunRecord,
  type SplitReport,
  type TrainingConfig,
} from '../../src/shared/training.ts';
import { connectData, connectEngine } from '../../src/worker/client.ts';

export interface EvalRequest {
  fileName: string;
  bytes: string;
  folds: number;
  /** Overrides of the app's default settings. */
  settings: Partial<TrainingConfig>;
  encoder: string;
}

export interface EvalResult {
  rows: number;
  labelNames: string[];
  labelRows: number[];
  /** At the thresholds chosen on each fold's validation rows, as the app does. */
  learned: SplitReport;
  /** At .5 for every label. */
  half: SplitReport;
  seconds: number;
  foldSeconds: number[];
  epochSeconds: number;
  backend: string;
  device: string;
  settings: TrainingConfig;
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
  };
  const device = await engine.device(config.backend);
  const dataset = await data.dataset();
  const labelCount = dataset.labelNames.length;
  const foldOf = kFold(dataset.labels, labelCount, dataset.groups, request.folds, config.seed);

  const started = performance.now();
  const runs: RunRecord[] = [];
  for (let fold = 0; fold < request.folds; fold++) {
    const split = splitOfFold(dataset, foldOf, fold, config);
    const copy = structuredClone(dataset);
    const name = `fold ${fold + 1}`;
    const run = await engine.train({ dataset: copy, config, name, split, persist: false }, () => undefined);
    console.log(
      `fold ${fold + 1} of ${request.folds}: best epoch ${run.bestEpoch}, ${run.seconds.toFixed(0)} s, micro-F1 ${run.test?.report.microF1.value.toFixed(3)}`,
    );
    runs.push(run);
  }
  const seconds = (performance.now() - started) / 1000;
  const epochs = runs.reduce((sum, run) => sum + run.epochs.length, 0);
  return {
    rows: dataset.rowNumbers.length,
    labelNames: dataset.labelNames,
    labelRows: runs[0].data.labelRows,
    learned: pooledReport(runs, (run) => run.thresholds),
    half: pooledReport(runs, (run) => run.thresholds.map(() => 0.5)),
    seconds,
    foldSeconds: runs.map((run) => run.seconds),
    epochSeconds: runs.reduce((sum, run) => sum + run.seconds, 0) / epochs,
    backend: device.backend,
    device: device.name,
    settings: config,
  };
}

/** The fold is the test side; of the other rows an eighth validates, as 80/10/10 would. */
function splitOfFold(dataset: Dataset, foldOf: Uint32Array, fold: number, config: TrainingConfig): Split {
  const labelCount = dataset.labelNames.length;
  const rest = Uint32Array.from(foldOf.keys()).filter((row) => foldOf[row] !== fold);
  const test = Uint32Array.from(foldOf.keys()).filter((row) => foldOf[row] === fold);
  const labels = new Uint8Array(rest.length * labelCount);
  for (const [i, row] of rest.entries())
    labels.set(dataset.labels.subarray(row * labelCount, (row + 1) * labelCount), i * labelCount);
  const groups = rest.map((row) => dataset.groups[row]);
  const { train, validation } = config.split;
  const share = validation / (train + validation);
  const inner = splitDataset(
    labels,
    labelCount,
    groups,
    { train: 1 - share, validation: share, test: 0 },
    config.seed + fold,
  );
  return { train: inner.train.map((i) => rest[i]), validation: inner.validation.map((i) => rest[i]), test };
}

/** Out-of-fold predictions of all folds in one report; each run's thresholds are applied to its own fold first. */
function pooledReport(runs: readonly RunRecord[], thresholdsOf: (run: RunRecord) => number[]): SplitReport {
  const rows = runs.flatMap((run) => {
    const thresholds = thresholdsOf(run);
    return (run.test?.rows ?? []).map((row) => ({
      actual: row.actual,
      predicted: row.probabilities.map((p, i) => (p >= thresholds[i] ? 1 : 0)),
    }));
  });
  const { labelNames } = runs[0].data;
  const actual = Uint8Array.from(rows.flatMap((row) => row.actual.map(Number)));
  const predicted = Float32Array.from(rows.flatMap((row) => row.predicted));
  return splitReport(
    actual,
    predicted,
    labelNames.map(() => 0.5),
    labelNames,
    { seed: 1 },
  );
}

Object.assign(window, { evaluate });
