import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { fromFloat16Bits } from '../float16.ts';
import { floats, halves, integers, quantizedReach, quantizeRows } from './tensors.ts';

function randomMatrix(rows: number, columns: number): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  const random = new Random(4);
  return { shape: [rows, columns], data: Float32Array.from({ length: rows * columns }, () => random.normal()) };
}

describe('tensors', () => {
  it('of float32 are the numbers themselves, not a copy', () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const tensor = floats([2], data);
    expect(tensor.bytes().buffer).toBe(data.buffer);
    expect(tensor.bytes()).toEqual(Uint8Array.of(0, 0, 0, 0x40, 0, 0, 0x40, 0x40));
    expect(tensor.byteLength).toBe(8);
  });

  it('of float16 are rounded, and refused beyond what it holds', () => {
    const bits = new Uint16Array(halves([3], Float32Array.of(1, -0.1, 65504), 'w').bytes().buffer);
    expect(Array.from(bits, fromFloat16Bits)).toEqual([1, -0.0999755859375, 65504]);
    expect(() => halves([2], Float32Array.of(0, 70000), 'w').bytes()).toThrow('number 1 is 70000');
  });

  it('of int64 hold negative numbers', () => {
    const tensor = integers([2], [-1, 7]);
    expect([tensor.dims, tensor.byteLength]).toEqual([[2], 16]);
    expect([...new BigInt64Array(tensor.bytes().buffer)]).toEqual([-1n, 7n]);
  });
});

describe.each(Object.entries(quantizedReach))('8 bits that are %s', (_, reach) => {
  it('are at most half a step from the weight, and the largest of each row takes the last number', () => {
    const matrix = randomMatrix(7, 13);
    const { numbers, scales } = quantizeRows(matrix, reach);
    const stored = new Int8Array(numbers.bytes().buffer);
    expect([numbers.type, numbers.dims, numbers.byteLength]).toEqual(['int8', [7, 13], 91]);
    for (let row = 0; row < 7; row++) {
      const found = stored.subarray(row * 13, (row + 1) * 13);
      expect(Math.max(...found.map(Math.abs))).toBe(reach);
      for (const [column, number] of found.entries()) {
        const off = Math.abs(number * scales[row] - matrix.data[row * 13 + column]);
        expect(off).toBeLessThanOrEqual(scales[row] * 0.5001);
      }
    }
  });

  it('lie the other way round when transposed', () => {
    const matrix = randomMatrix(3, 2);
    const plain = new Int8Array(quantizeRows(matrix, reach).numbers.bytes().buffer);
    const { numbers } = quantizeRows(matrix, reach, true);
    expect(numbers.dims).toEqual([2, 3]);
    const order = [0, 2, 4, 1, 3, 5];
    expect([...new Int8Array(numbers.bytes().buffer)]).toEqual(order.map((at) => plain[at]));
  });

  it('keep a row of zeros', () => {
    const { numbers, scales } = quantizeRows({ shape: [1, 2], data: new Float32Array(2) }, reach);
    expect([...numbers.bytes(), ...scales]).toEqual([0, 0, 1]);
  });
});
