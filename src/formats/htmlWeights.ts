/**
 * Weights as they lie in a page: matrices in float16, or in 8 bits with a scale for each row; vectors in float32. They stay as they are
 * in memory and are expanded when they are read, the word table row by row.
 */
import type { NamedArrays } from '../shared/arrays.ts';
import { decodeFloat16, encodeFloat16 } from './float16.ts';

export type PagePrecision = 'fp32' | 'fp16' | 'int8';

export interface PackedTensor {
  name: string;
  shape: number[];
  type: PagePrecision;
  /** Where its numbers begin, in bytes; of int8 the scales come first, a float32 each. */
  at: number;
}

const numberBytes: Record<PagePrecision, number> = { fp32: 4, fp16: 2, int8: 1 };

function bytesOf(shape: readonly number[], type: PagePrecision): number {
  const numbers = shape.reduce((product, size) => product * size, 1);
  return numbers * numberBytes[type] + (type === 'int8' ? 4 * shape[0] : 0);
}

const isMatrix = (shape: readonly number[]): boolean => shape.length === 2;

/** Bytes that weights of these shapes take. */
export function packedBytes(shapes: Iterable<readonly number[]>, precision: PagePrecision): number {
  let bytes = 0;
  for (const shape of shapes) bytes += aligned(bytesOf(shape, isMatrix(shape) ? precision : 'fp32'));
  return bytes;
}

const aligned = (bytes: number): number => Math.ceil(bytes / 4) * 4;

export function packWeights(
  weights: NamedArrays,
  precision: PagePrecision,
): { tensors: PackedTensor[]; bytes: Uint8Array<ArrayBuffer> } {
  const shapes = Array.from(weights.values(), ({ shape }) => shape);
  const bytes = new Uint8Array(packedBytes(shapes, precision));
  let at = 0;
  const tensors = Array.from(weights, ([name, { shape, data }]): PackedTensor => {
    const type = isMatrix(shape) ? precision : 'fp32';
    const tensor = { name, shape, type, at };
    if (type === 'fp32') new Float32Array(bytes.buffer, at, data.length).set(data);
    else if (type === 'fp16') new Uint16Array(bytes.buffer, at, data.length).set(encodeFloat16(data));
    else packRows(data, shape[0], bytes.buffer, at);
    at += aligned(bytesOf(shape, type));
    return tensor;
  });
  return { tensors, bytes };
}

/** Each row by its largest number, which becomes 127. */
function packRows(data: Float32Array, rows: number, buffer: ArrayBuffer, at: number): void {
  const scales = new Float32Array(buffer, at, rows);
  const numbers = new Int8Array(buffer, at + 4 * rows, data.length);
  const width = data.length / rows;
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let i = row * width; i < (row + 1) * width; i++) largest = Math.max(largest, Math.abs(data[i]));
    scales[row] = largest / 127;
    for (let i = row * width; i < (row + 1) * width; i++)
      numbers[i] = largest === 0 ? 0 : Math.round(data[i] / scales[row]);
  }
}

export class PackedWeights {
  private readonly buffer: ArrayBuffer;
  private readonly tensors: Map<string, PackedTensor>;

  constructor(tensors: readonly PackedTensor[], buffer: ArrayBuffer) {
    this.tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    this.buffer = buffer;
  }

  /** Fills `out` with its numbers, from a row on. @throws Error when there is no such tensor, or it is too short */
  read(name: string, out: Float32Array, firstRow = 0): void {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new Error(`The page holds no weights named ${name}.`);
    const { shape, type, at } = tensor;
    const width = shape.slice(1).reduce((product, size) => product * size, 1);
    const from = firstRow * width;
    if (from + out.length > shape[0] * width) throw new Error(`The weights ${name} have ${shape[0]} rows only.`);
    if (type === 'fp32') out.set(new Float32Array(this.buffer, at + 4 * from, out.length));
    else if (type === 'fp16') decodeFloat16(new Uint16Array(this.buffer, at + 2 * from, out.length), out);
    else {
      const scales = new Float32Array(this.buffer, at, shape[0]);
      const numbers = new Int8Array(this.buffer, at + 4 * shape[0] + from, out.length);
      for (let i = 0; i < out.length; i++) out[i] = numbers[i] * scales[Math.floor((from + i) / width)];
    }
  }
}
