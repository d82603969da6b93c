import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

// RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
it.each<[string, Uint8Array, number]>([
  ['nothing', new Uint8Array(), 0],
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 bytes that ascend', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 bytes that descend', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['"123456789"', new TextEncoder().encode('123456789'), 0xe3069283],
])('CRC-32C of %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});
