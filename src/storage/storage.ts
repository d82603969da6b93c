/** What is kept in this browser between visits: runs and their weights. Works in a page and in a worker. */
import { RungError } from '../shared/errors.ts';
import type { KeptTitles } from '../shared/explanation.ts';
import type { RunRecord } from '../shared/training.ts';
import { activeRunIds } from '../shared/runLocks.ts';
import { openDatabase, type RungDatabase } from './database.ts';
import { storageError } from './failures.ts';
import { checkRunRecord } from './runSchema.ts';
import { readTitles } from './titlesSchema.ts';
import { openWeightStore, type WeightStore } from './weights.ts';

export interface StorageOptions {
  /** Database and folder name; tests use their own. */
  name?: string;
  /** Called for each stored record that cannot be read; it is left where it is and out of the list. */
  onUnreadable?: (id: string, reason: string) => void;
}

/** Runs with their weights. Every method throws RungError `storage-unavailable` when the browser's storage fails. */
export interface RunStorage {
  /** Adds or replaces a record. @throws RungError `quota-exceeded` */
  saveRun(record: RunRecord): Promise<void>;
  /** Newest first; unreadable records left out. */
  runs(): Promise<RunRecord[]>;
  /** Null where there is none, or it cannot be read. */
  run(id: string): Promise<RunRecord | null>;
  /** Adds or replaces the titles that a run was trained on. @throws RungError `quota-exceeded` */
  saveTitles(id: string, titles: KeptTitles): Promise<void>;
  /** Null where none are kept (runs of earlier versions), or they cannot be read. */
  titles(id: string): Promise<KeptTitles | null>;
  /** Only the record, so that it can be brought back: weights and titles go with `deleteWeights`, `removeOrphans`, or for want of room. */
  deleteRecord(id: string): Promise<void>;
  /**
   * Replaces the weights in one go: after a failure the old ones are still there. Where there is no room, weights of deleted runs
   * make way first.
   * @throws RungError `quota-exceeded`
   */
  saveWeights(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The file itself, not yet read: weights are too large to be held whole. @throws RungError `not-found` */
  readWeights(id: string): Promise<Blob>;
  /** With the run's titles. */
  deleteWeights(id: string): Promise<void>;
  /**
   * Runs left "running" by a tab that was closed become "interrupted", but for those in `activeIds` (see `activeRunIds`).
   * @returns the records that changed
   */
  markInterrupted(activeIds: Iterable<string>): Promise<RunRecord[]>;
  /**
   * Deletes weights and titles that no record names, but for those in `keptIds`, whose record may not be written yet.
   * @returns bytes freed
   */
  removeOrphans(keptIds: Iterable<string>): Promise<number>;
  close(): void;
}

/** @throws RungError `storage-unavailable` where the browser keeps nothing (private window, site data blocked) */
export async function openStorage({ name = 'rung', onUnreadable }: StorageOptions = {}): Promise<RunStorage> {
  const database = await openDatabase(name);
  return createRunStorage(database, await openWeightStore(name, database), onUnreadable);
}

/** The storage over an open database and a store of weights. */
export function createRunStorage(
  database: RungDatabase,
  weights: WeightStore,
  onUnreadable: StorageOptions['onUnreadable'],
): RunStorage {
  const read = (id: string, stored: unknown): RunRecord | null => {
    const checked = checkRunRecord(stored);
    if ('record' in checked) return checked.record;
    onUnreadable?.(id, checked.reason);
    return null;
  };

  const storage: RunStorage = {
    async saveRun(record) {
      const checked = checkRunRecord(record);
      if ('reason' in checked) {
        throw new RungError(
          'internal',
          `Saving run ${record.id}: the record is not as it should be (${checked.reason}).`,
        );
      }
      await attempt(`saving run "${record.name}"`, () => database.put('runs', record, record.id));
    },
    async runs() {
      const records: RunRecord[] = [];
      await attempt('reading the list of runs', async () => {
        for await (const { key, value } of database.transaction('runs').store) {
          const record = read(key, value);
          if (record !== null) records.push(record);
        }
      });
      return records.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
    },
    async run(id) {
      const stored = await attempt(`reading run ${id}`, () => database.get('runs', id));
      return stored === undefined ? null : read(id, stored);
    },
    async saveTitles(id, titles) {
      await attempt(`saving the titles of run ${id}`, () => database.put('titles', titles, id));
    },
    titles: async (id) =>
      readTitles(await attempt(`reading the titles of run ${id}`, () => database.get('titles', id))),
    deleteRecord: (id) => attempt(`deleting run ${id}`, () => database.delete('runs', id)),
    async saveWeights(id, bytes) {
      try {
        await weights.write(id, bytes);
      } catch (thrown) {
        const full = thrown instanceof RungError && thrown.code === 'quota-exceeded';
        if (!full || (await storage.removeOrphans([id, ...(await activeRunIds())])) === 0) throw thrown;
        await weights.write(id, bytes);
      }
    },
    readWeights: (id) => weights.read(id),
    async deleteWeights(id) {
      await attempt(`deleting the titles of run ${id}`, () => database.delete('titles', id));
      await weights.remove(id);
    },
    async markInterrupted(activeIds) {
      const active = new Set(activeIds);
      const changed: RunRecord[] = [];
      for (const record of await storage.runs()) {
        if (record.status !== 'running' || active.has(record.id)) continue;
        const interrupted: RunRecord = { ...record, status: 'interrupted' };
        await storage.saveRun(interrupted);
        changed.push(interrupted);
      }
      return changed;
    },
    async removeOrphans(keptIds) {
      const kept = new Set(keptIds);
      // Keys, not records: weights of a record that cannot be read stay.
      for (const id of await attempt('reading the list of runs', () => database.getAllKeys('runs'))) kept.add(id);
      let freed = 0;
      for (const [id, bytes] of await weights.list()) {
        if (kept.has(id)) continue;
        await weights.remove(id);
        freed += bytes;
      }
      await attempt('deleting titles of deleted runs', async () => {
        for (const id of await database.getAllKeys('titles')) if (!kept.has(id)) await database.delete('titles', id);
      });
      return freed;
    },
    close: () => database.close(),
  };
  return storage;
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw await storageError(thrown, doing, null);
  }
}
