import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../text/tokenizer.ts';
import {
  coreOf,
  insertedPiece,
  joinPieces,
  piecesOf,
  tokeniseWords,
  withoutPiece,
  withPiece,
  wordsOf,
  type Encode,
} from './words.ts';

const texts = (title: string): string[] => wordsOf(title).map(({ text }) => text);

describe('words of a title', () => {
  it('keep their punctuation, and stand where they say', () => {
    expect(texts('VP, R&D (EMEA) / Co-Founder & C++ Developer')).toEqual([
      'VP,',
      'R&D',
      '(EMEA)',
      '/',
      'Co-Founder',
      '&',
      'C++',
      'Developer',
    ]);
    expect(texts('Owner/General Manager')).toEqual(['Owner/', 'General', 'Manager']);
    expect(texts("  Führungskraft d'affaires ")).toEqual(['Führungskraft', "d'affaires"]);
    expect(texts('')).toEqual([]);
    const title = 'Owner/General  Manager, Sales';
    for (const { text, from, to } of wordsOf(title)) expect(title.slice(from, to)).toBe(text);
  });

  it('lose brackets and commas, not what is part of them', () => {
    expect(['(EMEA),', 'C++', 'C#,', '&', 'St.', '"Chief"'].map(coreOf)).toEqual([
      'EMEA',
      'C++',
      'C#',
      '&',
      'St',
      'Chief',
    ]);
  });

  it('are taken in a time that does not depend on what they hold', () => {
    for (const unit of ['(', '-', 'a-', '&', 'a']) expect(texts(unit.repeat(100_000)).length).toBeGreaterThanOrEqual(1);
  });
});

describe('a title put together anew', () => {
  const pieces = piecesOf(wordsOf('Owner/General Manager, Sales'));

  it('is itself when nothing changes', () => {
    expect(joinPieces(pieces)).toBe('Owner/General Manager, Sales');
  });

  it('closes the gap of a word', () => {
    expect(pieces.map((_, i) => joinPieces(withoutPiece(pieces, i)))).toEqual([
      'General Manager, Sales',
      'Owner/ Manager, Sales',
      'Owner/General Sales',
      'Owner/General Manager,',
    ]);
    expect(joinPieces(withoutPiece(piecesOf(wordsOf('Big Owner/Manager')), 1))).toBe('Big Manager');
  });

  it('keeps the punctuation of a word that is replaced, and gives a new one spaces', () => {
    expect(joinPieces(withPiece(pieces, 2, 'Director'))).toBe('Owner/General Director, Sales');
    expect([0, 1, 4].map((at) => joinPieces(insertedPiece(pieces, at, 'CEO')))).toEqual([
      'CEO Owner/General Manager, Sales',
      'Owner/ CEO General Manager, Sales',
      'Owner/General Manager, Sales CEO',
    ]);
  });
});

const folder = join(import.meta.dirname, '../../public/models/rung-mini');
const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const tokenizer = loadTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
const wordPiece: Encode = (title) => tokenizer.encode(title, 64);
const cut: Encode = (title) => tokenizer.encode(title, 5);

// Made-up tokenisers; 1 and 2 stand around.
/** Letters are tokens, but "a b" is one, across its space. */
const across: Encode = (title) => [1, ...Array.from(title.replaceAll('a b', 'X'), (letter) => letter.charCodeAt(0)), 2];
const deaf: Encode = (title) => [1, ...(title.includes('x') ? [7] : []), 2];
/** An empty title has a token of its own. */
const marked: Encode = (title) => [1, ...(title === '' ? [9] : title.split(' ').map((word) => word.length + 20)), 2];

/** Words with the number of their tokens. */
function counted(title: string, encode: Encode): [string, number][] {
  const { words, wordOf } = tokeniseWords(title, encode);
  return words.map(({ text }, i) => [text, wordOf.filter((word) => word === i).length]);
}

describe('the tokens of words', () => {
  it('are found by WordPiece, several a word', () => {
    const title = 'VP, Gastroenterology & R&D';
    const { ids, wordOf, words, unread } = tokeniseWords(title, wordPiece);
    expect(words.map(({ text }) => text)).toEqual(['VP,', 'Gastroenterology', '&', 'R&D']);
    expect(unread).toBe(0);
    expect([wordOf[0], wordOf.at(-1)]).toEqual([-1, -1]);
    expect(wordOf.slice(1, -1).every((word, i) => word >= 0 && (i === 0 || word >= wordOf[i]))).toBe(true);
    for (const [i, { text }] of words.entries()) {
      const own = ids.filter((_, token) => wordOf[token] === i);
      expect(own).toEqual(wordPiece(text).slice(1, -1));
    }
  });

  it('say which words a title was cut before', () => {
    const { words, unread, wordOf } = tokeniseWords('Director of Sales for Europe', cut);
    expect(words.map(({ text }) => text)).toEqual(['Director', 'of', 'Sales']);
    expect(unread).toBe(2);
    expect([...wordOf]).toEqual([-1, 0, 1, 2, -1]);
  });

  it('join words that share a token', () => {
    expect(counted('a b cd', across)).toEqual([
      ['a b', 1],
      ['cd', 3],
    ]);
  });

  it('are none for nothing, and for what the tokeniser leaves out', () => {
    expect(tokeniseWords('', across)).toMatchObject({ ids: [1, 2], words: [], unread: 0 });
    expect(counted('x ☃', deaf)).toEqual([['x', 1]]);
    expect(counted('☃', deaf)).toEqual([]);
  });

  it('are right where an empty title has a token of its own', () => {
    expect(counted('ab cde', marked)).toEqual([
      ['ab', 1],
      ['cde', 1],
    ]);
  });
});
