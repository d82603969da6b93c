/** Tells data sets apart: two 32-bit FNV-1a lanes (Fowler, Noll, Vo) with different offsets. Not for security. */
import type { Table } from './table.ts';

/** 16 hexadecimal digits of the parts and their lengths. */
export function fingerprint(parts: readonly Uint8Array[]): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  const take = (byte: number): void => {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000193) ^ (b >>> 15);
  };
  for (const part of parts) {
    for (const byte of part) take(byte);
    // The length as a closing mark, so that bytes cannot wander from one part to the next unnoticed.
    for (const byte of new Uint8Array(Uint32Array.of(part.length).buffer)) take(byte);
  }
  return [a, b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The same for tables with the same cells in the same rows, whatever their file is called. */
export function tableFingerprint({ columns, cells, rowNumbers }: Table): string {
  const encoder = new TextEncoder();
  const parts = [columns, ...cells].map((texts) => encoder.encode(texts.join('\0')));
  return fingerprint([...parts, new Uint8Array(rowNumbers.buffer)]);
}
