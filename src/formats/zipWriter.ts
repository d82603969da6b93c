/**
 * Zips of files that are Blobs. Weights are stored as they are, so that the zip is their bytes between headers and nothing of them is
 * copied; text is deflated. Sizes and checksums stand before the content, which readers that take a zip as a stream need.
 */
import { concatenate } from '../shared/concatenate.ts';
import { RungError } from '../shared/errors.ts';

/** Sizes and offsets have 32 bits. */
const maxBytes = 2 ** 32 - 1;
/** Of a file, in memory at a time. */
const pieceBytes = 4 * 1024 * 1024;
const stored = 0;
const deflated = 8;
/** Names are UTF-8. */
const flags = 0x800;
/** Of the format: deflate. */
const version = 20;

interface Entry {
  name: Uint8Array<ArrayBuffer>;
  method: number;
  checksum: number;
  size: number;
  content: Blob;
}

/**
 * One zip of all files, in the order of the map.
 * @throws RungError `file-too-large` beyond 4 GiB.
 */
export async function writeZip(files: ReadonlyMap<string, Blob>): Promise<Blob> {
  const total = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  if (total > maxBytes) {
    const message = `Writing the zip: its files take ${total} bytes, and a zip holds at most ${maxBytes}.`;
    throw new RungError('file-too-large', message, 'Choose fewer or smaller files.');
  }
  const moment = dosTime(new Date());
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const [name, file] of files) {
    const entry = await entryOf(name, file);
    const header = headerOf(entry, moment, null);
    directory.push(headerOf(entry, moment, offset));
    parts.push(header, entry.content);
    offset += header.length + entry.content.size;
  }
  const directoryBytes = directory.reduce((sum, header) => sum + header.length, 0);
  return new Blob([...parts, ...directory, endOf(files.size, directoryBytes, offset)], { type: 'application/zip' });
}

async function entryOf(name: string, file: Blob): Promise<Entry> {
  const isWeights = /\.(safetensors|onnx|bin)$/.test(name);
  return {
    name: new TextEncoder().encode(name),
    method: isWeights ? stored : deflated,
    checksum: await crc32(file),
    size: file.size,
    content: isWeights ? file : await deflate(file),
  };
}

function deflate(file: Blob): Promise<Blob> {
  return new Response(file.stream().pipeThrough(new CompressionStream('deflate-raw'))).blob();
}

/** Before a file's content, or with an `offset` (that of the former) its entry in the directory. */
function headerOf(entry: Entry, moment: number, offset: number | null): Uint8Array<ArrayBuffer> {
  const { name, method, checksum, size, content } = entry;
  const common = [
    [2, version],
    [2, flags],
    [2, method],
    [4, moment],
    [4, checksum],
    [4, content.size],
    [4, size],
    [2, name.length],
    [2, 0],
  ] as const;
  if (offset === null) return concatenate(numbers([[4, 0x04034b50], ...common]), name);
  // No comment, on disk 0, no attributes.
  const rest = [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]] as const; // prettier-ignore
  return concatenate(numbers([[4, 0x02014b50], [2, version], ...common, ...rest]), name);
}

function endOf(entries: number, bytes: number, offset: number): Uint8Array<ArrayBuffer> {
  return numbers([[4, 0x06054b50], [2, 0], [2, 0], [2, entries], [2, entries], [4, bytes], [4, offset], [2, 0]]); // prettier-ignore
}

/** Little-endian: [bytes, number] each. */
function numbers(fields: readonly (readonly [2 | 4, number])[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return out;
}

/** Time in the lower 16 bits, date in the upper: two seconds the step, years from 1980. */
function dosTime(date: Date): number {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return ((day << 16) | time) >>> 0;
}

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 as zip has it (ISO 3309). */
async function crc32(file: Blob): Promise<number> {
  let rest = -1;
  for (let at = 0; at < file.size; at += pieceBytes) {
    const piece = new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer());
    for (let i = 0; i < piece.length; i++) rest = (rest >>> 8) ^ remainders[(rest ^ piece[i]) & 255];
  }
  return ~rest >>> 0;
}
