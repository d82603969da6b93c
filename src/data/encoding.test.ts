import { describe, expect, it } from 'vitest';
import { decodeText } from './encoding.ts';

const sample = 'Title,Level\nGérant d’équipe,Manager\nMüller – Chef,Owner\n';

function utf16(text: string, bigEndian: boolean, mark: boolean): Uint8Array {
  const full = mark ? `\ufeff${text}` : text;
  const bytes = new Uint8Array(full.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < full.length; i++) view.setUint16(i * 2, full.charCodeAt(i), !bigEndian);
  return bytes;
}

describe('decodeText', () => {
  it.each([
    ['utf-8', new TextEncoder().encode(sample)],
    ['utf-8', new TextEncoder().encode(`\ufeff${sample}`)],
    ['utf-16le', utf16(sample, false, true)],
    ['utf-16le', utf16(sample, false, false)],
    ['utf-16be', utf16(sample, true, true)],
    ['utf-16be', utf16(sample, true, false)],
  ])('reads %s', (encoding, bytes) => {
    expect(decodeText(bytes, 'x')).toEqual({ text: sample, encoding, invalid: 0 });
  });

  it('reads Cyrillic UTF-16 without a mark, whose letters have no zeros', () => {
    const text = 'Должность\tУровень\nДиректор по продажам\tДиректор\n'.repeat(20);
    expect(decodeText(utf16(text, false, false), 'x')).toMatchObject({ text, encoding: 'utf-16le' });
  });

  it('falls back to Windows-1252 where UTF-8 is not valid', () => {
    const bytes = Uint8Array.of(0x47, 0xe9, 0x72, 0x61, 0x6e, 0x74, 0x0a);
    expect(decodeText(bytes, 'x')).toEqual({ text: 'Gérant\n', encoding: 'windows-1252', invalid: 0 });
  });

  it('keeps UTF-8 with one broken byte among many good letters, and counts it', () => {
    const good = new TextEncoder().encode('é'.repeat(50));
    const bytes = new Uint8Array(good.length + 1);
    bytes.set(good);
    bytes[good.length] = 0xe9;
    expect(decodeText(bytes, 'x')).toEqual({ text: `${'é'.repeat(50)}\ufffd`, encoding: 'utf-8', invalid: 1 });
  });

  it('does not take stray null bytes for UTF-16', () => {
    const bytes = new TextEncoder().encode('Title,Level\nCle\0rk,Staff\nBoss\0,Owner\nEngineer,Staff,\n');
    expect(decodeText(bytes, 'x').encoding).toBe('utf-8');
    expect(decodeText(bytes, 'x').text).toContain('Cle\0rk');
  });

  it('obeys a forced encoding and refuses an unknown one', () => {
    expect(decodeText(Uint8Array.of(0xc3, 0xa9), 'x', 'windows-1252').text).toBe('Ã©');
    expect(() => decodeText(Uint8Array.of(65), 'x', 'ebcdic')).toThrow(/expected one of the encodings/);
  });
});
