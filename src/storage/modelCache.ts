/**
 * Models that were fetched from the Hugging Face Hub, kept in the origin's private file system (OPFS): a folder for each with its
 * files and a manifest that says what they should be and which of them have been checked. A file grows as it is fetched and stays
 * as far as it came when the tab is closed. Only for workers: pages have no access that writes in place.
 */
import * as v from 'valibot';
import { RungError } from '../shared/errors.ts';
import { storageError } from './failures.ts';

const manifestFile = v.object({
  name: v.string(),
  size: v.number(),
  /** Of large files, from the Hub; null for small ones. */
  sha256: v.nullable(v.string()),
  /** Git's own name of a small file's content. */
  gitId: v.nullable(v.string()),
  /** Whole, and compared with its checksum. */
  checked: v.boolean(),
});

const manifestSchema = v.object({
  version: v.literal(1),
  /** "organisation/model" as the Hub writes it. */
  id: v.string(),
  /** Commit that the files are of. */
  revision: v.string(),
  licence: v.nullable(v.string()),
  files: v.array(manifestFile),
  /** What reading it gave, once it has been read: the list of encoders needs no file then. */
  encoder: v.nullable(
    v.object({
      description: v.string(),
      parameters: v.number(),
      report: v.object({ unused: v.array(v.string()), fresh: v.array(v.string()) }),
    }),
  ),
});

export type ManifestFile = v.InferOutput<typeof manifestFile>;
export type ModelManifest = v.InferOutput<typeof manifestSchema>;

const manifestName = 'manifest.json';

/** A file that grows at its end, for this tab alone until it is closed. */
export interface GrowingFile {
  size(): number;
  append(bytes: Uint8Array): void;
  /** Cuts the file off. */
  truncate(size: number): void;
  /** Bytes from `at` on, fewer at the end. */
  read(at: number, count: number): Uint8Array;
  close(): void;
}

/** TypeScript's DOM library lacks it: it is there in workers only. */
interface SyncAccessHandle {
  getSize(): number;
  read(buffer: Uint8Array, options: { at: number }): number;
  write(buffer: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export class ModelCache {
  private readonly directory: FileSystemDirectoryHandle;

  private constructor(directory: FileSystemDirectoryHandle) {
    this.directory = directory;
  }

  /** @throws RungError `storage-unavailable` where the browser keeps no files for pages (private windows, blocked site data). */
  static async open(name = 'rung-models'): Promise<ModelCache> {
    try {
      const root = await navigator.storage.getDirectory();
      return new ModelCache(await root.getDirectoryHandle(name, { create: true }));
    } catch (thrown) {
      throw new RungError(
        'storage-unavailable',
        `This browser keeps no files for this page (${thrown instanceof Error ? thrown.message : String(thrown)}), which a model from the Hub needs.`,
        'Leave the private window or allow site data; or download the model folder yourself and drop it here.',
        { cause: thrown },
      );
    }
  }

  /** Manifests of all models, whole or not. A folder whose manifest cannot be read is passed over; fetching it again mends it. */
  async list(): Promise<ModelManifest[]> {
    return attempt('listing the models from the Hub', async () => {
      const found: ModelManifest[] = [];
      for await (const [name, handle] of this.directory.entries()) {
        if (handle.kind !== 'directory') continue;
        const manifest = await this.manifest(decodeURIComponent(name));
        if (manifest) found.push(manifest);
      }
      return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  /** Null where there is none, or it cannot be read. */
  async manifest(id: string): Promise<ModelManifest | null> {
    const file = await this.file(id, manifestName);
    if (!file) return null;
    try {
      const manifest = v.parse(manifestSchema, JSON.parse(await file.text()));
      return manifest.id === id ? manifest : null;
    } catch {
      return null;
    }
  }

  /** Adds or replaces a manifest; files that it does not name are deleted. */
  async putManifest(manifest: ModelManifest): Promise<void> {
    const kept = new Set([manifestName, ...manifest.files.map(({ name }) => name)]);
    const folder = await this.folder(manifest.id, true);
    await attempt(`tidying the files of ${manifest.id}`, async () => {
      const names: string[] = [];
      for await (const name of folder?.keys() ?? []) names.push(name);
      for (const name of names) if (!kept.has(decodeURIComponent(name))) await folder?.removeEntry(name);
    });
    const handle = await this.grow(manifest.id, manifestName);
    try {
      handle.truncate(0);
      handle.append(new TextEncoder().encode(JSON.stringify(manifest)));
    } finally {
      handle.close();
    }
  }

  /** A file of a model, not read yet; null where there is none. */
  async file(id: string, name: string): Promise<File | null> {
    const folder = await this.folder(id, false);
    if (!folder) return null;
    return attempt(`reading ${name} of ${id}`, () =>
      unlessMissing(async () => (await folder.getFileHandle(encodeURIComponent(name))).getFile()),
    );
  }

  /** Bytes that are here of a model. */
  async held(manifest: ModelManifest): Promise<number> {
    let bytes = 0;
    for (const { name } of manifest.files) bytes += (await this.file(manifest.id, name))?.size ?? 0;
    return bytes;
  }

  /**
   * Opens a file to write at its end, making it first.
   * @throws RungError `busy` while another tab does the same.
   */
  async grow(id: string, name: string): Promise<GrowingFile> {
    const folder = await this.folder(id, true);
    const doing = `writing ${name} of ${id}`;
    let handle: SyncAccessHandle;
    try {
      const file = await folder?.getFileHandle(encodeURIComponent(name), { create: true });
      const open: unknown = file && Reflect.get(file, 'createSyncAccessHandle');
      if (typeof open !== 'function') throw new Error('this browser cannot write files in place');
      handle = (await Reflect.apply(open, file, [])) as SyncAccessHandle;
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === 'NoModificationAllowedError') {
        const message = `${id} is being fetched in another tab.`;
        throw new RungError('busy', message, 'Wait for it there, or close that tab.', { cause: thrown });
      }
      throw await storageError(thrown, doing, null);
    }
    return growingFile(handle);
  }

  /** Deletes a model and all its files; nothing happens where there is none. */
  async remove(id: string): Promise<void> {
    await attempt(`deleting ${id}`, () =>
      unlessMissing(() => this.directory.removeEntry(encodeURIComponent(id), { recursive: true })),
    );
  }

  private folder(id: string, create: boolean): Promise<FileSystemDirectoryHandle | null> {
    return attempt(`opening the folder of ${id}`, () =>
      unlessMissing(() => this.directory.getDirectoryHandle(encodeURIComponent(id), { create })),
    );
  }
}

function growingFile(handle: SyncAccessHandle): GrowingFile {
  // Nobody else writes to it; asking each time would be a call to another process for every piece.
  let length = handle.getSize();
  return {
    size: () => length,
    append(bytes) {
      const written = handle.write(bytes, { at: length });
      length += written;
      // A disk that is full may take a part and say nothing.
      if (written !== bytes.length) throw new DOMException('The file could not grow.', 'QuotaExceededError');
    },
    truncate(size) {
      handle.truncate(size);
      length = size;
    },
    read(at, count) {
      const bytes = new Uint8Array(Math.max(0, Math.min(count, length - at)));
      handle.read(bytes, { at });
      return bytes;
    },
    close() {
      handle.flush();
      handle.close();
    },
  };
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return null;
    throw thrown;
  }
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw await storageError(thrown, doing, null);
  }
}
