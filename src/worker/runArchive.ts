/**
 * The runs of this browser: records in IndexedDB, weights in the origin's private file system. Where the browser refuses storage
 * (private windows, blocked site data, a full disk), runs are kept in memory for this visit, so that a finished training is never
 * lost for want of space: it can still be used and downloaded.
 */
import type { ModelFolder } from '../formats/checkpoint.ts';
import { readModelZip, writeModelZip, type ModelFiles } from '../formats/package.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { KeptTitles } from '../shared/explanation.ts';
import type { RunRecord } from '../shared/training.ts';
import { activeRunIds, holdRun } from '../shared/runLocks.ts';
import { listZip } from '../shared/zip.ts';
import { openStorage, type RunStorage } from '../storage/storage.ts';

/** What may change of a run once it is kept. */
type ChangedByUser = Pick<RunRecord, 'name' | 'thresholds' | 'test'>;

export class RunArchive {
  /** Records and folders that could not be stored. */
  private readonly unsavedRecords = new Map<string, RunRecord>();
  private readonly unsavedFiles = new Map<string, ModelFiles>();
  private readonly unsavedTitles = new Map<string, KeptTitles>();
  private readonly deleted = new Map<string, { record: RunRecord; release: () => void }>();
  private readonly storage: RunStorage | null;
  /** Why nothing is kept beyond this visit; null when it is. */
  private readonly problem: RungError | null;

  private constructor(storage: RunStorage | null, problem: RungError | null) {
    this.storage = storage;
    this.problem = problem;
  }

  /** @param onUnreadable told of each stored run that this version cannot read; it is left where it is. */
  static async open(onUnreadable: (id: string, reason: string) => void): Promise<RunArchive> {
    try {
      const storage = await openStorage({ onUnreadable });
      const active = await activeRunIds();
      await storage.markInterrupted(active);
      await storage.removeOrphans(active);
      return new RunArchive(storage, null);
    } catch (thrown) {
      return new RunArchive(null, toRungError(thrown));
    }
  }

  /** Newest first. Read anew each time: another tab may have trained, renamed or deleted. */
  async list(): Promise<RunRecord[]> {
    const stored = this.storage ? await this.storage.runs() : [];
    const records = new Map(stored.map((record) => [record.id, record]));
    for (const [id, record] of this.unsavedRecords) records.set(id, record);
    return [...records.values()].toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /** @throws RungError 'not-found' */
  async get(id: string): Promise<RunRecord> {
    const record = this.unsavedRecords.get(id) ?? (await this.storage?.run(id));
    if (record) return record;
    throw new RungError('not-found', 'This run is not in this browser any more.', 'Choose another run.');
  }

  /** Keeps the record; when it cannot be stored it stays in memory, and the reason is returned. */
  async put(record: RunRecord): Promise<RungError | null> {
    const problem = await this.attempt(async (storage) => storage.saveRun(record));
    if (problem) this.unsavedRecords.set(record.id, record);
    else this.unsavedRecords.delete(record.id);
    return problem;
  }

  /** Keeps the folder of a run. When it cannot be stored it stays in memory, and the reason is returned. */
  async putFiles(id: string, files: ModelFiles): Promise<RungError | null> {
    const problem = await this.attempt(async (storage) => storage.saveWeights(id, writeModelZip(files)));
    if (problem) this.unsavedFiles.set(id, files);
    else this.unsavedFiles.delete(id);
    return problem;
  }

  /** Keeps the titles that a run is trained on, in memory when they cannot be stored. */
  async putTitles(id: string, titles: KeptTitles): Promise<void> {
    const problem = await this.attempt(async (storage) => storage.saveTitles(id, titles));
    if (problem) this.unsavedTitles.set(id, titles);
  }

  /** Null for a run that keeps none. */
  async titles(id: string): Promise<KeptTitles | null> {
    return this.unsavedTitles.get(id) ?? (await this.storage?.titles(id)) ?? null;
  }

  /** The folder of a run, its weights not read yet. */
  async files(id: string): Promise<ModelFolder> {
    const held = this.unsavedFiles.get(id);
    if (held) return new Map(Array.from(held, ([name, bytes]) => [name, new Blob([bytes])]));
    const { name } = await this.get(id);
    if (!this.storage) {
      const message = `The weights of “${name}” were not kept.`;
      throw new RungError('not-found', message, 'The run ended before its first epoch was complete. Train again.');
    }
    return readModelZip(await this.storage.readWeights(id), `${name}.zip`);
  }

  /** One file of a run's folder, for what is no model in Hugging Face layout. */
  async file(id: string, fileName: string): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.unsavedFiles.get(id)?.get(fileName);
    if (held) return held;
    const { name } = await this.get(id);
    const entries = this.storage ? await listZip(await this.storage.readWeights(id), `${name}.zip`, 100) : [];
    const entry = entries.find(({ path }) => path === fileName);
    if (entry) return new Uint8Array(await (await entry.blob()).arrayBuffer());
    throw new RungError('not-found', `The model of “${name}” was not kept.`, 'Train again.');
  }

  /** @throws RungError 'busy' while it trains, in this tab or another, or why the change could not be stored. */
  async change(id: string, change: (record: RunRecord) => Partial<ChangedByUser>): Promise<void> {
    await requireIdle(id);
    const record = await this.get(id);
    const problem = await this.put({ ...record, ...change(record) });
    if (problem && problem !== this.problem) throw problem;
  }

  /**
   * Removes the run. `restore` brings it back until the next training starts or the page is left: only then its weights go.
   * @throws RungError 'busy' while it trains, in this tab or another.
   */
  async delete(id: string): Promise<void> {
    await requireIdle(id);
    const record = await this.get(id);
    // The lock keeps another tab from sweeping the weights up as long as they may come back.
    const release = await holdRun(id);
    const problem = await this.attempt(async (storage) => storage.deleteRecord(id));
    if (problem && problem !== this.problem) {
      release();
      throw problem;
    }
    this.unsavedRecords.delete(id);
    this.deleted.set(id, { record, release });
  }

  /** @throws RungError 'not-found' when it is too late, or why it could not be stored. */
  async restore(id: string): Promise<void> {
    const found = this.deleted.get(id);
    if (!found) {
      const hint = 'Deleted runs can be brought back until the next training starts.';
      throw new RungError('not-found', 'This run cannot be brought back any more.', hint);
    }
    const problem = await this.put(found.record);
    this.deleted.delete(id);
    found.release();
    if (problem && problem !== this.problem) throw problem;
  }

  /** Frees the space of deleted runs; they cannot be restored any more. */
  async forgetDeleted(): Promise<void> {
    for (const [id, { release }] of this.deleted) {
      this.unsavedFiles.delete(id);
      this.unsavedTitles.delete(id);
      await this.attempt(async (storage) => storage.deleteWeights(id));
      release();
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

async function requireIdle(id: string): Promise<void> {
  if (!(await activeRunIds()).includes(id)) return;
  throw new RungError('busy', 'This run is being trained, here or in another tab.', 'Wait until it ends, or stop it.');
}
