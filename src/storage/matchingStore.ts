/**
 * What matching keeps in this browser: encoders that were fine-tuned on a taxonomy, and embeddings of taxonomies that were computed
 * once. In a database and a folder of its own, so that sweeping up after deleted runs never touches it. Where the browser refuses
 * storage all of it lasts for this visit.
 */
import * as v from 'valibot';
import { RungError, toRungError } from '../shared/errors.ts';
import { questionGroups, scorings, type TunedEncoder } from '../shared/matching.ts';
import { openDatabase, type RungDatabase } from './database.ts';
import { openWeightStore, type WeightStore } from './weights.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const interval = v.object({ value: v.number(), low: v.number(), high: v.number() });

const tunedEncoder: v.GenericSchema<unknown, TunedEncoder> = v.object({
  id: v.string(),
  name: v.string(),
  createdAt: v.number(),
  encoderName: v.string(),
  taxonomyName: v.string(),
  config: v.object({
    epochs: count,
    batchEntries: count,
    titlesPerEntry: count,
    titlesPerEpoch: count,
    learningRate: v.number(),
    temperature: v.number(),
    maxTokens: count,
    seed: v.number(),
  }),
  epochsDone: count,
  seconds: v.number(),
  report: v.nullable(
    v.object({
      rows: v.array(
        v.object({
          scoring: v.picklist(scorings),
          when: v.picklist(['before', 'after']),
          group: v.picklist(questionGroups),
          questions: count,
          entries: count,
          figures: v.object({ top1: interval, top5: interval, precision: interval, recall: interval, f1: interval }),
        }),
      ),
      questions: v.picklist(['reported', 'alternates']),
      entries: count,
      trainTitles: count,
      leftOut: count,
      notes: v.array(v.string()),
    }),
  ),
});

const cachePrefix = 'embeddings ';
/** Sets of embeddings that are kept; the one that was not used for longest goes first. */
const mostCached = 12;
const cacheEntry = v.object({ usedAt: v.number() });

export class MatchingStore {
  private readonly database: RungDatabase | null;
  private readonly files: WeightStore | null;
  private readonly visit = {
    tuned: new Map<string, TunedEncoder>(),
    files: new Map<string, Uint8Array<ArrayBuffer>>(),
  };

  private constructor(database: RungDatabase | null, files: WeightStore | null) {
    this.database = database;
    this.files = files;
  }

  static async open(name = 'rung-matching'): Promise<MatchingStore> {
    try {
      const database = await openDatabase(name);
      return new MatchingStore(database, await openWeightStore(name, database));
    } catch {
      return new MatchingStore(null, null);
    }
  }

  /** Newest first; what cannot be read is left where it is. */
  async tuned(): Promise<TunedEncoder[]> {
    const found = [...this.visit.tuned.values()];
    for (const stored of (await this.database?.getAll('runs')) ?? []) {
      const { success, output } = v.safeParse(tunedEncoder, stored);
      if (success && !this.visit.tuned.has(output.id)) found.push(output);
    }
    return found.toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /**
   * Keeps an encoder with its zip, for this visit at least.
   * @returns why it could not be kept beyond it; null when it is.
   */
  async keep(encoder: TunedEncoder, zip: Uint8Array<ArrayBuffer>): Promise<RungError | null> {
    try {
      if (!this.database || !this.files) throw unavailable();
      await this.files.write(encoder.id, zip);
      await this.database.put('runs', encoder, encoder.id);
      return null;
    } catch (thrown) {
      this.visit.tuned.set(encoder.id, encoder);
      this.visit.files.set(encoder.id, zip);
      return toRungError(thrown);
    }
  }

  /** The zip of an encoder. @throws RungError `not-found` */
  async zip(id: string): Promise<Blob> {
    const held = this.visit.files.get(id);
    if (held) return new Blob([held]);
    if (this.files) return this.files.read(id);
    throw new RungError('not-found', 'This fine-tuned encoder is not here any more.', 'Fine-tune again.');
  }

  async remove(id: string): Promise<void> {
    this.visit.tuned.delete(id);
    this.visit.files.delete(id);
    await this.database?.delete('runs', id);
    await this.files?.remove(id);
  }

  /** Embeddings kept under this key; null where there are none. Any failure counts as none: they can be computed. */
  async embeddings(key: string): Promise<Blob | null> {
    try {
      if (!(await this.database?.get('runs', cachePrefix + key))) return null;
      const file = await this.files?.read(cachePrefix + key);
      if (file) await this.database?.put('runs', { usedAt: Date.now() }, cachePrefix + key);
      return file ?? null;
    } catch {
      return null;
    }
  }

  /** Keeps embeddings where there is room; nobody is told where there is none. */
  async keepEmbeddings(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { database, files } = this;
    if (!database || !files) return;
    try {
      const used: { id: string; usedAt: number }[] = [];
      for await (const { key: id, value } of database.transaction('runs').store) {
        const entry = v.safeParse(cacheEntry, value);
        if (id.startsWith(cachePrefix) && entry.success) used.push({ id, usedAt: entry.output.usedAt });
      }
      const oldestFirst = used.toSorted((a, b) => a.usedAt - b.usedAt);
      for (const { id } of oldestFirst.slice(0, Math.max(0, used.length - mostCached + 1))) {
        await database.delete('runs', id);
        await files.remove(id);
      }
      await files.write(cachePrefix + key, bytes);
      await database.put('runs', { usedAt: Date.now() }, cachePrefix + key);
    } catch {
      // They are computed anew next time.
    }
  }
}

function unavailable(): RungError {
  const hint = 'Download it before you leave this page.';
  return new RungError('storage-unavailable', 'This browser keeps nothing for this page.', hint);
}
