import { describe, expect, it } from 'vitest';
import { orderByRow, packTitles, tokenRows } from './packedBatch.ts';

const titles = { ids: Int32Array.of(5, 6, 7, 5, 8), starts: Uint32Array.of(0, 3, 4, 5) };
const wordRow = Int32Array.of(-1, -1, -1, -1, -1, 0, 1, 2, 3);
const rows = { wordRow, words: 4, positions: 3 };

describe('packing titles', () => {
  it('lays the chosen titles end to end, in that order, and marks where each begins and ends', () => {
    const { tokens, firsts, N, B } = packTitles(titles, [2, 0], rows);
    const row = (kind: keyof typeof tokenRows): number[] => [
      ...tokens.subarray(tokenRows[kind] * N, tokenRows[kind] * N + 5),
    ];
    expect([N, B]).toEqual([32, 2]);
    expect([...firsts]).toEqual([0, 1]);
    expect(row('word')).toEqual([3, 0, 1, 2, 0]);
    expect(row('position')).toEqual([0, 0, 1, 2, 0]);
    expect(row('begin')).toEqual([0, 1, 1, 1, 4]);
    expect(row('end')).toEqual([1, 4, 4, 4, 5]);
    expect(row('title')).toEqual([0, 1, -1, -1, -1]);
  });

  it('lets slots past the last token attend to themselves only', () => {
    const { tokens, N } = packTitles(titles, [1], rows);
    for (let slot = 1; slot < N; slot++) {
      expect(tokens[tokenRows.begin * N + slot]).toBe(slot);
      expect(tokens[tokenRows.end * N + slot]).toBe(slot + 1);
      expect(tokens[tokenRows.title * N + slot]).toBe(-1);
    }
  });

  it('needs no slot more than the next multiple of 32', () => {
    const long = { ids: new Int32Array(64).fill(5), starts: Uint32Array.of(0, 32, 64) };
    expect(packTitles(long, [0], rows).N).toBe(32);
    expect(packTitles(long, [0, 1], rows).N).toBe(64);
  });
});

describe('ordering tokens by table row', () => {
  it('heads the tokens with where each row begins, rows without tokens included', () => {
    expect([...orderByRow(Int32Array.of(2, 0, 2, 3), 5)]).toEqual([0, 1, 1, 3, 4, 4, 1, 0, 2, 3]);
  });
});
