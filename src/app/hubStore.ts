/** Models of the Hugging Face Hub in this browser, and the one that is being fetched. */
import { create } from 'zustand';
import { toRungError } from '../shared/errors.ts';
import type { HubModel, HubProgress } from '../worker/protocol.ts';
import { useEngineStore } from './engineStore.ts';
import { engineWorker } from './workers.ts';

interface HubStore {
  models: HubModel[];
  fetching: { id: string; progress: HubProgress } | null;
  error: { message: string; hint: string } | null;
  /** Looks what is in this browser; asks nobody else. */
  refresh: () => Promise<void>;
  /** Fetches a model and makes it the encoder of the next training. */
  fetch: (id: string) => Promise<void>;
  stop: () => Promise<void>;
  remove: (id: string) => Promise<void>;
  dismissError: () => void;
}

const nothingYet: HubProgress = { message: 'Starting', received: 0, total: 0, bytesPerSecond: null, secondsLeft: null };

export const useHubStore = create<HubStore>((set, get) => {
  async function guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const { code, message, hint } = toRungError(thrown);
      // Who stopped it knows.
      if (code !== 'aborted') set({ error: { message, hint } });
    }
  }

  return {
    models: [],
    fetching: null,
    error: null,
    refresh: () => guarded(async () => set({ models: await engineWorker.hubModels() })),
    fetch: async (id) => {
      if (get().fetching) return;
      set({ fetching: { id, progress: nothingYet }, error: null });
      // Gigabytes that were waited for should not be the first to go when the disk is full; the browser may decline.
      void navigator.storage?.persist?.().catch(() => false);
      await guarded(async () => {
        const encoder = await engineWorker.fetchHubModel(id, (progress) => set({ fetching: { id, progress } }));
        await useEngineStore.getState().refreshEncoders();
        const { setEncoder, live } = useEngineStore.getState();
        if (!live) setEncoder(encoder.source);
      });
      set({ fetching: null });
      await get().refresh();
    },
    stop: () => guarded(() => engineWorker.stopFetching()),
    remove: async (id) => {
      set({ error: null });
      await guarded(async () => {
        await engineWorker.removeHubModel(id);
        const { config, setEncoder, refreshEncoders, defaultEncoder } = useEngineStore.getState();
        await refreshEncoders();
        if (config.encoder.kind === 'hub' && config.encoder.id === id) setEncoder(defaultEncoder);
      });
      await get().refresh();
    },
    dismissError: () => set({ error: null }),
  };
});
