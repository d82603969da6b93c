/**
 * A file that grows on disk while it is written: in the origin private file system, where a worker writes without waiting and without
 * a copy; elsewhere as blobs, which browsers keep on disk when they are many.
 */
import { storageError } from '../storage/failures.ts';

export interface StreamOutput {
  /** @throws RungError `quota-exceeded` or `storage-unavailable`; what was written before stays whole. */
  write(text: string): Promise<void>;
  /** What was written. Call it once, at the end. */
  close(): Promise<File>;
}

/** Of workers only, so the page's types lack it (WHATWG File System, 2.6). */
interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

const folder = 'predictions';
const lockPrefix = 'rung-predictions-';
const type = 'text/csv;charset=utf-8';
/** Letters that are gathered before they are written. */
const pieceLetters = 1 << 18;

/** Opens a new file and deletes those of earlier predictions that no open tab holds. `name`: of the file it will be. */
export async function openOutput(name: string): Promise<StreamOutput> {
  const handle = await newFile().catch(() => null);
  return gathered(handle ? fileOutput(handle, name) : blobOutput(name));
}

async function newFile(): Promise<{ handle: FileSystemFileHandle; access: SyncAccessHandle } | null> {
  if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) return null;
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(folder, { create: true });
  await removeForgotten(directory);
  const name = `${crypto.randomUUID()}.csv`;
  // Held until this worker ends; then the file is nobody's.
  if ('locks' in navigator) void navigator.locks.request(lockPrefix + name, () => new Promise(() => undefined));
  const handle = (await directory.getFileHandle(name, { create: true })) as WorkerFileHandle;
  return { handle, access: await handle.createSyncAccessHandle() };
}

async function removeForgotten(directory: FileSystemDirectoryHandle): Promise<void> {
  if (!('locks' in navigator)) return;
  const { held = [] } = await navigator.locks.query();
  const owned = new Set(held.map(({ name }) => name));
  for await (const name of directory.keys()) {
    if (!owned.has(lockPrefix + name)) await directory.removeEntry(name).catch(() => undefined);
  }
}

function fileOutput(
  { handle, access }: { handle: FileSystemFileHandle; access: SyncAccessHandle },
  name: string,
): StreamOutput {
  const encoder = new TextEncoder();
  let size = 0;
  return {
    async write(text) {
      const bytes = encoder.encode(text);
      try {
        const written = access.write(bytes, { at: size });
        // A full disk may also be told by fewer bytes than were given.
        if (written < bytes.length) throw new DOMException('The file could not grow.', 'QuotaExceededError');
        size += bytes.length;
      } catch (thrown) {
        access.truncate(size);
        throw await storageError(thrown, 'writing the predictions', bytes.length);
      }
    },
    async close() {
      access.flush();
      access.close();
      const file = await handle.getFile();
      // The same bytes on disk under another name and type.
      return new File([file], name, { type });
    },
  };
}

function blobOutput(name: string): StreamOutput {
  const parts: Blob[] = [];
  return {
    async write(text) {
      parts.push(new Blob([text]));
    },
    close: async () => new File(parts, name, { type }),
  };
}

/** Writes larger pieces, each of whole calls. */
function gathered(output: StreamOutput): StreamOutput {
  let held = '';
  const flush = async (): Promise<void> => {
    const text = held;
    held = '';
    if (text !== '') await output.write(text);
  };
  return {
    async write(text) {
      held += text;
      if (held.length >= pieceLetters) await flush();
    },
    async close() {
      // What does not fit any more is left out: the rows before it are a whole table.
      await flush().catch(() => undefined);
      return output.close();
    },
  };
}
