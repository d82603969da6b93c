/**
 * Zip archives, read from the central directory: only the entries that are asked for are unpacked, each with its stated size as a cap and
 * its checksum compared. PKWARE APPNOTE 6.3; without zip64 (over 4 GB) and encryption.
 */
import { Inflate } from 'fflate';
import { RungError } from '../shared/errors.ts';

/** Any bytes that parts can be read of, so that an archive on disk need not fit into memory. */
export interface ByteSource {
  /** Names it in messages. */
  name: string;
  size: number;
  /** Bytes `begin` to `end`, both within the size. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

export interface ZipEntry {
  /** Path with forward slashes. */
  path: string;
  /** Bytes when unpacked, as the archive states; `unpack` allows no more. */
  size: number;
  compressedSize: number;
  method: number;
  encrypted: boolean;
  checksum: number;
  /** Byte of the local header. */
  offset: number;
}

const endRecordBytes = 22;
const maxCommentBytes = 0xffff;
/** Deflate packs at most 1,032 to 1: a larger claim is a lie, and believing it would reserve memory for nothing. */
const maxRatio = 1032;
const sliceBytes = 65536;

function corrupt(source: ByteSource, what: string, cause?: unknown): RungError {
  return new RungError(
    'file-corrupt',
    `Reading ${source.name}: ${what}`,
    'The zip is damaged or was cut off on its way: download or pack it again, then drop the new one.',
    { cause },
  );
}

/** Whether the bytes begin as a zip does (an empty one included). */
export function looksLikeZip(head: Uint8Array): boolean {
  const [p, k, a, b] = head;
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));
}

/**
 * Lists the files of an archive, folders left out.
 * @throws RungError `file-corrupt` naming the byte, `file-unsupported` for zip64, `file-too-large` for more than `maxEntries`.
 */
export async function listZip(source: ByteSource, maxEntries: number): Promise<ZipEntry[]> {
  const tailStart = Math.max(0, source.size - endRecordBytes - maxCommentBytes);
  const tail = await source.read(tailStart, source.size);
  const view = viewOf(tail);
  let at = tail.length - endRecordBytes;
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw corrupt(source, `expected a zip's end record in its last ${tail.length} bytes, found none.`);
  const count = view.getUint16(at + 10, true);
  const bytes = view.getUint32(at + 12, true);
  const start = view.getUint32(at + 16, true);
  if (count === 0xffff || bytes === 0xffffffff || start === 0xffffffff) {
    const message = `Reading ${source.name}: it is a zip64 archive (over 4 GB or 65,534 files).`;
    throw new RungError('file-unsupported', message, 'Unpack it and drop the folder.');
  }
  if (count > maxEntries) {
    const message = `Reading ${source.name}: it holds ${count} files, at most ${maxEntries} are expected in a model.`;
    throw new RungError('file-too-large', message, 'Drop a zip of the model folder alone.');
  }
  if (start + bytes > tailStart + at) {
    throw corrupt(source, `its directory should lie at bytes ${start} to ${start + bytes}, past its end record.`);
  }
  return readDirectory(source, await source.read(start, start + bytes), count, start);
}

function readDirectory(source: ByteSource, directory: Uint8Array, count: number, start: number): ZipEntry[] {
  const view = viewOf(directory);
  const decoder = new TextDecoder();
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== 0x02014b50) {
      throw corrupt(source, `expected entry ${i + 1} of its directory at byte ${start + at}.`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > directory.length) throw corrupt(source, `entry ${i + 1} of its directory is cut off.`);
    const path = decoder.decode(directory.subarray(at + 46, at + 46 + nameLength)).replaceAll('\\', '/');
    const entry: ZipEntry = {
      path,
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      checksum: view.getUint32(at + 16, true),
      compressedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    if (!path.endsWith('/')) entries.push(entry);
    at = next;
  }
  return entries;
}

/**
 * Unpacks one entry.
 * @throws RungError `file-encrypted`, `file-unsupported` for a method other than stored and deflate, `file-corrupt` when the content is
 *   not what the directory says.
 */
export async function unpack(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  const { path, method, size, compressedSize, offset } = entry;
  if (entry.encrypted) {
    const message = `Reading ${source.name}: ${path} is protected with a password.`;
    throw new RungError('file-encrypted', message, 'Unpack it with the password and drop the folder.');
  }
  if (method !== 0 && method !== 8) {
    const message = `Reading ${source.name}: ${path} is packed with method ${method}; stored (0) and deflate (8) can be read.`;
    throw new RungError(
      'file-unsupported',
      message,
      'Pack the folder again as an ordinary zip, or drop the folder itself.',
    );
  }
  if (method === 0 ? size !== compressedSize : size > compressedSize * maxRatio) {
    throw corrupt(source, `${path} is said to unpack from ${compressedSize} to ${size} bytes, which cannot be.`);
  }
  const header = offset + 30 <= source.size ? viewOf(await source.read(offset, offset + 30)) : null;
  if (!header || header.getUint32(0, true) !== 0x04034b50) {
    throw corrupt(source, `expected the header of ${path} at byte ${offset}.`);
  }
  const begin = offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (begin + compressedSize > source.size) {
    throw corrupt(
      source,
      `${path} should end at byte ${begin + compressedSize}, the file ends at byte ${source.size}.`,
    );
  }
  const packed = await source.read(begin, begin + compressedSize);
  const content = method === 0 ? packed : inflate(source, entry, packed);
  if (content.length !== size) {
    throw corrupt(source, `${path} should unpack to ${size} bytes, but gave ${content.length}.`);
  }
  if (crc32(content) !== entry.checksum) throw corrupt(source, `the checksum of ${path} is wrong.`);
  return content;
}

/** Inflates piece by piece, so that data which unpacks to more than was stated is stopped there. */
function inflate(source: ByteSource, { path, size }: ZipEntry, packed: Uint8Array): Uint8Array {
  const out = reserve(source, path, size);
  let at = 0;
  const inflater = new Inflate((chunk) => {
    if (at + chunk.length > size) throw corrupt(source, `${path} unpacks to more than the ${size} bytes it states.`);
    out.set(chunk, at);
    at += chunk.length;
  });
  try {
    for (let begin = 0; begin < packed.length; begin += sliceBytes) {
      const end = Math.min(begin + sliceBytes, packed.length);
      inflater.push(packed.subarray(begin, end), end === packed.length);
    }
  } catch (error) {
    if (error instanceof RungError) throw error;
    throw corrupt(source, `${path} cannot be unpacked.`, error);
  }
  return out.subarray(0, at);
}

function reserve(source: ByteSource, path: string, size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (error) {
    const message = `Reading ${source.name}: ${path} unpacks to ${size} bytes, for which there is no memory.`;
    throw new RungError('out-of-memory', message, 'Close other tabs, or use a smaller model.', { cause: error });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

let crcTable: Uint32Array | null = null;

/** CRC-32 of zip (polynomial 0xEDB88320, reflected). */
export function crc32(bytes: Uint8Array): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}
