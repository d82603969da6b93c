/** Checking labels: the search for doubtful rows, and the corrections of the open table. */
import { create } from 'zustand';
import type { Correction } from '../shared/corrections.ts';
import type { DataSummary } from '../shared/dataset.ts';
import { toRungError } from '../shared/errors.ts';
import type { LabelNoiseReport, OutOfFold, SimilarTitle } from '../shared/labelNoise.ts';
import type { RunRecord } from '../shared/training.ts';
import { connectLabelNoise, type LabelNoiseClient } from '../worker/client.ts';
import { summaryOf, useDataStore } from './dataStore.ts';
import { dataWorker, tellFailure } from './workers.ts';

export interface DoneCheck {
  report: LabelNoiseReport;
  /** Of the run whose answers were taken; null: the quick check. */
  runName: string | null;
  /** What was decided from then on is off the list; milliseconds since 1970. */
  since: number;
  /** The table that it is about; see `tableKey`. */
  table: string;
}

export type Checking = { message: string; fraction: number | null };

interface ReviewStore {
  checking: Checking | null;
  done: DoneCheck | null;
  error: { message: string; hint: string } | null;
  /** All corrections of the open table that count, oldest first. */
  log: Correction[];
  /** The quick check, or a cross-validated run's answers. */
  find: (run: RunRecord | null) => Promise<void>;
  stop: () => void;
  nearest: (position: number) => Promise<SimilarTitle[]>;
  refreshLog: (open: DataSummary | null) => Promise<void>;
  fail: (thrown: unknown) => void;
  dismissError: () => void;
}

/** Tells one table, read in one way, from another. */
export function tableKey({ source, settings, rowCount }: DataSummary): string {
  return JSON.stringify([source.name, source.bytes, source.sheet, rowCount, settings.roles]);
}

function answersOf({ data, test }: RunRecord): OutOfFold | null {
  if (!test) return null;
  return {
    labelNames: data.labelNames,
    rows: Uint32Array.from(test.rows, ({ row }) => row),
    titles: test.rows.map(({ title }) => title),
    probabilities: Float32Array.from(test.rows.flatMap(({ probabilities }) => probabilities)),
  };
}

export const useReviewStore = create<ReviewStore>((set, get) => {
  let worker: LabelNoiseClient | null = null;

  function end(): void {
    worker?.end();
    worker = null;
  }

  return {
    checking: null,
    done: null,
    error: null,
    log: [],
    find: async (run) => {
      const summary = summaryOf(useDataStore.getState().state);
      if (!summary) return;
      end();
      const mine = connectLabelNoise(tellFailure);
      worker = mine;
      set({ checking: { message: 'Preparing the rows', fraction: null }, done: null, error: null });
      try {
        const dataset = await useDataStore.getState().dataset({});
        const since = Date.now();
        const report = await mine.find({ dataset, run: run && answersOf(run) }, (message, fraction) => {
          if (worker === mine && get().checking) set({ checking: { message, fraction } });
        });
        if (worker !== mine) return;
        set({ checking: null, done: { report, runName: run?.name ?? null, since, table: tableKey(summary) } });
      } catch (thrown) {
        if (worker !== mine) return;
        end();
        const { message, hint } = toRungError(thrown);
        set({ checking: null, error: { message, hint } });
      }
    },
    stop: () => {
      end();
      set({ checking: null });
    },
    nearest: async (position) => worker?.nearest(position) ?? [],
    refreshLog: async (open) => {
      set({ log: open && open.settings.roles.labels ? await dataWorker.corrections() : [] });
    },
    fail: (thrown) => {
      const { message, hint } = toRungError(thrown);
      set({ error: { message, hint } });
    },
    dismissError: () => set({ error: null }),
  };
});
