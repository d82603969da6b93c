/**
 * Predictions of a file that is too large for a table: read, predicted and written piece by piece in a worker of its own, which ends with
 * it. An external store for React (`subscribe`, `getSnapshot`).
 */
import { toRungError } from '../../shared/errors.ts';
import type { StreamedTable, StreamProgress, StreamResult, StreamWorker } from '../../shared/streamedFile.ts';
import type { ModelInfo } from '../../shared/training.ts';
import type { Predict } from './filePrediction.ts';

export type ConnectStream = () => StreamWorker;

/** Files from here on, some 250,000 titles, are streamed: in a table in the page nobody would look at them row by row. */
const streamedFrom = 8_000_000;

/** Whether a file is read piece by piece. Workbooks never are: their rows lie compressed behind an index. */
export async function isStreamed(file: File): Promise<boolean> {
  if (file.size < streamedFrom) return false;
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  // "PK", a workbook, and the first bytes of old Office files, which are refused by name.
  return !(head[0] === 0x50 && head[1] === 0x4b) && !(head[0] === 0xd0 && head[1] === 0xcf);
}

export interface StreamState {
  status: 'waiting' | 'running' | 'stopping' | 'ended';
  progress: StreamProgress | null;
  /** What is written, when it has ended. */
  result: StreamResult | null;
  error: { message: string; hint: string } | null;
}

const untouched: StreamState = { status: 'waiting', progress: null, result: null, error: null };

export class StreamedPrediction {
  readonly model: ModelInfo;
  readonly file: File;
  readonly table: StreamedTable;
  readonly column: number;
  readonly #worker: StreamWorker;
  readonly #listeners = new Set<() => void>();
  #state = untouched;

  /** @throws RungError when the file is no table of text */
  static async open(
    model: ModelInfo,
    file: File,
    column: number | null,
    connect: ConnectStream,
  ): Promise<StreamedPrediction> {
    const worker = connect();
    try {
      const table = await worker.describe(file);
      return new StreamedPrediction(model, file, table, column ?? table.titleColumn, worker);
    } catch (thrown) {
      worker.end();
      throw thrown;
    }
  }

  private constructor(model: ModelInfo, file: File, table: StreamedTable, column: number, worker: StreamWorker) {
    this.model = model;
    this.file = file;
    this.table = table;
    this.column = column;
    this.#worker = worker;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): StreamState => this.#state;

  /** Name of the CSV. */
  get outputName(): string {
    return `${this.file.name.replace(/\.[a-z0-9]{1,5}$/i, '') || 'titles'} predictions.csv`;
  }

  /** Predicts the file from its beginning; does nothing while it runs. */
  async start(predict: Predict): Promise<void> {
    if (this.#state.status === 'running' || this.#state.status === 'stopping') return;
    this.#set({ ...untouched, status: 'running' });
    const { model, file, table, column, outputName } = this;
    const { labelNames, thresholds } = model;
    try {
      const result = await this.#worker.predict(
        { file, table, column, labelNames: [...labelNames], thresholds: [...thresholds], outputName },
        (titles) => predict(model.id, titles),
        (progress) => this.#set({ progress }),
      );
      const failed = result.ended !== null && result.ended.code !== 'aborted';
      this.#set({ status: 'ended', progress: result, result, error: failed ? result.ended : null });
    } catch (thrown) {
      const { message, hint } = toRungError(thrown);
      this.#set({ status: 'ended', error: { message, hint } });
    }
  }

  /** Stops after the rows that are on their way; what is done is kept. */
  stop(): void {
    if (this.#state.status !== 'running') return;
    this.#set({ status: 'stopping' });
    void this.#worker.stop();
  }

  /** Ends the worker; nothing of this can be used any more. */
  end(): void {
    this.#worker.end();
  }

  #set(change: Partial<StreamState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
