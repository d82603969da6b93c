/** One training from request to record: the recipe's events are told to the page and kept in this browser as they come. */
import { splitDataset } from '../data/split.ts';
import { finetune, type FinetuneEvent } from '../recipes/finetune.ts';
import { withHead } from '../recipes/encoder.ts';
import { packageFiles } from '../recipes/package.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import { withStep, type DeviceReport, type RunRecord, type TrainingEvent } from '../shared/training.ts';
import type { Encoders } from './encoders.ts';
import type { LiveTraining } from './live.ts';
import type { TrainingRequest } from './protocol.ts';
import type { RunArchive } from './runArchive.ts';

export interface TrainingSurroundings {
  encoders: Encoders;
  archive: RunArchive;
  device: DeviceReport;
  live: LiveTraining;
  onEvent: (event: TrainingEvent) => void;
}

/** @throws RungError; the record is then kept with status 'failed'. */
export async function runTraining(request: TrainingRequest, around: TrainingSurroundings): Promise<RunRecord> {
  const { dataset, config } = request;
  const { live, onEvent } = around;
  onEvent({ type: 'phase', message: 'Loading the encoder', fraction: null });
  const encoder = await around.encoders.load(config.encoder);
  const split =
    request.split ?? splitDataset(dataset.labels, dataset.labelNames.length, dataset.groups, config.split, config.seed);
  requireRows(split);
  const labelCount = dataset.labelNames.length;
  const { architecture, weights, unused } = withHead(encoder, labelCount, { ...config, keepHead: false });
  const run = newRecord(request, around, split, await encoderName(request, around.encoders));
  if (unused.length > 0) {
    onEvent({
      type: 'notice',
      message: `${unused.length} tensors of the checkpoint are not used: ${unused.slice(0, 3).join(', ')} …`,
    });
  }

  const keep = new Keeper(run, request.persist ? around.archive : null, onEvent);
  const packed = (trained: NamedArrays) => packageFiles(run, architecture, trained, encoder.files);
  await keep.record();
  onEvent({ type: 'started', plan: planOf(run, request, around.device) });
  try {
    const recipe = finetune({
      dataset,
      split,
      settings: config,
      architecture,
      weights,
      tokenizer: encoder.tokenizer,
      signal: live.signal,
      gate: live.gate,
    });
    let next = await recipe.next();
    while (!next.done) {
      const { value: event } = next;
      apply(run, event);
      if (event.type === 'epoch') {
        if (event.best) await keep.files(packed(event.best.weights));
        await keep.record();
      }
      // Told last: an epoch that the page shows is kept, even if the tab is closed at that moment.
      tell(event, onEvent);
      next = await recipe.next();
    }
    const { value: result } = next;
    Object.assign(run, {
      status: result.stopped ? 'stopped' : 'finished',
      finishedAt: Date.now(),
      bestEpoch: result.bestEpoch,
      thresholds: result.thresholds,
      chosenThresholds: result.thresholds,
      validation: result.validation,
      test: { report: result.report, rows: result.testRows },
    } satisfies Partial<RunRecord>);
    // The best epoch's weights were kept when it ended; thresholds and figures are in the record.
    if (result.bestEpoch === null) await keep.files(packed(result.weights));
    await keep.record();
    return run;
  } catch (thrown) {
    const error = toRungError(thrown);
    Object.assign(run, {
      status: 'failed',
      finishedAt: Date.now(),
      error: { code: error.code, message: error.message },
    } satisfies Partial<RunRecord>);
    await keep.record();
    throw error;
  }
}

/** Writes what happened into the record. */
function apply(run: RunRecord, event: FinetuneEvent): void {
  if (event.type === 'step') run.steps = withStep(run.steps, event.record);
  if (event.type !== 'epoch') return;
  const { record, best } = event;
  run.epochs = [...run.epochs, record];
  run.seconds = record.seconds;
  if (!best) return;
  // Should the training not get to its end, what is kept predicts as the best epoch did.
  const { thresholds, validation } = best;
  Object.assign(run, {
    bestEpoch: record.epoch,
    thresholds,
    chosenThresholds: thresholds,
    validation,
  } satisfies Partial<RunRecord>);
}

/** To the page, without the weights. */
function tell(event: FinetuneEvent, onEvent: (event: TrainingEvent) => void): void {
  if (event.type === 'epoch') onEvent({ type: 'epoch', record: event.record, best: event.best !== null });
  else onEvent(event);
}

class Keeper {
  private told = false;
  private readonly run: RunRecord;
  private readonly archive: RunArchive | null;
  private readonly onEvent: (event: TrainingEvent) => void;

  constructor(run: RunRecord, archive: RunArchive | null, onEvent: (event: TrainingEvent) => void) {
    this.run = run;
    this.archive = archive;
    this.onEvent = onEvent;
  }

  async record(): Promise<void> {
    if (this.archive) this.tell(await this.archive.put({ ...this.run }));
  }

  async files(files: Map<string, Uint8Array<ArrayBuffer>>): Promise<void> {
    this.run.weightBytes = files.get('model.safetensors')?.length ?? 0;
    if (this.archive) this.tell(await this.archive.putFiles(this.run.id, files));
  }

  /** Once a run: the training goes on, the model stays in memory. */
  private tell(problem: RungError | null): void {
    if (!problem || this.told) return;
    this.told = true;
    const message = `This run cannot be kept in the browser: ${problem.message} Download the model before you close this page.`;
    this.onEvent({ type: 'notice', message });
  }
}

function requireRows(split: Split): void {
  for (const [name, rows] of Object.entries(split)) {
    if (rows.length > 0) continue;
    const message = `Splitting the rows: the ${name} side is empty.`;
    throw new RungError('too-few-rows', message, 'Add rows, or give that side a larger share under “Adjust”.');
  }
}

async function encoderName(request: TrainingRequest, encoders: Encoders): Promise<string> {
  const { kind, id } = request.config.encoder;
  return (await encoders.list()).find((e) => e.source.kind === kind && e.source.id === id)?.name ?? id;
}

function planOf(run: RunRecord, request: TrainingRequest, device: DeviceReport) {
  const { totalSteps, ...rows } = run.plan;
  return {
    runId: run.id,
    labelNames: request.dataset.labelNames,
    ...rows,
    stepsPerEpoch: totalSteps / request.config.epochs,
    totalSteps,
    device,
  };
}

function newRecord(request: TrainingRequest, around: TrainingSurroundings, split: Split, encoder: string): RunRecord {
  const { dataset, config, name } = request;
  return {
    id: around.live.id,
    name,
    createdAt: Date.now(),
    finishedAt: null,
    status: 'running',
    error: null,
    config,
    encoderName: encoder,
    device: around.device,
    data: digestOf(dataset),
    plan: {
      trainRows: split.train.length,
      validationRows: split.validation.length,
      testRows: split.test.length,
      totalSteps: Math.ceil(split.train.length / config.batchSize) * config.epochs,
    },
    steps: [],
    epochs: [],
    bestEpoch: null,
    seconds: 0,
    thresholds: dataset.labelNames.map(() => 0.5),
    chosenThresholds: dataset.labelNames.map(() => 0.5),
    validation: null,
    test: null,
    weightBytes: 0,
  };
}

function digestOf(dataset: Dataset): RunRecord['data'] {
  const labelCount = dataset.labelNames.length;
  const labelRows = dataset.labelNames.map(() => 0);
  for (const [i, held] of dataset.labels.entries()) labelRows[i % labelCount] += held;
  const { name, fingerprint, labelNames, cleaning, rowNumbers } = dataset;
  return { name, fingerprint, rows: rowNumbers.length, labelNames, labelRows, cleaning };
}
