import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sha256 } from './sha256.ts';

const expected = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

it('is the digest that Node computes, however the bytes are cut', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const sha = new Sha256();
      for (const part of parts) sha.update(part);
      expect(sha.hex()).toBe(expected(Buffer.concat(parts)));
    }),
    { numRuns: 500 },
  );
});

it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000_000])('%d bytes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
  const sha = new Sha256();
  sha.update(bytes);
  expect(sha.hex()).toBe(expected(bytes));
});
