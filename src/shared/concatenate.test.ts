import { expect, it } from 'vitest';
import { concatenate } from './concatenate.ts';

it('lays parts end to end, in the kind of the first', () => {
  expect(concatenate(Uint32Array.of(1, 2), Uint32Array.of(), [3])).toEqual(Uint32Array.of(1, 2, 3));
  expect(concatenate(Float32Array.of(0.5), [0.25])).toEqual(Float32Array.of(0.5, 0.25));
});

it('takes more numbers than a stack does', () => {
  expect(concatenate(new Uint8Array(300_000), new Uint8Array(300_000)).length).toBe(600_000);
});
