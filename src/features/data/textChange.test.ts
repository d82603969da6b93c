import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortened, textChange, visibleText } from './textChange.ts';

const joined = (parts: ReturnType<typeof textChange>, without: 'added' | 'removed') =>
  parts
    .filter((part) => part.kind !== without)
    .map((part) => part.text)
    .join('');

describe('textChange', () => {
  it('finds each stretch that changed', () => {
    const parts = textChange('IT  Director – EMEA', 'IT Director - EMEA').map(({ kind, text }) => [kind, text]);
    expect(parts).toEqual([
      ['same', 'IT '],
      ['removed', ' '],
      ['same', 'Director '],
      ['removed', '–'],
      ['added', '-'],
      ['same', ' EMEA'],
    ]);
  });

  it('says nothing of equal texts but the text', () => {
    expect(textChange('CEO', 'CEO')).toEqual([{ kind: 'same', text: 'CEO', start: 0 }]);
    expect(textChange('', '')).toEqual([]);
  });

  it('holds both texts, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (before, after) => {
        const parts = textChange(before, after);
        expect(joined(parts, 'added')).toBe(before);
        expect(joined(parts, 'removed')).toBe(after);
        expect(new Set(parts.map((part) => part.start)).size).toBe(parts.length);
      }),
    );
  });

  it('shows 1,000,000 characters as one stretch changed rather than comparing them by the square', () => {
    const [before, after] = ['a'.repeat(1_000_000), 'b'.repeat(1_000_000)];
    expect(textChange(before, after)).toEqual([
      { kind: 'removed', text: before, start: 0 },
      { kind: 'added', text: after, start: before.length },
    ]);
  });
});

describe('visibleText', () => {
  it('shows what cannot be seen', () => {
    expect(visibleText('a b\u00a0c\u200b\t\n\u0000')).toBe('a·b·c·⇥↵·');
    expect(visibleText('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}…`);
  });

  it('leaves out the middle of long unchanged text', () => {
    expect(shortened('0123456789', 4)).toBe('01 … 89');
    expect(shortened('0123', 4)).toBe('0123');
  });
});
