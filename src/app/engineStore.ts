/** Training: device, settings, the run that is live, and the runs that are kept in this browser. */
import { create } from 'zustand';
import { packStrings } from '../shared/strings.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { LiveRun } from '../shared/live.ts';
import {
  defaultTrainingConfig,
  type Backend,
  type DeviceReport,
  type EncoderInfo,
  type Estimate,
  type RunRecord,
  type TrainingConfig,
} from '../shared/training.ts';
import type { Dataset } from '../shared/dataset.ts';
import type { DroppedModel, ProgressListener } from '../worker/protocol.ts';
import { liveAfter } from './liveRun.ts';
import { engineWorker } from './workers.ts';

interface EngineStore {
  device: DeviceReport | null;
  encoders: EncoderInfo[];
  config: TrainingConfig;
  runName: string;
  measured: Estimate | null;
  live: LiveRun | null;
  runs: RunRecord[];
  lastDeleted: { id: string; name: string } | null;
  compareIds: string[];
  error: { message: string; hint: string } | null;

  start: () => Promise<void>;
  setConfig: (config: TrainingConfig) => void;
  resetConfig: () => void;
  setRunName: (name: string) => void;
  /** Times a few steps on the titles for the estimate; quietly nothing while a training runs. */
  measure: (titles: string[]) => Promise<void>;
  /** Resolves with the finished run and what the user should still know of it; null when it failed (`error` then says why). */
  train: (dataset: Dataset) => Promise<{ run: RunRecord; notices: string[] } | null>;
  pause: () => Promise<void>;
  resume: () => Promise<void>;
  stop: () => Promise<void>;
  renameRun: (id: string, name: string) => Promise<void>;
  deleteRun: (id: string) => Promise<void>;
  undoDelete: () => Promise<void>;
  setCompare: (ids: string[]) => void;
  openPackage: (files: File[], onProgress: ProgressListener) => Promise<DroppedModel>;
  fail: (thrown: unknown) => void;
  dismissError: () => void;
}

const defaultConfig: TrainingConfig = { ...defaultTrainingConfig, encoder: { kind: 'shipped', id: 'rung-mini' } };

/** `?backend=webgpu` or `?backend=wasm` in the address forces one: for tests, and to find out what is wrong with a driver. */
function forcedBackend(): Backend | null {
  const asked = new URLSearchParams(location.search).get('backend');
  return asked === 'webgpu' || asked === 'wasm' ? asked : null;
}

function nextRunName(runs: readonly RunRecord[]): string {
  const taken = new Set(runs.map((run) => run.name));
  let number = runs.length + 1;
  while (taken.has(`Run ${number}`)) number++;
  return `Run ${number}`;
}

export const useEngineStore = create<EngineStore>((set, get) => {
  /** Shows what went wrong; nothing else changes. */
  async function guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const { message, hint } = toRungError(thrown);
      set({ error: { message, hint } });
    }
  }

  async function refreshRuns(): Promise<void> {
    const runs = await engineWorker.runs();
    set((store) => ({ runs, runName: store.live ? store.runName : nextRunName(runs) }));
  }

  return {
    device: null,
    encoders: [],
    config: { ...defaultConfig, backend: forcedBackend() },
    runName: 'Run 1',
    measured: null,
    live: null,
    runs: [],
    lastDeleted: null,
    compareIds: [],
    error: null,

    start: () =>
      guarded(async () => {
        const [device, encoders] = await Promise.all([
          engineWorker.device(get().config.backend),
          engineWorker.encoders(),
        ]);
        set({ device, encoders });
        await refreshRuns();
      }),
    setConfig: (config) => {
      const backendChanged = config.backend !== get().config.backend;
      set({ config });
      if (backendChanged && !get().live) {
        void guarded(async () => set({ device: await engineWorker.device(config.backend), measured: null }));
      }
    },
    resetConfig: () => set((store) => ({ config: { ...defaultConfig, backend: store.config.backend } })),
    setRunName: (runName) => set({ runName }),
    measure: (titles) =>
      guarded(async () => {
        if (get().live) return;
        const measured = await engineWorker.measure(get().config, packStrings(titles));
        if (measured) set({ measured });
      }),
    train: async (dataset) => {
      const { config, runName } = get();
      const name = runName.trim() || nextRunName(get().runs);
      set({
        error: null,
        live: {
          name,
          status: 'preparing',
          message: 'Preparing',
          fraction: null,
          plan: null,
          steps: [],
          epochs: [],
          bestEpoch: null,
          notices: [],
        },
      });
      const notices: string[] = [];
      try {
        const run = await engineWorker.train({ dataset, config, name, persist: true }, (event) => {
          if (event.type === 'notice') notices.push(event.message);
          set((store) => ({ live: store.live && liveAfter(store.live, event) }));
        });
        return { run, notices };
      } catch (thrown) {
        const { message, hint } = toRungError(thrown);
        set({ error: { message, hint } });
        return null;
      } finally {
        set({ live: null });
        await guarded(refreshRuns);
      }
    },
    pause: () => guarded(() => engineWorker.pause()),
    resume: () => guarded(() => engineWorker.resume()),
    stop: () =>
      guarded(async () => {
        set((store) => ({ live: store.live && { ...store.live, status: 'stopping' } }));
        await engineWorker.stop();
      }),
    renameRun: (id, name) =>
      guarded(async () => {
        if (!name.trim()) throw new RungError('not-found', 'A run needs a name.', 'Type at least one character.');
        await engineWorker.renameRun(id, name.trim());
        await refreshRuns();
      }),
    deleteRun: (id) =>
      guarded(async () => {
        const name = get().runs.find((run) => run.id === id)?.name ?? 'Run';
        await engineWorker.deleteRun(id);
        set((store) => ({ lastDeleted: { id, name }, compareIds: store.compareIds.filter((other) => other !== id) }));
        await refreshRuns();
      }),
    undoDelete: () =>
      guarded(async () => {
        const deleted = get().lastDeleted;
        if (!deleted) return;
        await engineWorker.restoreRun(deleted.id);
        set({ lastDeleted: null });
        await refreshRuns();
      }),
    setCompare: (compareIds) => set({ compareIds }),
    openPackage: async (files, onProgress) => {
      const dropped = await engineWorker.openPackage(files, onProgress);
      set({ encoders: await engineWorker.encoders() });
      return dropped;
    },
    fail: (thrown) => {
      const { message, hint } = toRungError(thrown);
      set({ error: { message, hint } });
    },
    dismissError: () => set({ error: null }),
  };
});
