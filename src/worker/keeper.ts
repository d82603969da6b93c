/** What every kind of run has in common: how its record begins, how it is kept while it grows, how it ends when it fails. */
import { keepTitles } from '../explain/keptTitles.ts';
import type { ModelFiles } from '../formats/package.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { PlannedRows, RunRecord, TrainingEvent } from '../shared/training.ts';
import type { TrainingRequest } from './protocol.ts';
import type { RunArchive } from './runArchive.ts';

/** Keeps a run as it grows: the record after each step worth keeping, the model where there is one. */
export class Keeper {
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

  /** @param isWeights whether a file of that name counts to the size of the model */
  async files(files: ModelFiles, isWeights: (name: string) => boolean): Promise<void> {
    const sizes = Array.from(files, ([name, { length }]) => (isWeights(name) ? length : 0));
    this.run.weightBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
    if (this.archive) this.tell(await this.archive.putFiles(this.run.id, files));
  }

  /** The titles at `rows`, which it is trained on. Where they find no room, only explanations go without: nobody is told. */
  async titles(dataset: Dataset, rows: Uint32Array): Promise<void> {
    await this.archive?.putTitles(this.run.id, keepTitles(dataset, rows));
  }

  /** Once a run: the training goes on, the model stays in memory. */
  private tell(problem: RungError | null): void {
    if (!problem || this.told) return;
    this.told = true;
    const message = `This run cannot be kept in the browser: ${problem.message} Download the model before you close this page.`;
    this.onEvent({ type: 'notice', message });
  }
}

/** The fields of a new record that do not depend on its kind. */
export function newRecord(request: TrainingRequest, id: string) {
  const { dataset, name, recipe, version } = request;
  return {
    id,
    name,
    createdAt: Date.now(),
    finishedAt: null,
    status: 'running' as const,
    error: null,
    recipe,
    version,
    data: digestOf(dataset),
    seconds: 0,
    thresholds: dataset.labelNames.map(() => 0.5),
    chosenThresholds: dataset.labelNames.map(() => 0.5),
    validation: null,
    test: null,
    weightBytes: 0,
  };
}

export function plannedRows(split: Split): PlannedRows {
  return { trainRows: split.train.length, validationRows: split.validation.length, testRows: split.test.length };
}

/** Notes in the record why it failed. */
export async function fail(run: RunRecord, keep: Keeper, thrown: unknown): Promise<RungError> {
  const error = toRungError(thrown);
  run.status = 'failed';
  run.finishedAt = Date.now();
  run.error = { code: error.code, message: error.message };
  await keep.record();
  return error;
}

/** @throws RungError `too-few-rows` when a side is empty. */
export function requireRows(split: Split): void {
  for (const [name, rows] of Object.entries(split)) {
    if (rows.length > 0) continue;
    const message = `Splitting the rows: the ${name} side is empty.`;
    throw new RungError('too-few-rows', message, 'Add rows, or give that side a larger share under “Adjust”.');
  }
}

function digestOf(dataset: Dataset): RunRecord['data'] {
  const labelCount = dataset.labelNames.length;
  const labelRows = dataset.labelNames.map(() => 0);
  for (const [i, held] of dataset.labels.entries()) labelRows[i % labelCount] += held;
  const { name, fingerprint, labelNames, cleaning, unlabelled, rowNumbers } = dataset;
  const corrected = dataset.corrected && { corrected: Array.from(dataset.corrected) };
  return { name, fingerprint, rows: rowNumbers.length, labelNames, labelRows, cleaning, unlabelled, ...corrected };
}
