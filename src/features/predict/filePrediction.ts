/**
 * Predictions of a whole file, chunk by chunk: identical titles are computed once, what is done is kept when it is stopped or
 * fails, and it goes on from there. An external store for React (`subscribe`, `getSnapshot`).
 */
import { toRungError, type ErrorCode } from '../../shared/errors.ts';
import { isBlank, packStrings, type PackedStrings } from '../../shared/strings.ts';
import type { ModelInfo } from '../../shared/training.ts';
import type { PredictionTable } from '../../worker/protocol.ts';

/** Probabilities, titles x labels, of the model with this id. @throws RungError `busy` or `not-found` when it is not loaded (any more). */
export type Predict = (modelId: string, titles: PackedStrings) => Promise<Float32Array<ArrayBuffer>>;

export type WritePredictions = (table: PredictionTable, format: 'csv' | 'xlsx') => Promise<Blob>;

export interface FileProgress {
  /** Rows predicted, from the top. */
  done: number;
  total: number;
  /** Different titles among the rows done. */
  distinct: number;
  status: 'waiting' | 'running' | 'stopping' | 'done';
  secondsLeft: number | null;
  /** Time spent predicting. */
  seconds: number;
  error: { code: ErrorCode; message: string; hint: string } | null;
}

/** Different titles a call. */
const chunkTitles = 512;
/** Rows looked at a call, so that a file of one repeated title does not block the page either. */
const chunkRows = 8192;
const reportEvery = 100;

let made = 0;

export class FilePrediction {
  /** Tells one prediction from another on this page. */
  readonly id = ++made;
  #model: ModelInfo;
  readonly total: number;
  /** rows x labels; valid for the first `done` rows. All 0 where a cell has no title. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** Titles of the rows done. */
  readonly titles: string[] = [];
  readonly #packed: PackedStrings;
  /** Title -> first row that has it. */
  readonly #firstRow = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #progress: FileProgress;
  #reportedAt = 0;

  constructor(model: ModelInfo, titles: PackedStrings) {
    this.#model = model;
    this.#packed = titles;
    this.total = titles.offsets.length - 1;
    this.probabilities = new Float32Array(this.total * model.labelNames.length);
    this.#progress = {
      done: 0,
      total: this.total,
      distinct: 0,
      status: this.total === 0 ? 'done' : 'waiting',
      secondsLeft: null,
      seconds: 0,
      error: null,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): FileProgress => this.#progress;

  /** Another object once its thresholds are others. */
  get model(): ModelInfo {
    return this.#model;
  }

  /** Goes by these from now on: what was computed stays. */
  setThresholds(thresholds: number[]): void {
    this.#model = { ...this.#model, thresholds };
    this.#report({}, true);
  }

  /** Whether a row that is done carries a label. */
  holds(row: number, label: number): boolean {
    const { labelNames, thresholds } = this.#model;
    return !isBlank(this.titles[row]) && this.probabilities[row * labelNames.length + label] >= thresholds[label];
  }

  /** Predicts the rows not done yet; resolves when all are, or it was stopped or failed. Does nothing while it runs. */
  async start(predict: Predict): Promise<void> {
    if (this.#progress.status !== 'waiting') return;
    this.#report({ status: 'running', error: null, secondsLeft: null }, true);
    const doneBefore = this.#progress.done;
    const secondsBefore = this.#progress.seconds;
    const started = performance.now();
    try {
      while (this.getSnapshot().status === 'running' && this.#progress.done < this.total) {
        const done = await this.#predictChunk(predict, this.#progress.done);
        const seconds = (performance.now() - started) / 1000;
        const secondsLeft = (seconds / (done - doneBefore)) * (this.total - done);
        this.#report({ done, distinct: this.#firstRow.size, secondsLeft, seconds: secondsBefore + seconds }, false);
      }
      this.#report({ status: this.#progress.done === this.total ? 'done' : 'waiting', secondsLeft: null }, true);
    } catch (thrown) {
      const { code, message, hint } = toRungError(thrown);
      this.#report({ status: 'waiting', secondsLeft: null, error: { code, message, hint } }, true);
    }
  }

  /** Stops after the chunk that is on its way. */
  stop(): void {
    if (this.#progress.status === 'running') this.#report({ status: 'stopping' }, true);
  }

  /** The rows done, as a table of their own: its buffers may be transferred. */
  table(): PredictionTable {
    const { done } = this.#progress;
    const offsets = this.#packed.offsets.slice(0, done + 1);
    return {
      titles: { bytes: this.#packed.bytes.slice(0, offsets[done]), offsets },
      labelNames: [...this.model.labelNames],
      thresholds: [...this.model.thresholds],
      probabilities: this.probabilities.slice(0, done * this.model.labelNames.length),
    };
  }

  /** Predicts rows from `first` on and returns the first row not done. */
  async #predictChunk(predict: Predict, first: number): Promise<number> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const { bytes, offsets } = this.#packed;
    const titles: string[] = [];
    const fresh = new Map<string, number>();
    let end = first;
    while (end < this.total && fresh.size < chunkTitles && end - first < chunkRows) {
      const title = decoder.decode(bytes.subarray(offsets[end], offsets[end + 1]));
      titles.push(title);
      if (!isBlank(title) && !this.#firstRow.has(title) && !fresh.has(title)) fresh.set(title, end);
      end++;
    }
    const answers =
      fresh.size === 0 ? new Float32Array() : await predict(this.model.id, packStrings([...fresh.keys()]));

    const labels = this.model.labelNames.length;
    let answer = 0;
    for (const [title, row] of fresh) {
      this.probabilities.set(answers.subarray(answer * labels, ++answer * labels), row * labels);
      this.#firstRow.set(title, row);
    }
    titles.forEach((title, i) => {
      const source = this.#firstRow.get(title) ?? first + i;
      if (source !== first + i) {
        this.probabilities.copyWithin((first + i) * labels, source * labels, (source + 1) * labels);
      }
      this.titles.push(title);
    });
    // A chunk without a new title waits for nobody: give the page its turn.
    if (fresh.size === 0) await new Promise((resolve) => setTimeout(resolve));
    return end;
  }

  #report(change: Partial<FileProgress>, atOnce: boolean): void {
    this.#progress = { ...this.#progress, ...change };
    const now = performance.now();
    if (!atOnce && now - this.#reportedAt < reportEvery) return;
    this.#reportedAt = now;
    for (const listener of this.#listeners) listener();
  }
}
