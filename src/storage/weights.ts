/**
 * Weights as files, one a run: in the origin private file system (OPFS) where there is one, else as blobs in IndexedDB.
 *
 * A writable stream of OPFS works on a copy and replaces the file only when it is closed (WHATWG File System, section 2.5.4), so
 * a write that fails half-way, for want of room or because the tab was closed, leaves the old weights as they were.
 */
import { RungError } from '../shared/errors.ts';
import type { RungDatabase } from './database.ts';
import { storageError } from './failures.ts';

export interface WeightStore {
  /** @throws RungError `quota-exceeded` or `storage-unavailable`; what was there before stays. */
  write(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Not yet read into memory. @throws RungError `not-found` */
  read(id: string): Promise<Blob>;
  /** Nothing happens where there is none. */
  remove(id: string): Promise<void>;
  /** Ids with their sizes in bytes. */
  list(): Promise<Map<string, number>>;
}

// A piece that does not fit Chromium's data pipe fails, when room runs out, as often with a bare AbortError as with a quota error.
const pieceBytes = 512 * 1024;
const suffix = '.safetensors';

/** The best store that this browser has. */
export async function openWeightStore(folder: string, database: RungDatabase): Promise<WeightStore> {
  const directory = await openDirectory(folder);
  return directory === null ? databaseWeights(database) : fileWeights(directory);
}

/** Null where OPFS is missing or refused (Firefox's private windows), or cannot replace a file in one go (Safari before 26). */
async function openDirectory(folder: string): Promise<FileSystemDirectoryHandle | null> {
  try {
    if (!('createWritable' in FileSystemFileHandle.prototype)) return null;
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(folder, { create: true });
  } catch {
    return null;
  }
}

function missing(id: string): RungError {
  return new RungError(
    'not-found',
    `Reading the weights of run ${id}: there are none in this browser.`,
    'Train again, or drop the zip that was downloaded from this run.',
  );
}

/** Any id is a safe file name after encoding. */
function fileName(id: string): string {
  return `${encodeURIComponent(id)}${suffix}`;
}

/** Weights as files of a directory. */
export function fileWeights(directory: FileSystemDirectoryHandle): WeightStore {
  const find = async (id: string): Promise<FileSystemFileHandle | null> => {
    try {
      return await directory.getFileHandle(fileName(id));
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return null;
      throw thrown;
    }
  };

  const store: WeightStore = {
    async write(id, bytes) {
      const isNew = (await find(id)) === null;
      try {
        const handle = await directory.getFileHandle(fileName(id), { create: true });
        const stream = await handle.createWritable();
        try {
          for (let at = 0; at < bytes.length; at += pieceBytes) await stream.write(bytes.subarray(at, at + pieceBytes));
          await stream.close();
        } catch (thrown) {
          // The stream may already be closed by the failure; the first error is the one to tell.
          await stream.abort().catch(() => undefined);
          throw thrown;
        }
      } catch (thrown) {
        if (isNew) await store.remove(id);
        throw await storageError(thrown, `saving the weights of run ${id}`, bytes.byteLength);
      }
    },
    async read(id) {
      try {
        const handle = await find(id);
        if (handle === null) throw missing(id);
        return await handle.getFile();
      } catch (thrown) {
        throw await storageError(thrown, `reading the weights of run ${id}`, null);
      }
    },
    async remove(id) {
      try {
        await directory.removeEntry(fileName(id));
      } catch (thrown) {
        if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return;
        throw await storageError(thrown, `deleting the weights of run ${id}`, null);
      }
    },
    async list() {
      const sizes = new Map<string, number>();
      try {
        for await (const [name, handle] of directory.entries()) {
          if (!name.endsWith(suffix) || !(handle instanceof FileSystemFileHandle)) continue;
          sizes.set(decodeURIComponent(name.slice(0, -suffix.length)), (await handle.getFile()).size);
        }
        return sizes;
      } catch (thrown) {
        throw await storageError(thrown, 'listing stored weights', null);
      }
    },
  };
  return store;
}

/** Weights as blobs of the database. */
export function databaseWeights(database: RungDatabase): WeightStore {
  return {
    async write(id, bytes) {
      try {
        await database.put('weights', new Blob([bytes]), id);
      } catch (thrown) {
        throw await storageError(thrown, `saving the weights of run ${id}`, bytes.byteLength);
      }
    },
    async read(id) {
      try {
        const blob = await database.get('weights', id);
        if (blob === undefined) throw missing(id);
        return blob;
      } catch (thrown) {
        throw await storageError(thrown, `reading the weights of run ${id}`, null);
      }
    },
    async remove(id) {
      try {
        await database.delete('weights', id);
      } catch (thrown) {
        throw await storageError(thrown, `deleting the weights of run ${id}`, null);
      }
    },
    async list() {
      try {
        const sizes = new Map<string, number>();
        for (const id of await database.getAllKeys('weights')) {
          sizes.set(id, (await database.get('weights', id))?.size ?? 0);
        }
        return sizes;
      } catch (thrown) {
        throw await storageError(thrown, 'listing stored weights', null);
      }
    },
  };
}
