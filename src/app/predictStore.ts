/** The model that predicts: a run of this browser or a package that was dropped. */
import { create } from 'zustand';
import { toRungError } from '../shared/errors.ts';
import type { PackedStrings } from '../shared/strings.ts';
import type { ModelInfo } from '../shared/training.ts';
import { engineWorker } from './workers.ts';

interface PredictStore {
  model: ModelInfo | null;
  /** Models that came from dropped packages in this visit. */
  packages: ModelInfo[];
  loading: string | null;
  error: { message: string; hint: string } | null;
  select: (id: string) => Promise<void>;
  setLoading: (loading: string | null) => void;
  adopt: (model: ModelInfo) => void;
  /** Forgets the model when its run was deleted. */
  forget: (id: string) => void;
  /** The model goes by these when it is that of the run. */
  setThresholds: (id: string, thresholds: number[]) => void;
  predict: (modelId: string, titles: PackedStrings) => Promise<Float32Array<ArrayBuffer>>;
  fail: (thrown: unknown) => void;
  dismissError: () => void;
}

export const usePredictStore = create<PredictStore>((set, get) => ({
  model: null,
  packages: [],
  loading: null,
  error: null,
  select: async (id) => {
    set({ loading: 'Loading the model', error: null });
    try {
      set({ model: await engineWorker.loadRun(id) });
    } catch (thrown) {
      get().fail(thrown);
    } finally {
      set({ loading: null });
    }
  },
  setLoading: (loading) => set({ loading }),
  adopt: (model) => set((store) => ({ model, packages: [...store.packages, model], error: null })),
  forget: (id) => set((store) => (store.model?.id === id ? { model: null } : {})),
  setThresholds: (id, thresholds) =>
    set((store) => (store.model?.id === id ? { model: { ...store.model, thresholds } } : {})),
  predict: (modelId, titles) => engineWorker.predict(modelId, titles),
  fail: (thrown) => {
    const { message, hint } = toRungError(thrown);
    set({ error: { message, hint } });
  },
  dismissError: () => set({ error: null }),
}));
