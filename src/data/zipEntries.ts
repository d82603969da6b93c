/**
 * Reads a zip by its central directory (APPNOTE 6.3.10, sections 4.3.12 and 4.5.3) and unpacks chosen entries natively. Sizes are
 * checked before anything is unpacked, and counted while it is, as a directory can lie.
 */
import { RungError } from '../shared/errors.ts';

export interface ZipEntry {
  name: string;
  method: number;
  encrypted: boolean;
  compressedSize: number;
  size: number;
  /** Offset of the local header. */
  offset: number;
}

const endSignature = 0x06054b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
const zip64 = 0xffffffff;

/** What one workbook may unpack to. */
export const largestUnpacked = 1_000_000_000;

function corrupt(name: string, expected: string, at: number, cause?: unknown): RungError {
  return new RungError(
    'file-corrupt',
    `Unpacking ${name}: expected ${expected} at byte ${at}, found something else.`,
    'The file seems damaged or cut off. Open it in its own program, save it again and drop the new copy.',
    cause === undefined ? undefined : { cause },
  );
}

function tooLarge(name: string, megabytes: number): RungError {
  return new RungError(
    'file-too-large',
    `Unpacking ${name}: expected 1 GB at the most, but it unpacks to ${megabytes} MB or more.`,
    'Keep only the sheet and the columns with titles and labels, or save them as CSV.',
  );
}

function findEnd(view: DataView, name: string): number {
  // The end record is 22 bytes and may be followed by a comment of up to 65,535.
  const lowest = Math.max(0, view.byteLength - 22 - 65_535);
  for (let at = view.byteLength - 22; at >= lowest; at--) if (view.getUint32(at, true) === endSignature) return at;
  throw corrupt(name, 'the end of a zip directory', Math.max(0, view.byteLength - 22));
}

/** Sizes and offset from the zip64 extra field, which holds only those that overflowed, in this order. */
function readZip64(view: DataView, entry: ZipEntry, from: number, length: number): void {
  let at = from;
  while (at + 4 <= from + length) {
    const id = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    if (id === 1) {
      let field = at + 4;
      const next = (): number => {
        const value = Number(view.getBigUint64(field, true));
        field += 8;
        return value;
      };
      if (entry.size === zip64) entry.size = next();
      if (entry.compressedSize === zip64) entry.compressedSize = next();
      if (entry.offset === zip64) entry.offset = next();
      return;
    }
    at += 4 + size;
  }
}

/**
 * The directory of a zip.
 * @throws RungError `file-corrupt` with the byte offset.
 */
export function listZip(bytes: Uint8Array<ArrayBuffer>, name: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view, name);
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  const count = view.getUint16(end + 10, true);
  for (let i = 0; i < count; i++) {
    try {
      if (view.getUint32(at, true) !== directorySignature) throw corrupt(name, 'a zip directory entry', at);
      const nameLength = view.getUint16(at + 28, true);
      const extraLength = view.getUint16(at + 30, true);
      const entry: ZipEntry = {
        name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
        method: view.getUint16(at + 10, true),
        encrypted: (view.getUint16(at + 8, true) & 1) === 1,
        compressedSize: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      };
      readZip64(view, entry, at + 46 + nameLength, extraLength);
      entries.push(entry);
      at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    } catch (thrown) {
      // Offsets that point outside the file end in a RangeError of DataView.
      throw thrown instanceof RungError ? thrown : corrupt(name, 'a zip directory entry', at, thrown);
    }
  }
  return entries;
}

/** The bytes of one entry as they stand in the file. */
function storedBytes(bytes: Uint8Array<ArrayBuffer>, entry: ZipEntry, name: string): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.offset + 30 > bytes.length || view.getUint32(entry.offset, true) !== localSignature) {
    throw corrupt(name, `the header of "${entry.name}"`, entry.offset);
  }
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  if (start + entry.compressedSize > bytes.length)
    throw corrupt(name, `${entry.compressedSize} bytes of "${entry.name}"`, start);
  return bytes.subarray(start, start + entry.compressedSize);
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  limit: number,
  exceeded: () => RungError,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, length);
    length += value.length;
    if (length > limit) {
      // The stream is given up; its own failure while closing says nothing new.
      reader.cancel().catch(() => undefined);
      throw exceeded();
    }
    chunks.push(value);
  }
}

/**
 * Unpacks the entries that `wanted` picks.
 * @throws RungError `file-too-large` when the directory claims, or the data makes, more than `limit` bytes in all.
 */
export async function unpackZip(
  bytes: Uint8Array<ArrayBuffer>,
  entries: readonly ZipEntry[],
  wanted: (name: string) => boolean,
  name: string,
  limit = largestUnpacked,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const claimed = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (claimed > limit) throw tooLarge(name, Math.round(claimed / 1e6));
  const unpacked = new Map<string, Uint8Array<ArrayBuffer>>();
  let left = limit;
  for (const entry of entries) {
    if (!wanted(entry.name)) continue;
    if (entry.encrypted) {
      throw new RungError(
        'file-encrypted',
        `Unpacking ${name}: "${entry.name}" in it is encrypted.`,
        'Save the file without a password.',
      );
    }
    const packed = storedBytes(bytes, entry, name);
    if (entry.method !== 0 && entry.method !== 8)
      throw corrupt(name, `"${entry.name}" stored or deflated`, entry.offset);
    const content =
      entry.method === 0
        ? packed
        : await inflate(packed, left, () => tooLarge(name, Math.round(limit / 1e6))).catch((thrown: unknown) => {
            throw thrown instanceof RungError
              ? thrown
              : corrupt(name, `deflated data of "${entry.name}"`, entry.offset, thrown);
          });
    left -= content.length;
    unpacked.set(entry.name, content);
  }
  return unpacked;
}
