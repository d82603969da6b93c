/**
 * The runs of this browser: records in IndexedDB, weights in the origin's private file system. Where the browser refuses storage
 * (private windows, blocked site data, a full disk), runs are kept in memory for this visit, so that a finished training is never
 * lost for want of space: it can still be used and downloaded.
 */
import { readModelZip, writeModelZip, type ModelFiles } from '../formats/package.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { RunRecord } from '../shared/training.ts';
import { activeRunIds } from '../shared/runLocks.ts';
import { openStorage, type RunStorage } from '../storage/storage.ts';

export class RunArchive {
  private readonly records = new Map<string, RunRecord>();
  private readonly deleted = new Map<string, RunRecord>();
  private readonly unsaved = new Map<string, ModelFiles>();
  private readonly storage: RunStorage | null;
  /** Why nothing is kept beyond this visit; null when it is. */
  readonly problem: RungError | null;

  private constructor(storage: RunStorage | null, problem: RungError | null) {
    this.storage = storage;
    this.problem = problem;
  }

  static async open(): Promise<RunArchive> {
    try {
      const storage = await openStorage();
      const active = await activeRunIds();
      await storage.markInterrupted(active);
      await storage.removeOrphans(active);
      const archive = new RunArchive(storage, null);
      for (const record of await storage.runs()) archive.records.set(record.id, record);
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
    const problem = await this.attempt(async (storage) => storage.saveWeights(id, writeModelZip(files)));
    if (!problem && this.storage) this.unsaved.delete(id);
    return problem;
  }

  async files(id: string): Promise<ModelFiles> {
    const held = this.unsaved.get(id);
    if (held) return held;
    const { name } = this.get(id);
    if (!this.storage) {
      const message = `The weights of “${name}” were not kept.`;
      throw new RungError('not-found', message, 'The run ended before its first epoch was complete. Train again.');
    }
    return readModelZip(await this.storage.readWeights(id), `${name}.zip`);
  }

  /** Hides the run. `restore` brings it back until the next run is stored or the page is left: only then its weights go. */
  async delete(id: string): Promise<void> {
    this.deleted.set(id, this.get(id));
    this.records.delete(id);
    await this.attempt(async (storage) => storage.deleteRecord(id));
  }

  /** @throws RungError 'not-found' when it is too late. */
  async restore(id: string): Promise<void> {
    const record = this.deleted.get(id);
    if (!record) throw new RungError('not-found', 'This run cannot be brought back any more.');
    this.deleted.delete(id);
    await this.put(record);
  }

  /** Frees the space of deleted runs; they cannot be restored any more. */
  async forgetDeleted(): Promise<void> {
    for (const id of this.deleted.keys()) {
      this.unsaved.delete(id);
      await this.attempt(async (storage) => storage.deleteWeights(id));
    }
    this.deleted.clear();
  }

  private async attempt(work: (storage: RunStorage) => Promise<void>): Promise<RungError | null> {
    if (!this.storage) return this.problem;
    try {
      await work(this.storage);
      return null;
    } catch (thrown) {
      return toRungError(thrown);
    }
  }
}
