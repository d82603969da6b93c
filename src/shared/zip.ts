/**
 * Zip archives read through zip.js: only its core with the browser's own DecompressionStream, so neither workers nor WebAssembly nor
 * anything that a content security policy forbids. Entries are unpacked one at a time; each may give no more than its directory states.
 */
import {
  BlobReader,
  BlobWriter,
  ERR_CENTRAL_DIRECTORY_NOT_FOUND,
  ERR_ENCRYPTED_CENTRAL_DIRECTORY,
  ERR_ENTRY_DATA_OUT_OF_BOUNDS,
  ERR_EOCDR_NOT_FOUND,
  ERR_INVALID_CRC32,
  ERR_INVALID_UNCOMPRESSED_SIZE,
  ERR_LOCAL_FILE_HEADER_NOT_FOUND,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  type Entry,
  type FileEntry,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import { RungError } from './errors.ts';

export interface ZipEntry {
  /** Path with forward slashes. It may lead anywhere: check it before it names a file. */
  path: string;
  /** Bytes when unpacked, as the directory states; `read` gives exactly as many or throws. */
  size: number;
  /** Byte of its header. */
  offset: number;
  /**
   * Unpacks the entry and compares its size and checksum.
   * @throws RungError `file-encrypted`, `file-unsupported` for a method other than stored and deflate, `out-of-memory`, `file-corrupt`.
   */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The content as a Blob, for what is too large to hold: of a stored entry it is a part of the archive, passed over once to compare
   * the checksum (`'believed'`: not even that), and copied nowhere. Throws as `read` does.
   */
  blob(checksum?: 'compared' | 'believed'): Promise<Blob>;
}

/** Deflate packs at most 1,032 to 1: a larger claim is a lie, and believing it would reserve memory for nothing. */
const maxRatio = 1032;
const stored = 0;
const deflated = 8;
const localHeaderBytes = 30;
const localHeaderSignature = 0x04034b50;

const reading = {
  useWebWorkers: false,
  checkCrc32: true,
  // Paths are the caller's to judge, and local headers repeat the directory, which alone is believed.
  filenameValidation: 'tolerant',
  checkLocalDirectory: false,
} as const;

/** Whether the bytes begin as a zip does (an empty one included). */
export function looksLikeZip(head: Uint8Array): boolean {
  const [p, k, a, b] = head;
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));
}

/**
 * Lists the files of an archive, folders left out. Of a Blob only the parts that are needed are read.
 * @param name names the archive in messages
 * @throws RungError `file-corrupt`, `file-encrypted` for an encrypted directory, `file-too-large` for more than `maxEntries`.
 */
export async function listZip(zip: Blob | Uint8Array, name: string, maxEntries: number): Promise<ZipEntry[]> {
  const reader = zip instanceof Uint8Array ? new Uint8ArrayReader(zip) : new BlobReader(zip);
  const archive = new ZipReader(reader, reading);
  const entries: ZipEntry[] = [];
  let count = 0;
  const onprogress = async (_: number, total: number): Promise<void> => {
    count = total;
  };
  try {
    for await (const entry of archive.getEntriesGenerator({ onprogress })) {
      if (count > maxEntries) throw tooManyEntries(name, count, maxEntries);
      if (!entry.directory) entries.push(zipEntry(entry, zip, name));
    }
  } catch (thrown) {
    throw thrown instanceof RungError ? thrown : directoryError(thrown, name, reader.size);
  }
  return entries;
}

function tooManyEntries(name: string, count: number, most: number): RungError {
  return new RungError(
    'file-too-large',
    `Reading ${name}: it holds ${count} files, at most ${most} are expected.`,
    'Drop a zip of what is needed alone.',
  );
}

function zipEntry(entry: FileEntry, zip: Blob | Uint8Array, name: string): ZipEntry {
  return {
    path: entry.filename.replaceAll('\\', '/'),
    size: entry.uncompressedSize,
    offset: entry.offset,
    read: async () => {
      const writer = new Uint8ArrayWriter();
      await unpack(entry, name, writer);
      return writer.getData();
    },
    blob: async (checksum = 'compared') => {
      const isPart = entry.compressionMethod === stored && zip instanceof Blob;
      if (!isPart) {
        const writer = new BlobWriter();
        await unpack(entry, name, writer);
        return writer.getData();
      }
      if (checksum === 'compared') await unpack(entry, name, new WritableStream());
      else checkReadable(entry, name);
      return storedPart(entry, zip, name);
    },
  };
}

/** Where the content of a stored entry lies: behind its own header, whose name and extra field may differ from the directory's. */
async function storedPart(entry: FileEntry, zip: Blob, name: string): Promise<Blob> {
  const { filename: path, offset, compressedSize } = entry;
  const header = new DataView(await zip.slice(offset, offset + localHeaderBytes).arrayBuffer());
  if (header.byteLength < localHeaderBytes || header.getUint32(0, true) !== localHeaderSignature) {
    throw corrupt(name, `expected the header of ${path} at byte ${offset}.`);
  }
  const begin = offset + localHeaderBytes + header.getUint16(26, true) + header.getUint16(28, true);
  if (begin + compressedSize > zip.size) {
    throw corrupt(name, `${path}, from byte ${offset}, does not end before the file does (byte ${zip.size}).`);
  }
  return zip.slice(begin, begin + compressedSize);
}

function checkReadable(entry: FileEntry, name: string): void {
  const { filename: path, compressionMethod: method, compressedSize, uncompressedSize: size } = entry;
  if (entry.encrypted) {
    const message = `Reading ${name}: ${path} in it is protected with a password.`;
    throw new RungError('file-encrypted', message, 'Save or pack it again without a password, then drop the new one.');
  }
  if (method !== stored && method !== deflated) {
    const message = `Reading ${name}: ${path} is packed with method ${method}; stored (0) and deflate (8) can be read.`;
    throw new RungError('file-unsupported', message, 'Pack it again as an ordinary zip.');
  }
  if (method === stored ? size !== compressedSize : size > compressedSize * maxRatio) {
    throw corrupt(name, `${path} is said to unpack from ${compressedSize} to ${size} bytes, which cannot be.`);
  }
}

async function unpack(
  entry: FileEntry,
  name: string,
  writer: Uint8ArrayWriter | BlobWriter | WritableStream,
): Promise<void> {
  checkReadable(entry, name);
  try {
    await entry.getData(writer, {});
  } catch (thrown) {
    throw entryError(thrown, entry, name);
  }
}

function corrupt(name: string, what: string, cause?: unknown): RungError {
  return new RungError(
    'file-corrupt',
    `Reading ${name}: ${what}`,
    'The file is damaged or was cut off on its way: save, download or pack it again, then drop the new one.',
    { cause },
  );
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function directoryError(thrown: unknown, name: string, size: number): RungError {
  const message = messageOf(thrown);
  if (message === ERR_ENCRYPTED_CENTRAL_DIRECTORY) {
    return new RungError(
      'file-encrypted',
      `Reading ${name}: its directory is encrypted.`,
      'Pack it again without a password.',
    );
  }
  if (message === ERR_EOCDR_NOT_FOUND) {
    return corrupt(name, `expected a zip's end record before its end at byte ${size}, found none.`, thrown);
  }
  if (message === ERR_CENTRAL_DIRECTORY_NOT_FOUND) {
    return corrupt(name, 'its directory names fewer files than it should.', thrown);
  }
  return corrupt(name, `its directory cannot be read (${message}).`, thrown);
}

function entryError(thrown: unknown, entry: Entry, name: string): RungError {
  const { filename: path, offset, uncompressedSize } = entry;
  const message = messageOf(thrown);
  if (message === ERR_LOCAL_FILE_HEADER_NOT_FOUND) {
    return corrupt(name, `expected the header of ${path} at byte ${offset}.`, thrown);
  }
  if (message === ERR_ENTRY_DATA_OUT_OF_BOUNDS) {
    return corrupt(name, `${path}, from byte ${offset}, does not end before the directory.`, thrown);
  }
  if (message === ERR_INVALID_UNCOMPRESSED_SIZE) {
    return corrupt(name, `${path} unpacks to more or fewer than the ${uncompressedSize} bytes it states.`, thrown);
  }
  if (message === ERR_INVALID_CRC32) {
    // The browser's inflater checks both in one trailer and does not say which was wrong.
    return corrupt(name, `the checksum of ${path}, or its size of ${uncompressedSize} bytes, is wrong.`, thrown);
  }
  if (thrown instanceof RangeError) {
    return new RungError(
      'out-of-memory',
      `Reading ${name}: ${path} unpacks to ${uncompressedSize} bytes, for which there is no memory.`,
      'Close other tabs, or use a smaller file.',
      { cause: thrown },
    );
  }
  return corrupt(name, `${path} cannot be unpacked (${message}).`, thrown);
}
