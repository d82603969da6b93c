/**
 * The runs of this browser: records in IndexedDB, weights in the origin's private file system. Where the browser refuses storage
 * (private windows, blocked site data, a full disk), runs are kept in memory for this visit, so that a finished training is never
 * lost for want of space: it can still be used and downloaded.
 */
import { readModelFiles, writeModelZip } from '../formats/package.ts';
import type { ModelFiles } from '../recipes/encoder.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { RunRecord } from '../shared/training.ts';
import { openStorage, type Storage } from '../storage/storage.ts';

export class RunArchive {
  private readonly records = new Map<string, RunRecord>();
  private readonly deleted = new Map<string, RunRecord>();
  private readonly unsaved = new Map<string, ModelFiles>();
  private readonly storage: Storage | null;
  /** Why nothing is kept beyond this visit; null when it is. */
  readonly problem: RungError | null;

  private constructor(storage: Storage | null, problem: RungError | null) {
    this.storage = storage;
    this.problem = problem;
  }

  static async open(): Promise<RunArchive> {
    try {
      const storage = await openStorage();
      await storage.markInterrupted(await runsOfOpenPages());
      const archive = new RunArchive(storage, null);
      for (const record of (await storage.runs()).records) archive.records.set(record.id, record);
      return archive;
    } catch (thrown) {
      return new RunArchive(null, toRungError(thrown));
    }
  }

  /** Newest first. */
  list(): RunRecord[] {
    return [...this.records.values()].toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /** @throws RungError 'not-found' */
  get(id: string): RunRecord {
    const record = this.records.get(id);
    if (record) return record;
    throw new RungError('not-found', 'This run is not in this browser any more.', 'Choose another run.');
  }

  /** Keeps the record; a failure to store it is returned, not thrown. */
  async put(record: RunRecord): Promise<RungError | null> {
    this.records.set(record.id, record);
    return this.attempt(async (storage) => storage.saveRun(record));
  }

  /** Keeps the folder of a run. When it cannot be stored it stays in memory, and the reason is returned. */
  async putFiles(id: string, files: ModelFiles): Promise<RungError | null> {
    this.unsaved.set(id, files);
    const problem = await this.attempt(async (storage) => storage.saveWeights(id, await writeModelZip(files)));
    if (!problem && this.storage) this.unsaved.delete(id);
    return problem;
  }

  async files(id: string): Promise<ModelFiles> {
    const held = this.unsaved.get(id);
    if (held) return held;
    const bytes = this.storage && (await this.storage.readWeights(id));
    if (!bytes) {
      const message = `The weights of “${this.get(id).name}” are not in this browser.`;
      throw new RungError('not-found', message, 'The run ended before an epoch was complete, or site data was cleared.');
    }
    return readModelFiles([new File([bytes], `${id}.zip`)]);
  }

  /** Hides the run; `restore` brings it back until the page is left. */
  async delete(id: string): Promise<void> {
    this.deleted.set(id, this.get(id));
    this.records.delete(id);
    // The weights stay until the next visit removes what no record names: that is what makes undo possible.
    await this.attempt(async (storage) => storage.deleteRun(id));
  }

  async restore(id: string): Promise<void> {
    const record = this.deleted.get(id);
    if (!record) throw new RungError('not-found', 'This run cannot be brought back any more.');
    this.deleted.delete(id);
    await this.put(record);
  }

  private async attempt(work: (storage: Storage) => Promise<void>): Promise<RungError | null> {
    if (!this.storage) return this.problem;
    try {
      await work(this.storage);
      return null;
    } catch (thrown) {
      return toRungError(thrown);
    }
  }
}

const lockPrefix = 'rung-run-';

/** Held for as long as a run is live, so that another tab does not take it for one that was cut off. */
export async function holdingRunLock<T>(id: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(`${lockPrefix}${id}`, { mode: 'shared' }, work);
}

async function runsOfOpenPages(): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map((lock) => lock.name ?? '').filter((n) => n.startsWith(lockPrefix)).map((n) => n.slice(lockPrefix.length)));
}
