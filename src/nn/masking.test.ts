import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenisedTitles } from '../shared/arrays.ts';
import { maskTitles, packMasked, type MaskingOptions } from './masking.ts';
import { tokenRows } from './packedBatch.ts';

/** Title i is 2, then 10 to 10 + lengths[i], then 3. */
function titlesOf(lengths: number[]): TokenisedTitles {
  const ids = lengths.flatMap((length) => [2, ...Array.from({ length }, (_, k) => 10 + k), 3]);
  const starts = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i] + length + 2;
  return { ids: Int32Array.from(ids), starts };
}

const options: MaskingOptions = {
  rate: 0.15,
  seed: 1,
  maskId: 4,
  special: new Set([2, 3]),
  vocabulary: Int32Array.from({ length: 20 }, (_, i) => 40 + i),
  continues: null,
};

describe('masking', () => {
  it('chooses the wanted share, at least one, never a special token, and changes no other', () => {
    assert(
      property(array(integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }), integer(), (lengths, seed) => {
        const titles = titlesOf(lengths);
        const before = titles.ids.slice();
        const indices = lengths.map((_, i) => i).toReversed();
        const masked = maskTitles(titles, indices, { ...options, seed });
        const count = lengths.reduce((sum, length) => sum + length, 0);
        expect(masked.slots.length).toBe(Math.max(1, Math.round(0.15 * count)));
        expect(new Set(masked.slots).size).toBe(masked.slots.length);
        const whole = titlesOf(lengths.toReversed()).ids;
        expect(masked.targets).toEqual(masked.slots.map((slot) => whole[slot]));
        expect([...masked.targets].some((id) => id < 10)).toBe(false);
        const chosen = new Set(masked.slots);
        const same = [...whole].every((id, slot) => chosen.has(slot) || masked.titles.ids[slot] === id);
        expect(same).toBe(true);
        expect(titles.ids).toEqual(before);
      }),
    );
  });

  it('makes 80 % masks, 10 % other tokens, and leaves 10 %', () => {
    const lengths = Array<number>(1000).fill(20);
    const masked = maskTitles(titlesOf(lengths), [...lengths.keys()], options);
    expect(masked.slots.length).toBe(3000);
    const now = Array.from(masked.slots, (slot) => masked.titles.ids[slot]);
    const share = (wanted: (id: number, i: number) => boolean): number => now.filter(wanted).length / now.length;
    expect(share((id) => id === 4)).toBeCloseTo(0.8, 1);
    expect(share((id) => id >= 40)).toBeCloseTo(0.1, 1);
    expect(share((id, i) => id === masked.targets[i])).toBeCloseTo(0.1, 1);
  });

  it('repeats with the seed', () => {
    const titles = titlesOf([12, 3, 9]);
    expect(maskTitles(titles, [0, 1, 2], options)).toEqual(maskTitles(titles, [0, 1, 2], options));
    const other = maskTitles(titles, [0, 1, 2], { ...options, seed: 2 });
    expect(other.slots).not.toEqual(maskTitles(titles, [0, 1, 2], options).slots);
  });

  it('takes words whole', () => {
    // 10 11 12 | 13 14 15 | ... : every third id begins a word.
    const continues = Uint8Array.from({ length: 60 }, (_, id) => (id >= 10 && (id - 10) % 3 !== 0 ? 1 : 0));
    const titles = titlesOf([12, 12, 12, 12]);
    const { slots } = maskTitles(titles, [0, 1, 2, 3], { ...options, rate: 0.25, continues });
    expect(slots.length).toBe(12);
    const words = new Set(Array.from(slots, (slot) => `${Math.floor(slot / 14)} ${Math.floor(((slot % 14) - 1) / 3)}`));
    expect(words.size).toBe(4);
    // One word is more than the share: it is taken all the same, and alone.
    expect(maskTitles(titlesOf([3]), [0], { ...options, rate: 0.1, continues }).slots.length).toBe(3);
  });

  it('refuses titles without a token to mask', () => {
    expect(() => maskTitles(titlesOf([0, 0]), [0, 1], options)).toThrow(/no token/);
  });

  it('packs the masked tokens in the place of first tokens', () => {
    const masked = maskTitles(titlesOf([6, 6, 6]), [2, 0], { ...options, rate: 0.5 });
    const rows = { wordRow: Int32Array.from({ length: 60 }, (_, i) => 100 + i), words: 160, positions: 20 };
    const { host, targets } = packMasked(masked, rows);
    expect([host.B, host.firsts]).toEqual([6, masked.slots]);
    expect(targets).toEqual(masked.targets.map((id) => 100 + id));
    const title = host.tokens.subarray(tokenRows.title * host.N);
    expect(Array.from(host.firsts, (slot) => title[slot])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(title.filter((i) => i >= 0).length).toBe(6);
    expect(Array.from(host.tokens.subarray(0, 16))).toEqual(Array.from(masked.titles.ids, (id) => 100 + id));
  });
});
