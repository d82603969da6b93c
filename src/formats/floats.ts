/**
 * Numbers of a weights file as float32, read from a Blob a few megabytes at a time: beside the array that is asked for, no more than
 * one piece is ever held, however large the file.
 */
import { RungError } from '../shared/errors.ts';
import { decodeBfloat16, decodeFloat16 } from './float16.ts';

export type FloatType = 'F64' | 'F32' | 'F16' | 'BF16';

export const bytesPerFloat: Record<FloatType, number> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** A divisor of every width; larger pieces were no faster. */
const pieceBytes = 4 * 1024 * 1024;

/** `count` numbers of a Blob, from byte `begin` on. */
export interface FloatRun {
  source: Blob;
  begin: number;
  type: FloatType;
  count: number;
}

/**
 * How the values of a tensor lie among the numbers of a run, as PyTorch has it: element `(i, j, ...)` is number
 * `offset + i * strides[0] + j * strides[1] + ...`.
 */
export interface Layout {
  offset: number;
  shape: readonly number[];
  strides: readonly number[];
}

/** @throws RungError `out-of-memory` where the browser gives no room for `count` numbers. */
export function allocateFloats(count: number, what: string): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(count);
  } catch (thrown) {
    const message = `Reading ${what}: there is no memory for its ${count} numbers (${count * 4} bytes).`;
    throw new RungError('out-of-memory', message, 'Close other tabs, or use a smaller model.', { cause: thrown });
  }
}

/** All numbers of a run, in order. `what` names it in messages. */
export async function readFloats(run: FloatRun, what: string): Promise<Float32Array<ArrayBuffer>> {
  const out = allocateFloats(run.count, what);
  const step = pieceBytes / bytesPerFloat[run.type];
  for (let at = 0; at < run.count; at += step) await readPiece(run, at, Math.min(step, run.count - at), out, at);
  return out;
}

/** The numbers of a tensor in row-major order, wherever in the run they lie; the run is passed over once, from front to back. */
export async function readStrided(run: FloatRun, layout: Layout, what: string): Promise<Float32Array<ArrayBuffer>> {
  const { shape, strides } = layout;
  const count = shape.reduce((product, size) => product * size, 1);
  const rowMajor = rowMajorStrides(shape);
  if (shape.every((size, axis) => size === 1 || strides[axis] === rowMajor[axis])) {
    const begin = run.begin + layout.offset * bytesPerFloat[run.type];
    return readFloats({ ...run, begin, count }, what);
  }
  const out = allocateFloats(count, what);
  const axes = shape
    .map((size, axis) => ({ size, from: strides[axis], to: rowMajor[axis], at: 0 }))
    .toSorted((a, b) => b.from - a.from);
  const piece = new Float32Array(pieceBytes / bytesPerFloat[run.type]);
  let pieceStart = 0;
  let pieceEnd = 0;
  let from = layout.offset;
  let to = 0;
  for (let i = 0; i < count; i++) {
    if (from < pieceStart || from >= pieceEnd) {
      pieceStart = from;
      pieceEnd = Math.min(from + piece.length, run.count);
      await readPiece(run, pieceStart, pieceEnd - pieceStart, piece, 0);
    }
    out[to] = piece[from - pieceStart];
    // The next element in the order of the file: an odometer whose last wheel has the smallest stride.
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const wheel = axes[axis];
      wheel.at++;
      from += wheel.from;
      to += wheel.to;
      if (wheel.at < wheel.size) break;
      from -= wheel.at * wheel.from;
      to -= wheel.at * wheel.to;
      wheel.at = 0;
    }
  }
  return out;
}

/** Strides of a tensor whose values lie end to end, last axis fastest. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

async function readPiece(run: FloatRun, first: number, count: number, out: Float32Array, at: number): Promise<void> {
  const width = bytesPerFloat[run.type];
  const begin = run.begin + first * width;
  const buffer = await run.source.slice(begin, begin + count * width).arrayBuffer();
  switch (run.type) {
    case 'F32':
      out.set(new Float32Array(buffer), at);
      break;
    case 'F64':
      out.set(new Float64Array(buffer), at);
      break;
    case 'F16':
      decodeFloat16(new Uint16Array(buffer), out, at);
      break;
    case 'BF16':
      decodeBfloat16(new Uint16Array(buffer), out, at);
      break;
  }
}
