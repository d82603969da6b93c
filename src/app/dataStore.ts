/** The table that is open. What was there stays until a new one has been read to the end. */
import { create } from 'zustand';
import type { Dataset, DataSettings, DataSummary, RowPage, RowQuery } from '../shared/dataset.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { ImportOptions, ProgressListener } from '../worker/protocol.ts';
import { dataWorker, shippedUrl } from './workers.ts';

export type DataState =
  | { status: 'empty' }
  | { status: 'loading'; message: string; fraction: number | null; name: string; previous: DataSummary | null }
  | { status: 'ready'; summary: DataSummary };

interface DataStore {
  state: DataState;
  /** Reads what is open again: another sheet, encoding or separator, with or without a header. Null when nothing is open. */
  reopen: ((options: ImportOptions) => Promise<void>) | null;
  error: { message: string; hint: string } | null;
  configuring: boolean;
  dismissError: () => void;
  openFile: (file: File, options?: ImportOptions) => Promise<void>;
  openText: (text: string, options?: ImportOptions) => Promise<void>;
  openSample: () => Promise<void>;
  configure: (change: Partial<DataSettings>) => Promise<void>;
  /** Changes labels of the open table; what goes wrong is shown as an error. @returns false when it did */
  correct: (change: () => Promise<DataSummary>) => Promise<boolean>;
  fetchRows: (query: RowQuery, offset: number, limit: number) => Promise<RowPage>;
  /** With a recipe's own settings for this once. */
  dataset: (change: Partial<DataSettings>) => Promise<Dataset>;
}

export function summaryOf(state: DataState): DataSummary | null {
  if (state.status === 'ready') return state.summary;
  return state.status === 'loading' ? state.previous : null;
}

export const useDataStore = create<DataStore>((set, get) => {
  // Two files dropped one after the other: the later one wins, whatever finishes first.
  let openings = 0;

  async function open(name: string, read: (onProgress: ProgressListener) => Promise<DataSummary>): Promise<void> {
    const mine = ++openings;
    const previous = summaryOf(get().state);
    set({ state: { status: 'loading', message: 'Reading the file', fraction: null, name, previous }, error: null });
    try {
      const summary = await read((message, fraction) => {
        if (mine === openings) set({ state: { status: 'loading', message, fraction, name, previous } });
      });
      if (mine === openings) set({ state: { status: 'ready', summary } });
    } catch (thrown) {
      if (mine !== openings) return;
      const { message, hint } = toRungError(thrown);
      set({ state: previous ? { status: 'ready', summary: previous } : { status: 'empty' }, error: { message, hint } });
    }
  }

  return {
    state: { status: 'empty' },
    reopen: null,
    error: null,
    configuring: false,
    dismissError: () => set({ error: null }),
    openFile: (file, options = {}) =>
      open(file.name, async (onProgress) => {
        const summary = await dataWorker.open(file, options, onProgress);
        set({ reopen: (others) => get().openFile(file, others) });
        return summary;
      }),
    openText: (text, options = {}) =>
      open('pasted table', async (onProgress) => {
        const summary = await dataWorker.openText(text, options, onProgress);
        set({ reopen: (others) => get().openText(text, others) });
        return summary;
      }),
    openSample: () =>
      open('sample', async (onProgress) => {
        const response = await fetch(shippedUrl('sample/job-titles.csv'));
        if (!response.ok) {
          const message = `The sample that ships with Rung could not be read (HTTP ${response.status}).`;
          throw new RungError('not-found', message, 'Reload the page and try again.');
        }
        const file = new File([await response.blob()], 'Sample job titles.csv');
        const summary = await dataWorker.open(file, {}, onProgress);
        set({ reopen: (others) => get().openFile(file, others) });
        return summary;
      }),
    configure: async (change) => {
      set({ configuring: true });
      try {
        set({ state: { status: 'ready', summary: await dataWorker.configure(change) }, error: null });
      } catch (thrown) {
        const { message, hint } = toRungError(thrown);
        set({ error: { message, hint } });
      } finally {
        set({ configuring: false });
      }
    },
    correct: async (change) => {
      const mine = openings;
      try {
        const summary = await change();
        // Another table may have been opened meanwhile.
        if (mine === openings) set({ state: { status: 'ready', summary }, error: null });
        return true;
      } catch (thrown) {
        const { message, hint } = toRungError(thrown);
        set({ error: { message, hint } });
        return false;
      }
    },
    fetchRows: (query, offset, limit) => dataWorker.rows(query, offset, limit),
    dataset: (change) => dataWorker.dataset(change),
  };
});
