import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBfloat16, decodeFloat16, encodeFloat16, fromFloat16Bits, toFloat16Bits } from './float16.ts';

const allFinite = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);

describe('binary16', () => {
  it('gives every finite number back bit for bit', () => {
    const wrong = allFinite.filter((bits) => toFloat16Bits(fromFloat16Bits(bits)) !== bits);
    expect(wrong).toEqual([]);
  });

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.996, 0x7bff],
    [65520, 0x7c00],
    [1e9, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [3 * 2 ** -25, 0x0002],
    [1023.5 * 2 ** -24, 0x0400],
    [-0, 0x8000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -20, 0x3c01],
  ])('rounds %d to nearest, ties to even', (value, bits) => {
    expect(toFloat16Bits(value)).toBe(bits);
  });

  it('keeps NaN', () => {
    expect(Number.isNaN(fromFloat16Bits(toFloat16Bits(NaN)))).toBe(true);
    expect(Number.isNaN(fromFloat16Bits(0xfc01))).toBe(true);
  });

  it('always picks the nearest of all binary16 numbers', () => {
    const positive = allFinite.filter((bits) => bits < 0x8000).map(fromFloat16Bits);
    fc.assert(
      fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), (value) => {
        const got = fromFloat16Bits(toFloat16Bits(value));
        const at = positive.findIndex((candidate) => candidate >= value);
        const below = at === 0 ? positive[0] : positive[at - 1];
        expect(Math.abs(got - value)).toBe(Math.min(Math.abs(positive[at] - value), Math.abs(below - value)));
      }),
    );
  });

  it('encodes and decodes whole arrays', () => {
    const values = new Float32Array([0, -0.5, 0.1, 6.1e-5, 5.96e-8, 1234.5]);
    const out = new Float32Array(8).fill(7);
    decodeFloat16(encodeFloat16(values), out, 1);
    expect([...out]).toEqual([7, ...[...values].map((v) => fromFloat16Bits(toFloat16Bits(v))), 7]);
  });
});

it('reads bfloat16 as the upper half of binary32', () => {
  const out = new Float32Array(6).fill(7);
  decodeBfloat16(new Uint16Array([0x3f80, 0xc049, 0x0001, 0x7f80]), out, 1);
  expect([...out]).toEqual([7, 1, -3.140625, 2 ** -133, Infinity, 7]);
});
