/** The one IndexedDB database: run records, and weights where the browser has no file system of its own. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { RungError } from '../shared/errors.ts';
import { activeRunIds } from '../shared/runLocks.ts';
import { storageError } from './failures.ts';

interface RungSchema extends DBSchema {
  /** Not typed as RunRecord: what is read has yet to be checked. */
  runs: { key: string; value: unknown };
  weights: { key: string; value: Blob };
  /** Titles that a run was trained on. Since version 2. */
  titles: { key: string; value: unknown };
}

export type RungDatabase = IDBPDatabase<RungSchema>;

/**
 * Opens the database, making it on the first visit.
 * @throws RungError `storage-unavailable` where the browser refuses (private window, site data blocked)
 */
export async function openDatabase(name: string): Promise<RungDatabase> {
  try {
    return await openOrSayBlocked(name);
  } catch (thrown) {
    throw await storageError(thrown, 'opening the list of runs', null);
  }
}

async function openOrSayBlocked(name: string): Promise<RungDatabase> {
  return new Promise((resolve, reject) => {
    openDB<RungSchema>(name, 2, {
      upgrade(database, oldVersion) {
        if (oldVersion < 1) {
          database.createObjectStore('runs');
          database.createObjectStore('weights');
        }
        database.createObjectStore('titles');
      },
      blocking(_current, _wanted, event) {
        const { target } = event;
        if (target instanceof IDBDatabase) void makeWay(target);
      },
      blocked() {
        reject(
          new RungError(
            'storage-unavailable',
            'Opening the list of runs: another tab with an older version of this page is training.',
            'Wait until that training ends, or close the other tab, then reload this page.',
          ),
        );
      },
    }).then(resolve, reject);
  });
}

/** A newer version of the page in another tab needs this tab's connection closed; a running training comes first. */
async function makeWay(database: IDBDatabase): Promise<void> {
  if ((await activeRunIds()).length === 0) database.close();
}
