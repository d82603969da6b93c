/**
 * Corrected labels in this browser, by the table they belong to. A database of their own: the data worker writes them, and they need not
 * wait for the runs' database to be brought up to date in another tab.
 */
import { openDB, type DBSchema } from 'idb';
import * as v from 'valibot';
import type { CorrectionHistory } from '../shared/corrections.ts';
import { storageError } from './failures.ts';

interface Schema extends DBSchema {
  /** Not typed as histories: what is read has yet to be checked. */
  corrections: { key: string; value: unknown };
}

/** Every method throws RungError `storage-unavailable` or `quota-exceeded` when the browser's storage fails. */
export interface CorrectionStore {
  /** Null where there are none, or they cannot be read. */
  load(key: string): Promise<CorrectionHistory | null>;
  /** Without a step in it, the entry goes. */
  save(key: string, history: CorrectionHistory): Promise<void>;
  close(): void;
}

const step = v.array(
  v.object({
    row: v.pipe(v.number(), v.integer(), v.minValue(1)),
    title: v.string(),
    before: v.array(v.string()),
    after: v.array(v.string()),
    why: v.string(),
    when: v.number(),
  }),
);
const stored: v.GenericSchema<unknown, CorrectionHistory> = v.object({ done: v.array(step), undone: v.array(step) });

/** @throws RungError `storage-unavailable` where the browser keeps nothing (private window, site data blocked) */
export async function openCorrectionStore(name = 'rung-corrections'): Promise<CorrectionStore> {
  const database = await attempt('opening the corrected labels', () =>
    openDB<Schema>(name, 1, {
      upgrade(opened) {
        opened.createObjectStore('corrections');
      },
    }),
  );
  return {
    async load(key) {
      const result = v.safeParse(
        stored,
        await attempt('reading corrected labels', () => database.get('corrections', key)),
      );
      return result.success ? result.output : null;
    },
    async save(key, history) {
      await attempt('keeping corrected labels', async () => {
        if (history.done.length + history.undone.length === 0) await database.delete('corrections', key);
        else await database.put('corrections', history, key);
      });
    },
    close: () => database.close(),
  };
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw await storageError(thrown, doing, null);
  }
}
