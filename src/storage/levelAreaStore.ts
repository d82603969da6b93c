/**
 * What "Level and area" keeps in this browser: trained networks, and embeddings by encoder and titles. In a database and a folder of its
 * own, so that sweeping up after deleted runs never touches it. Where the browser refuses storage all of it lasts for this visit.
 */
import * as v from 'valibot';
import { RungError, toRungError } from '../shared/errors.ts';
import type { LevelAreaModel } from '../shared/levelArea.ts';
import { readLevelAreaModel } from '../shared/levelAreaSchema.ts';
import { openDatabase, type RungDatabase } from './database.ts';
import { openWeightStore, type WeightStore } from './weights.ts';

const cachePrefix = 'embeddings ';
/** Sets of embeddings that are kept; the one that was not used for longest goes first. */
const mostCached = 9;
const cacheEntry = v.object({ usedAt: v.number() });

export class LevelAreaStore {
  private readonly database: RungDatabase | null;
  private readonly files: WeightStore | null;
  private readonly visit = new Map<string, { model: LevelAreaModel; weights: Uint8Array<ArrayBuffer> }>();

  private constructor(database: RungDatabase | null, files: WeightStore | null) {
    this.database = database;
    this.files = files;
  }

  static async open(name = 'rung-level-area'): Promise<LevelAreaStore> {
    try {
      const database = await openDatabase(name);
      return new LevelAreaStore(database, await openWeightStore(name, database));
    } catch {
      return new LevelAreaStore(null, null);
    }
  }

  /** Newest first; what cannot be read is left where it is. */
  async models(): Promise<LevelAreaModel[]> {
    const found = Array.from(this.visit.values(), ({ model }) => model);
    for (const key of (await this.database?.getAllKeys('runs')) ?? []) {
      if (key.startsWith(cachePrefix) || this.visit.has(key)) continue;
      const read = readLevelAreaModel(await this.database?.get('runs', key));
      if ('model' in read) found.push(read.model);
    }
    return found.toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /** For this visit at least. @returns why it could not be kept beyond it; null when it is. */
  async keep(model: LevelAreaModel, weights: Uint8Array<ArrayBuffer>): Promise<RungError | null> {
    try {
      if (!this.database || !this.files) {
        const hint = 'Download the model before you leave this page.';
        throw new RungError('storage-unavailable', 'This browser keeps nothing for this page.', hint);
      }
      await this.files.write(model.id, weights);
      await this.database.put('runs', model, model.id);
      return null;
    } catch (thrown) {
      this.visit.set(model.id, { model, weights });
      return toRungError(thrown);
    }
  }

  /** @throws RungError `not-found` */
  async read(id: string): Promise<{ model: LevelAreaModel; weights: Blob }> {
    const held = this.visit.get(id);
    if (held) return { model: held.model, weights: new Blob([held.weights]) };
    const stored = readLevelAreaModel(await this.database?.get('runs', id));
    if ('model' in stored && this.files) return { model: stored.model, weights: await this.files.read(id) };
    throw new RungError('not-found', 'This model is not in this browser any more.', 'Train it again.');
  }

  async remove(id: string): Promise<void> {
    this.visit.delete(id);
    await this.database?.delete('runs', id);
    await this.files?.remove(id);
  }

  /** Embeddings kept under this key; null where there are none. Any failure counts as none: they can be computed. */
  async embeddings(key: string, length: number): Promise<Float32Array<ArrayBuffer> | null> {
    try {
      if (!(await this.database?.get('runs', cachePrefix + key))) return null;
      const file = await this.files?.read(cachePrefix + key);
      if (file?.size !== 4 * length) return null;
      await this.database?.put('runs', { usedAt: Date.now() }, cachePrefix + key);
      return new Float32Array(await file.arrayBuffer());
    } catch {
      return null;
    }
  }

  /** Keeps embeddings where there is room; nobody is told where there is none. */
  async keepEmbeddings(key: string, vectors: Float32Array<ArrayBuffer>): Promise<void> {
    const { database, files } = this;
    if (!database || !files) return;
    try {
      const used: { id: string; usedAt: number }[] = [];
      for (const id of await database.getAllKeys('runs')) {
        const entry = v.safeParse(cacheEntry, id.startsWith(cachePrefix) ? await database.get('runs', id) : null);
        if (entry.success) used.push({ id, usedAt: entry.output.usedAt });
      }
      const oldestFirst = used.toSorted((a, b) => a.usedAt - b.usedAt);
      for (const { id } of oldestFirst.slice(0, Math.max(0, used.length - mostCached + 1))) {
        await database.delete('runs', id);
        await files.remove(id);
      }
      await files.write(cachePrefix + key, new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
      await database.put('runs', { usedAt: Date.now() }, cachePrefix + key);
    } catch {
      // They are computed anew next time.
    }
  }
}
