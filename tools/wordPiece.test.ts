import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWord, trainWordPiece } from './wordPiece.ts';

const counts = new Map([
  ['hug', 10],
  ['pug', 5],
  ['pun', 12],
  ['bun', 4],
  ['hugs', 5],
]);
const options = { specialTokens: ['[UNK]'], alphabet: ['b', 'z'], minFrequency: 5 };

describe('trainWordPiece', () => {
  it('joins the pairs in the order that can be worked out by hand', () => {
    // ##u ##g 20, ##u ##n 16, h ##ug 15, p ##un 12, then 5 each: hug ##s, p ##ug. b ##un (4) stays under the minimum.
    const expected = '[UNK] ##g ##n ##s ##u b h p z ##ug ##un hug pun pug hugs';
    expect(trainWordPiece(counts, { ...options, size: 100 }).join(' ')).toBe(expected);
  });

  it('gives the same vocabulary in whatever order the words come', () => {
    const reversed = new Map([...counts].toReversed());
    expect(trainWordPiece(reversed, { ...options, size: 11 })).toEqual(
      trainWordPiece(counts, { ...options, size: 11 }),
    );
  });

  it('keeps what tokenising uses and drops the stepping stones to it, to exactly the size asked for', () => {
    // Four joins would not reach the whole word: it is learnt within the surplus, and then it alone is used.
    const one = new Map([['manager', 100]]);
    const alphabet = ['m', '##a', '##n', '##g', '##e', '##r'];
    expect(trainWordPiece(one, { specialTokens: [], alphabet, minFrequency: 2, size: 11 })).toHaveLength(11);
    expect(trainWordPiece(one, { specialTokens: [], alphabet, minFrequency: 2, size: 10 })).toContain('manager');
  });

  it('keeps any word of known characters within the size, and can always spell it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '𝒳'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.dictionary(word, fc.integer({ min: 5, max: 50 })),
        fc.integer({ min: 12, max: 60 }),
        (words, size) => {
          const vocabulary = trainWordPiece(new Map(Object.entries(words)), { ...options, size });
          expect(vocabulary.length).toBeLessThanOrEqual(size);
          expect(new Set(vocabulary).size).toBe(vocabulary.length);
          for (const text of Object.keys(words)) {
            const pieces = encodeWord(text, new Set(vocabulary));
            expect(pieces?.map((piece, i) => (i ? piece.slice(2) : piece)).join('')).toBe(text);
          }
        },
      ),
    );
  });
});

describe('encodeWord', () => {
  it('takes the longest piece first', () => {
    const vocabulary = new Set(['un', '##aff', '##able', '##a', 'u']);
    expect(encodeWord('unaffable', vocabulary)).toEqual(['un', '##aff', '##able']);
    expect(encodeWord('unz', vocabulary)).toBeNull();
    expect(encodeWord('', vocabulary)).toEqual([]);
  });
});
