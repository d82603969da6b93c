/** The map of the open table: what it is made of, how far it is, and where the points lie by now. */
import { create } from 'zustand';
import type { MapAnswers, MapData } from '../features/map/mapData.ts';
import type { Dataset } from '../shared/dataset.ts';
import { toRungError } from '../shared/errors.ts';
import { packStrings, unpackStrings } from '../shared/strings.ts';
import type { RunRecord } from '../shared/training.ts';
import { connectMap, type MapClient } from '../worker/client.ts';
import { summaryOf, useDataStore } from './dataStore.ts';
import { tableKey } from './reviewStore.ts';
import { engineWorker, tellFailure } from './workers.ts';

interface MapStore {
  working: { message: string; fraction: number | null } | null;
  /** Without predicted labels: those go by the run's thresholds, which can be moved; see `predictedFlags`. */
  map: MapData | null;
  answers: (MapAnswers & { run: RunRecord }) | null;
  made: { from: string; rows: number; of: number } | null;
  /** The table that it is of; see `tableKey`. */
  table: string | null;
  error: { message: string; hint: string } | null;
  /** Of a run's embeddings, or of words. */
  draw: (run: RunRecord | null) => Promise<void>;
  /** What is there of the map stays. */
  stop: () => void;
  fail: (thrown: unknown) => void;
  dismissError: () => void;
}

/** More cannot be laid out in a minute, nor told apart; see `recipes/titleMap.ts`. */
const mostPoints = 20_000;
/** Titles a call: so soon a stop is heard. */
const chunkTitles = 256;

/** All rows, or as many as can be drawn, evenly spread. */
function rowsToDraw({ rowNumbers }: Dataset): Uint32Array {
  const count = Math.min(rowNumbers.length, mostPoints);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rowNumbers.length) / count));
}

export const useMapStore = create<MapStore>((set, get) => {
  let turn = 0;
  let worker: MapClient | null = null;

  function end(): void {
    turn++;
    worker?.end();
    worker = null;
  }

  /** What the run's model makes of the titles; null when it was stopped. */
  async function embed(run: RunRecord, titles: string[], mine: number) {
    let vectors: Float32Array<ArrayBuffer> | null = null;
    let dim = 0;
    const labels = run.data.labelNames.length;
    const probabilities = new Float32Array(titles.length * labels);
    for (let from = 0; from < titles.length; from += chunkTitles) {
      set({ working: { message: 'Reading titles', fraction: from / titles.length } });
      const part = await engineWorker.titleEmbeddings(run.id, packStrings(titles.slice(from, from + chunkTitles)));
      if (turn !== mine) return null;
      ({ dim } = part);
      vectors ??= new Float32Array(titles.length * dim);
      vectors.set(part.vectors, from * dim);
      probabilities.set(part.probabilities, from * labels);
    }
    return vectors && { vectors, dim, probabilities };
  }

  async function make(run: RunRecord | null, mine: number): Promise<void> {
    const summary = summaryOf(useDataStore.getState().state);
    if (!summary) return;
    const dataset = await useDataStore.getState().dataset({});
    const drawn = rowsToDraw(dataset);
    const labelNames = summary.labels.map(({ name }) => name);
    const all = unpackStrings(dataset.titles);
    const titles = Array.from(drawn, (row) => all[row]);
    const labels = labelsOf(dataset, drawn, labelNames);
    const rows = drawn.map((row) => dataset.rowNumbers[row]);
    const embedded = run && (await embed(run, titles, mine));
    if (turn !== mine) return;
    const from = run ? `what “${run.name}” has learnt` : 'words and pieces of words';
    const data = { rows, titles, labelNames, labels, predicted: null };
    const answers = run && embedded && { run, labelNames: run.data.labelNames, probabilities: embedded.probabilities };
    set({ made: { from, rows: drawn.length, of: all.length }, table: tableKey(summary), answers });
    const client = connectMap(tellFailure);
    worker = client;
    const embeddings = embedded && { vectors: embedded.vectors, dim: embedded.dim };
    const positions = await client.layOut({ titles: packStrings(titles), embeddings, seed: 42 }, (progress) => {
      if (turn !== mine) return;
      const { message, fraction } = progress;
      set({
        working: { message, fraction },
        ...(progress.positions && { map: { ...data, positions: progress.positions } }),
      });
    });
    if (turn !== mine) return;
    end();
    set({ working: null, map: { ...data, positions } });
  }

  return {
    working: null,
    map: null,
    answers: null,
    made: null,
    table: null,
    error: null,
    draw: async (run) => {
      end();
      const mine = turn;
      set({
        working: { message: 'Preparing the titles', fraction: null },
        map: null,
        answers: null,
        made: null,
        error: null,
      });
      try {
        await make(run, mine);
      } catch (thrown) {
        if (turn !== mine) return;
        end();
        set({ working: null });
        get().fail(thrown);
      }
    },
    stop: () => {
      end();
      set({ working: null });
    },
    fail: (thrown) => {
      const { message, hint } = toRungError(thrown);
      set({ error: { message, hint } });
    },
    dismissError: () => set({ error: null }),
  };
});

/** Labels of the rows drawn, by their place in the table's list: a label has the colour that it has everywhere. */
function labelsOf(dataset: Dataset, drawn: Uint32Array, labelNames: readonly string[]): Uint8Array {
  const columns = dataset.labelNames.map((name) => labelNames.indexOf(name));
  const labels = new Uint8Array(drawn.length * labelNames.length);
  for (const [point, row] of drawn.entries()) {
    for (const [label, column] of columns.entries())
      labels[point * labelNames.length + column] = dataset.labels[row * columns.length + label];
  }
  return labels;
}
