/**
 * What the user has on the predict screen: the title being typed and the file that was opened. It lives outside the screen, so
 * that looking at another place neither stops a running prediction nor loses what it found.
 */
import { toRungError } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/training.ts';
import type { TitleFile } from '../../worker/protocol.ts';
import { FilePrediction } from './filePrediction.ts';

export type ReadTitles = (source: File | string, titleColumn: number | null) => Promise<TitleFile>;

export interface OpenTitles {
  source: File | string;
  info: TitleFile;
  prediction: FilePrediction;
}

export interface SessionState {
  text: string;
  file: OpenTitles | null;
  /** Name of what is being read. */
  reading: string | null;
  /** Why the last file was not opened; the one before stays. */
  error: { message: string; hint: string } | null;
}

export class PredictSession {
  #state: SessionState = { text: '', file: null, reading: null, error: null };
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
    readTitles: ReadTitles,
  ): Promise<void> {
    const read = ++this.#reads;
    this.#set({ reading: typeof source === 'string' ? 'the pasted list' : source.name, error: null });
    try {
      const info = await readTitles(source, titleColumn);
      if (read !== this.#reads) return;
      this.#state.file?.prediction.stop();
      this.#set({ file: { source, info, prediction: new FilePrediction(model, info.titles) }, reading: null });
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

  fail(message: string, hint: string): void {
    this.#set({ error: { message, hint } });
  }

  dismissError(): void {
    this.#set({ error: null });
  }

  close(): void {
    this.#reads++;
    this.#state.file?.prediction.stop();
    this.#set({ file: null, reading: null, error: null });
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
