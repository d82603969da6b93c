/** Tensors of an ONNX model: their element types, and a weight as float32, float16 or 8 bits. */
import type { NamedArray } from '../../shared/arrays.ts';
import { RungError } from '../../shared/errors.ts';
import { encodeFloat16 } from '../float16.ts';
import type { Payload } from './message.ts';

/** `TensorProto.DataType` */
export const elementTypes = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 };
export type ElementType = keyof typeof elementTypes;

export interface OnnxTensor extends Payload {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** The numbers as they stand, not copied. */
export function floats(dims: readonly number[], data: Float32Array<ArrayBuffer>): OnnxTensor {
  const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { type: 'float', dims, byteLength: data.byteLength, bytes };
}

/** Rounded to nearest even when written. @throws RungError `weights-mismatch`, when written, where a number is too large. */
export function halves(dims: readonly number[], data: Float32Array<ArrayBuffer>, name: string): OnnxTensor {
  const bytes = (): Uint8Array<ArrayBuffer> => {
    const encoded = encodeFloat16(data);
    const overflow = encoded.findIndex((bits, i) => (bits & 0x7fff) === 0x7c00 && Number.isFinite(data[i]));
    if (overflow >= 0) {
      const message = `Writing tensor ${JSON.stringify(name)} as float16: number ${overflow} is ${data[overflow]}, but the largest float16 is 65504.`;
      throw new RungError('weights-mismatch', message, 'Choose float32 for this model.');
    }
    return new Uint8Array(encoded.buffer);
  };
  return { type: 'float16', dims, byteLength: data.length * 2, bytes };
}

export function integers(dims: readonly number[], values: readonly number[]): OnnxTensor {
  const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { type: 'int64', dims, byteLength: values.length * 8, bytes };
}

/** Numbers of 8 bits: a row's scale times its numbers is about the row. */
export interface Quantized {
  numbers: OnnxTensor;
  scales: Float32Array<ArrayBuffer>;
}

/** The largest magnitude of a row becomes this number. */
export const quantizedReach = {
  /** For numbers that are only scaled back. */
  scaled: 127,
  /**
   * For numbers that are multiplied: onnxruntime sums two products of an unsigned and a signed byte in 16 bits on x86-64 without VNNI, and
   * saturates there beyond 7 bits. With 8 the logits were twice as far from those of float32.
   */
  multiplied: 63,
};

/**
 * A matrix [rows, columns] in int8 without offset, each row with a scale of its own. Numbers are made when written; with `transposed`
 * they lie as [columns, rows].
 */
export function quantizeRows({ shape, data }: NamedArray, reach: number, transposed = false): Quantized {
  const [rows, columns] = shape;
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) largest = Math.max(largest, Math.abs(data[at]));
    // A row of zeros takes any scale.
    scales[row] = largest === 0 ? 1 : largest / reach;
  }
  const bytes = (): Uint8Array<ArrayBuffer> => {
    const numbers = new Int8Array(data.length);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const number = Math.round(data[row * columns + column] / scales[row]);
        numbers[transposed ? column * rows + row : row * columns + column] = Math.min(reach, Math.max(-reach, number));
      }
    }
    return new Uint8Array(numbers.buffer);
  };
  const dims = transposed ? [columns, rows] : [rows, columns];
  return { numbers: { type: 'int8', dims, byteLength: data.length, bytes }, scales };
}
