/**
 * What the user has on the predict screen: the title being typed and the file that was opened. It lives outside the screen, so
 * that looking at another place neither stops a running prediction nor loses what it found.
 */
import { toRungError } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/training.ts';
import type { TitleFile } from '../../worker/protocol.ts';
import { FilePrediction } from './filePrediction.ts';
import { isStreamed, StreamedPrediction, type ConnectStream } from './streamedPrediction.ts';

export type ReadTitles = (source: File | string, titleColumn: number | null) => Promise<TitleFile>;

/** How files are read: small ones as a whole, large ones piece by piece. */
export interface TitleReaders {
  readTitles: ReadTitles;
  connectStream: ConnectStream;
}

export interface OpenTitles {
  source: File | string;
  info: TitleFile;
  prediction: FilePrediction;
}

export interface SessionState {
  text: string;
  file: OpenTitles | null;
  /** A file too large for a table, in its place. */
  streamed: StreamedPrediction | null;
  /** Name of what is being read. */
  reading: string | null;
  /** Why the last file was not opened; the one before stays. */
  error: { message: string; hint: string } | null;
}

export class PredictSession {
  #state: SessionState = { text: '', file: null, streamed: null, reading: null, error: null };
  readonly #listeners = new Set<() => void>();
  #reads = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): SessionState => this.#state;

  setText(text: string): void {
    this.#set({ text });
  }

  /** Reads titles for `model` to predict; of several calls only the last counts. A failure keeps the file before. */
  async open(
    source: File | string,
    titleColumn: number | null,
    model: ModelInfo,
    { readTitles, connectStream }: TitleReaders,
  ): Promise<void> {
    const read = ++this.#reads;
    this.#set({ reading: typeof source === 'string' ? 'the pasted list' : source.name, error: null });
    try {
      if (typeof source !== 'string' && (await isStreamed(source))) {
        const streamed = await StreamedPrediction.open(model, source, titleColumn, connectStream);
        if (read !== this.#reads) return streamed.end();
        this.#leave();
        this.#set({ file: null, streamed, reading: null });
        return;
      }
      const info = await readTitles(source, titleColumn);
      if (read !== this.#reads) return;
      this.#leave();
      const prediction = new FilePrediction(model, info.titles);
      this.#set({ file: { source, info, prediction }, streamed: null, reading: null });
    } catch (thrown) {
      if (read !== this.#reads) return;
      const { message, hint } = toRungError(thrown);
      this.#set({ reading: null, error: { message, hint } });
    }
  }

  /** Starts the open file over with another model. */
  predictWith(model: ModelInfo): void {
    const { file } = this.#state;
    if (!file) return;
    file.prediction.stop();
    this.#set({ file: { ...file, prediction: new FilePrediction(model, file.info.titles) } });
  }

  /** What is predicted by this model goes by its thresholds, which may have been moved. */
  keepUp({ id, thresholds }: ModelInfo): void {
    const prediction = this.#state.file?.prediction;
    if (prediction?.model.id === id && prediction.model.thresholds.join() !== thresholds.join())
      prediction.setThresholds(thresholds);
  }

  fail(message: string, hint: string): void {
    this.#set({ error: { message, hint } });
  }

  dismissError(): void {
    this.#set({ error: null });
  }

  close(): void {
    this.#reads++;
    this.#leave();
    this.#set({ file: null, streamed: null, reading: null, error: null });
  }

  /** Stops what is being predicted. */
  #leave(): void {
    this.#state.file?.prediction.stop();
    this.#state.streamed?.end();
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
