import { expect, it } from 'vitest';
import { meanOf } from './mean.ts';

it('is the mean, element by element, in the kind of array it was given', () => {
  expect(meanOf([Float32Array.of(1, -2), Float32Array.of(2, 4), Float32Array.of(6, 1)])).toEqual(Float32Array.of(3, 1));
  expect(meanOf([Float64Array.of(0.1), Float64Array.of(0.3)])).toEqual(Float64Array.of(0.2));
});

it('does not round in between', () => {
  const large = 2 ** 24;
  expect(meanOf([large, 1, 1].map((value) => Float32Array.of(value)))[0]).toBe(Math.fround((large + 2) / 3));
});

it('leaves a single array as it is', () => {
  const only = Float32Array.of(1);
  expect(meanOf([only])).toBe(only);
});
