import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CleaningOptions } from '../shared/dataset.ts';
import { cleanTitle, defaultCleaning, hasControlCharacters, hasHtml, hasLetters, titleKey } from './cleaning.ts';

const off: CleaningOptions = {
  html: false,
  unicode: false,
  separators: false,
  symbols: false,
  lowercase: false,
  whitespace: false,
};
const all: CleaningOptions = {
  html: true,
  unicode: true,
  separators: true,
  symbols: true,
  lowercase: true,
  whitespace: true,
};

describe('cleanTitle', () => {
  it.each([
    ['html', '<b>Head</b> of R&amp;D<br/>EMEA', 'Head of R&D EMEA'],
    ['html', '&lt;i&gt;Chef&lt;/i&gt; de caf&eacute; &#8211; &#x41;', 'Chef de café – A'],
    ['html', 'Manager <10 people, a < b > c, R&D; &nope; &#0;', 'Manager <10 people, a < b > c, R&D; &nope; &#0;'],
    [
      'html',
      'Sales &copywriting, Pok&eacutemon, &hearts; &NotEqualTilde; &#150;',
      'Sales &copywriting, Pok&eacutemon, ♥ ≂̸ –',
    ],
    ['html', '<!-- note --><script src="x">Clerk</script >', '  Clerk '],
    ['unicode', '“Chief” Officer’s — ﬁnance\u00a0Ⅳ\u200b\u0007', '"Chief" Officer\'s - finance IV'],
    ['unicode', 'a\tb\nc', 'a b c'],
    ['separators', 'VP/Sales|EMEA;IT_Ops\\x', 'VP Sales EMEA IT Ops x'],
    ['symbols', "C++ & C# Dev. (O'Neil-Co) *new*, 100%", "C++ & C# Dev.  O'Neil-Co   new   100 "],
    ['lowercase', 'VP ÉCOLE', 'vp école'],
    ['whitespace', '  a \u00a0 b\n\tc ', 'a b c'],
  ] as const)('%s: %j becomes %j', (option, title, expected) => {
    expect(cleanTitle(title, { ...off, [option]: true })).toBe(expected);
  });

  it('changes nothing when all is off, and never an ordinary title by default', () => {
    fc.assert(fc.property(fc.string(), (title) => cleanTitle(title, off) === title));
    const title = "Vice President, Chief Officer/Owner - R&D (EMEA), O'Neil; C++";
    expect(cleanTitle(title, defaultCleaning)).toBe(title);
  });

  it('is done after one pass when nothing was escaped twice', () => {
    const plain = fc.string({
      unit: fc.constantFrom('a', 'B', ' ', '\t', '/', 'é', '’', '\u200b', '(', '&', '-', 'ﬁ'),
    });
    fc.assert(
      fc.property(plain, (title) => {
        const once = cleanTitle(title, all);
        expect(cleanTitle(once, all)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['<a', '<!--', '&amp', '< b', '"', '\u0000', '&lt;'])(
    'takes a million characters of %j, for which time by the square would run out',
    (piece) => {
      expect(cleanTitle(piece.repeat(1_000_000 / piece.length), all).length).toBeLessThanOrEqual(1_000_000);
    },
  );
});

describe('what titles hold', () => {
  it('sees HTML, invisible characters and letters', () => {
    expect(hasHtml('a <b>c</b>')).toBe(true);
    expect(hasHtml('R&amp;D')).toBe(true);
    expect(hasHtml('R&D < x')).toBe(false);
    expect(hasControlCharacters('a\u0000b')).toBe(true);
    expect(hasControlCharacters('a\u200bb')).toBe(true);
    expect(hasControlCharacters('a\tb\n')).toBe(false);
    expect(hasLetters('1234 -')).toBe(false);
    expect(hasLetters('経理')).toBe(true);
    expect(titleKey('  Vice   PRESIDENT ')).toBe('vice president');
  });
});
