/**
 * The safetensors format: 8 bytes of header length (u64, little-endian), a JSON header `{name: {dtype, shape, data_offsets}}`, then the
 * numbers end to end. Every figure in the header is checked against the bytes that are there before anything is allocated.
 * https://huggingface.co/docs/safetensors
 */
import type { NamedArray, NamedArrays } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { encodeFloat16 } from './float16.ts';
import { readFloats, type FloatType } from './floats.ts';

/** As huggingface.js: no real header comes near (1,000 tensors make 100 kB). */
const maxHeaderBytes = 25_000_000;

const bytesPerValue = new Map<string, number>([
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I64', 8],
  ['U64', 8],
  ['I32', 4],
  ['U32', 4],
  ['I16', 2],
  ['U16', 2],
  ['I8', 1],
  ['U8', 1],
  ['BOOL', 1],
]);

/** A tensor as the header announces it; offsets count from the start of the file. */
interface TensorEntry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

/**
 * Reads weights tensor by tensor: beside the arrays only one piece of the file is in memory. F32, F16, BF16 and F64 come back as
 * float32; integer tensors (buffers such as `position_ids`) are checked and left out.
 * @throws RungError `weights-corrupt` naming the file, the tensor and the byte offset.
 */
export async function readSafetensors(file: Blob, fileName: string): Promise<NamedArrays> {
  const { header, dataStart } = await readHeader(file, fileName);
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.push(readEntry(name, value, dataStart, file.size, fileName));
  }
  checkCoverage(entries, dataStart, file.size, fileName);
  const arrays: NamedArrays = new Map();
  for (const { name, dtype, shape, begin } of entries) {
    if (!isFloat(dtype)) continue;
    const count = shape.reduce((product, size) => product * size, 1);
    const run = { source: file, begin, type: dtype, count };
    arrays.set(name, { shape, data: await readFloats(run, `tensor ${shown(name)} of ${fileName}`) });
  }
  return arrays;
}

function isFloat(dtype: string): dtype is FloatType {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16' || dtype === 'F64';
}

export interface WriteOptions {
  /** How the numbers are stored. F16 rounds to nearest even. */
  dtype: 'F32' | 'F16';
  /** Strings kept in the header; Hugging Face readers want `format`. */
  metadata?: Record<string, string>;
}

/**
 * Writes weights in the order of the map.
 * @throws RungError `internal` where a shape does not fit its data, `weights-mismatch` where a number does not fit F16.
 */
export function writeSafetensors(arrays: NamedArrays, options: WriteOptions): Uint8Array<ArrayBuffer> {
  const width = options.dtype === 'F16' ? 2 : 4;
  const header: [string, unknown][] = [['__metadata__', options.metadata ?? { format: 'pt' }]];
  let dataBytes = 0;
  for (const [name, array] of arrays) {
    checkShape(name, array);
    const end = dataBytes + array.data.length * width;
    header.push([name, { dtype: options.dtype, shape: array.shape, data_offsets: [dataBytes, end] }]);
    dataBytes = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + headerBytes + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.fill(0x20, 8, 8 + headerBytes);
  out.set(json, 8);
  let at = 8 + headerBytes;
  for (const [name, array] of arrays) {
    const stored = options.dtype === 'F16' ? encodeChecked(name, array.data) : array.data;
    out.set(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), at);
    at += stored.byteLength;
  }
  return out;
}

function corrupt(message: string, cause?: unknown): RungError {
  const hint =
    'The file is damaged or was cut off on its way. Download it again, or save it again with safetensors, and drop the new file.';
  return new RungError('weights-corrupt', message, hint, { cause });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name as it may stand in a message: quoted, not longer than a line. */
function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}

async function readHeader(
  file: Blob,
  fileName: string,
): Promise<{ header: Record<string, unknown>; dataStart: number }> {
  if (file.size < 8) {
    throw corrupt(
      `Reading ${fileName}: expected an 8-byte header length at byte 0, but the file has ${file.size} bytes.`,
    );
  }
  const stated = new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true);
  if (stated > BigInt(maxHeaderBytes)) {
    throw corrupt(
      `Reading ${fileName}: the header length at byte 0 says ${stated} bytes, more than the ${maxHeaderBytes} that any real header needs. This is no safetensors file, or its start is damaged.`,
    );
  }
  const length = Number(stated);
  if (8 + length > file.size) {
    throw corrupt(
      `Reading ${fileName}: the header should end at byte ${8 + length}, but the file ends at byte ${file.size}.`,
    );
  }
  const json = await file.slice(8, 8 + length).arrayBuffer();
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (error) {
    throw corrupt(`Reading ${fileName}: the header (bytes 8 to ${8 + length}) is not valid JSON.`, error);
  }
  if (!isRecord(header)) {
    throw corrupt(`Reading ${fileName}: expected the header (bytes 8 to ${8 + length}) to be a JSON object.`);
  }
  return { header, dataStart: 8 + length };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readEntry(name: string, value: unknown, dataStart: number, fileBytes: number, fileName: string): TensorEntry {
  const where = `Reading ${fileName}: tensor ${shown(name)}`;
  if (!isRecord(value)) throw corrupt(`${where}: expected an object with dtype, shape and data_offsets in the header.`);
  const { dtype, shape, data_offsets: offsets } = value;
  const width = typeof dtype === 'string' ? bytesPerValue.get(dtype) : undefined;
  if (typeof dtype !== 'string' || width === undefined) {
    throw corrupt(`${where}: expected one of ${[...bytesPerValue.keys()].join(', ')}, got dtype ${shownValue(dtype)}.`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw corrupt(`${where}: expected the shape to be a list of whole numbers, got ${shownValue(shape)}.`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw corrupt(`${where}: expected data_offsets to be two whole numbers, got ${shownValue(offsets)}.`);
  }
  const begin = dataStart + offsets[0];
  const end = dataStart + offsets[1];
  if (end < begin) throw corrupt(`${where}: its data ends (byte ${end}) before it begins (byte ${begin}).`);
  if (end > fileBytes) {
    throw corrupt(`${where}: its data ends at byte ${end}, but the file ends at byte ${fileBytes}.`);
  }
  const needed = shape.reduce((product, size) => product * size, width);
  if (needed !== end - begin) {
    throw corrupt(
      `${where}: ${dtype} of shape [${shape.join(', ').slice(0, 200)}] needs ${needed} bytes, but bytes ${begin} to ${end} are ${end - begin}.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The format allows neither overlaps nor holes: both hide data, or make one byte count many times. */
function checkCoverage(entries: TensorEntry[], dataStart: number, fileBytes: number, fileName: string): void {
  let at = dataStart;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      const what = begin < at ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw corrupt(
        `Reading ${fileName}: the data of tensor ${shown(name)} ${what}: expected byte ${at}, got ${begin}.`,
      );
    }
    at = end;
  }
  if (at !== fileBytes) {
    throw corrupt(`Reading ${fileName}: the tensors end at byte ${at}, but the file ends at byte ${fileBytes}.`);
  }
}

function checkShape(name: string, { shape, data }: NamedArray): void {
  if (shape.reduce((product, size) => product * size, 1) !== data.length) {
    throw new RungError(
      'internal',
      `Writing tensor ${shown(name)}: shape [${shape.join(', ')}] does not fit ${data.length} numbers.`,
    );
  }
}

function encodeChecked(name: string, data: Float32Array): Uint16Array<ArrayBuffer> {
  const encoded = encodeFloat16(data);
  for (let i = 0; i < encoded.length; i++) {
    if ((encoded[i] & 0x7fff) === 0x7c00 && Number.isFinite(data[i])) {
      throw new RungError(
        'weights-mismatch',
        `Writing tensor ${shown(name)} as F16: number ${i} is ${data[i]}, but the largest F16 is 65504.`,
        'Save these weights as F32.',
      );
    }
  }
  return encoded;
}
