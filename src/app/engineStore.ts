/** Training: device, settings, the run that is live, and the runs that are kept in this browser. */
import { create } from 'zustand';
import { version } from '../../package.json';
import { defaultClassicalConfig } from '../shared/classical.ts';
import { packStrings } from '../shared/strings.ts';
import { usualRates, withEncoder } from '../shared/encoderChoice.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { LiveRun } from '../shared/live.ts';
import {
  rungConfig,
  shippedEncoder,
  type Backend,
  type DeviceReport,
  type EncoderInfo,
  type EncoderSource,
  type Estimate,
  type RecipeId,
  type RunRecord,
  type TrainingConfig,
} from '../shared/training.ts';
import { crossValidationOf, type RecipeInfo } from '../shared/recipe.ts';
import type { Dataset } from '../shared/dataset.ts';
import type { DroppedModel, ProgressListener } from '../worker/protocol.ts';
import { planOfRun, repeatText, requireSameData, type Plan } from './again.ts';
import { freshTraining, liveAfter } from './liveRun.ts';
import { chooseRecipe, chosenRecipe, defaultsOf, methodOfChoice, type RecipeChoice } from './recipeChoice.ts';
import { engineWorker } from './workers.ts';

/** How a training ended, and what the user should still know of it. */
interface TrainingEnd {
  run: RunRecord;
  notices: string[];
}

interface EngineStore extends RecipeChoice {
  device: DeviceReport | null;
  encoders: EncoderInfo[];
  /** Empty until the worker has told them; the default recipe works without. */
  recipes: RecipeInfo[];
  runName: string;
  /** What was measured on this device, and for which settings and table. */
  measured: { key: string; estimate: Estimate } | null;
  live: LiveRun | null;
  runs: RunRecord[];
  lastDeleted: { id: string; name: string } | null;
  compareIds: string[];
  error: { message: string; hint: string } | null;

  start: () => Promise<void>;
  setConfig: (config: TrainingConfig) => void;
  /** The encoder of the next training; a learning rate that was the usual one goes with it. */
  setEncoder: (encoder: EncoderSource) => void;
  setRecipe: (id: RecipeId) => void;
  setChoice: (change: Partial<Pick<RecipeChoice, 'classical' | 'foldPlan' | 'prepare'>>) => void;
  /** The settings of the chosen recipe as they are at first. */
  resetConfig: () => void;
  setRunName: (name: string) => void;
  /** Times a few steps on the titles for the estimate; nothing changes when a training or another measurement takes over. */
  measure: (key: string, titles: string[]) => Promise<void>;
  /** Resolves with the finished run and what the user should still know of it; null when it failed (`error` then says why). */
  train: (load: () => Promise<Dataset>) => Promise<TrainingEnd | null>;
  /** The same for a kept run's settings, on the rows it saw; `load` prepares them. A notice says whether the answers are the same. */
  again: (run: RunRecord, load: () => Promise<Dataset>) => Promise<TrainingEnd | null>;
  pause: () => Promise<void>;
  resume: () => Promise<void>;
  stop: () => Promise<void>;
  renameRun: (id: string, name: string) => Promise<void>;
  /** Resolves when they are kept; false when they could not be (`error` then says why). */
  setThresholds: (id: string, thresholds: number[]) => Promise<boolean>;
  deleteRun: (id: string) => Promise<void>;
  undoDelete: () => Promise<void>;
  setCompare: (ids: string[]) => void;
  openPackage: (files: File[], onProgress: ProgressListener) => Promise<DroppedModel>;
  refreshEncoders: () => Promise<void>;
  /** The one that ships with the app. */
  defaultEncoder: EncoderSource;
  fail: (thrown: unknown) => void;
  dismissError: () => void;
}

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

/** The live run before its first event. */
export function beginning({ name, method, crossValidation }: Plan): LiveRun {
  return {
    name,
    method: method.kind,
    crossValidation: crossValidation && { ...crossValidation, current: null, done: [] },
    search: null,
    status: 'preparing',
    message: 'Preparing',
    fraction: null,
    secondsLeft: null,
    plan: null,
    ...freshTraining,
    notices: [],
  };
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
    const { runs, unreadable } = await engineWorker.runs();
    set((store) => ({ runs, runName: store.live ? store.runName : nextRunName(runs) }));
    if (unreadable.length > 0) {
      const message = `${unreadable.length} stored runs cannot be read by this version of Rung: ${unreadable.join('; ')}.`;
      set({ error: { message, hint: 'They were left as they are; another version may read them.' } });
    }
  }

  /** Trains what a plan says on the rows that `load` brings. */
  async function start(plan: Plan, load: () => Promise<Dataset>): Promise<TrainingEnd | null> {
    if (get().live) return null;
    set({
      error: null,
      // Their space is freed when a training starts.
      lastDeleted: null,
      live: beginning(plan),
    });
    const notices: string[] = [];
    try {
      const dataset = await load();
      const run = await engineWorker.train({ ...plan, dataset, version, persist: true }, (event) => {
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
  }

  return {
    device: null,
    encoders: [],
    recipes: [],
    recipe: 'rung',
    prepare: true,
    config: { ...rungConfig, backend: forcedBackend() },
    classical: defaultClassicalConfig,
    foldPlan: null,
    runName: 'Run 1',
    measured: null,
    live: null,
    runs: [],
    lastDeleted: null,
    compareIds: [],
    error: null,

    start: async () => {
      // One after the other fails alone: without a device, kept runs can still be looked at and downloaded.
      await guarded(refreshRuns);
      await guarded(async () => set({ recipes: await engineWorker.recipes() }));
      await get().refreshEncoders();
      await guarded(async () => set({ device: await engineWorker.device(get().config.backend) }));
    },
    setConfig: (config) => {
      const backendChanged = config.backend !== get().config.backend;
      set({ config });
      if (backendChanged && !get().live) {
        void guarded(async () => set({ device: await engineWorker.device(config.backend), measured: null }));
      }
    },
    setEncoder: (encoder) => {
      const rates = chosenRecipe(get())?.learningRates ?? usualRates;
      get().setConfig(withEncoder(get().config, encoder, rates));
    },
    setRecipe: (id) => {
      const recipe = get().recipes.find((known) => known.id === id);
      if (recipe) set(chooseRecipe(recipe, get()));
    },
    setChoice: (change) => set(change),
    resetConfig: () => {
      if (get().recipe === 'classical') set({ classical: defaultClassicalConfig });
      else get().setConfig({ ...defaultsOf(chosenRecipe(get()), shippedEncoder), backend: forcedBackend() });
    },
    setRunName: (runName) => set({ runName }),
    measure: (key, titles) =>
      guarded(async () => {
        if (get().live) return;
        const estimate = await engineWorker.measure(get().config, packStrings(titles));
        if (estimate) set({ measured: { key, estimate } });
      }),
    train: (load) => {
      const { recipe, foldPlan, runName, runs } = get();
      const method = methodOfChoice(get());
      const crossValidation = crossValidationOf(foldPlan, method.config.seed);
      return start({ name: runName.trim() || nextRunName(runs), recipe, method, crossValidation }, load);
    },
    again: async (run, load) => {
      const done = await start(
        planOfRun(
          run,
          get().runs.map(({ name }) => name),
        ),
        async () => {
          const dataset = await load();
          requireSameData(run, dataset);
          return dataset;
        },
      );
      if (!done) return null;
      const repeated = repeatText(run, done.run);
      return { ...done, notices: repeated === null ? done.notices : [...done.notices, repeated] };
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
        if (!name.trim()) throw new RungError('name-missing', 'A run needs a name.', 'Type at least one character.');
        await engineWorker.renameRun(id, name.trim());
        await refreshRuns();
      }),
    setThresholds: async (id, thresholds) => {
      let kept = false;
      await guarded(async () => {
        await engineWorker.setThresholds(id, thresholds);
        kept = true;
        await refreshRuns();
      });
      return kept;
    },
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
      if (dropped.run) await guarded(refreshRuns);
      await get().refreshEncoders();
      return dropped;
    },
    refreshEncoders: () => guarded(async () => set({ encoders: await engineWorker.encoders() })),
    defaultEncoder: shippedEncoder,
    fail: (thrown) => {
      const { message, hint } = toRungError(thrown);
      set({ error: { message, hint } });
    },
    dismissError: () => set({ error: null }),
  };
});
