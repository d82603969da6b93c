import { describe, expect, it } from 'vitest';
import { defaultAbbreviations } from './abbreviations.ts';
import type { NormalisationStep } from '../shared/normalisation.ts';
import { defaultNormalisation, normaliser, normaliseTitle } from './normalise.ts';

it.each([
  ['Sr. V.P., Sales & Marketing', 'senior vice president sales marketing'],
  ['Vice-President of I.T.', 'vice president it'],
  ['Mgr / Asst. Dir', 'manager assistant director'],
  ['Director of the IT Dept', 'director it department'],
  ["Women's Wear Buyer", 'womens wear buyer'],
  ['R & D Engineer', 'research development engineer'],
  ['R&D', 'research development'],
  ['P&L Owner', 'p&l owner'],
  ['C++/C# Developer (.NET)', 'c++ c# developer net'],
  ['Secuirty Analyst***', 'security analyst'],
  ['Exec V P', 'executive vice president'],
  ['V.P Ops', 'vice president operations'],
  ['J.Smith', 'j smith'],
  ['Chef de Cuisine – Pâtissier', 'chef de cuisine pâtissier'],
  ['of the', ''],
  ['***', ''],
  ['', ''],
])('normalises %j to %j', (title, expected) => {
  expect(normaliseTitle(title)).toBe(expected);
});

const only = (...steps: NormalisationStep[]) => normaliser({ ...defaultNormalisation, steps })('The Sr. Dir/Mgr');

it('takes the steps that are named, in their own order', () => {
  expect(only()).toBe('The Sr. Dir/Mgr');
  expect(only('separators')).toBe('The Sr. Dir Mgr');
  expect(only('stop-words', 'lowercase')).toBe('sr. dir/mgr');
  expect(only('abbreviations', 'separators', 'symbols')).toBe('The senior director manager');
});

it('prefers the longest abbreviation and leaves parts of words alone', () => {
  const abbreviations = { a: 'one', 'a b': 'two', 'a b c': 'three' };
  const normalise = normaliser({ steps: ['abbreviations'], abbreviations });
  expect(normalise('a b c a b d a ab')).toBe('three two d one ab');
});

it('is done after one pass: the normal form of a normal form is itself', () => {
  for (const title of ['Sr V.P., R&D', 'Exec Dir C++', 'sys admin / dba']) {
    expect(normaliseTitle(normaliseTitle(title))).toBe(normaliseTitle(title));
  }
});

describe('the list of abbreviations', () => {
  it('has keys as the look-up sees them', () => {
    const entries = Object.entries(defaultAbbreviations);
    expect(entries.length).toBeGreaterThanOrEqual(70);
    const plain = normaliser({ steps: ['lowercase', 'symbols', 'separators'], abbreviations: {} });
    for (const [key, meaning] of entries) expect([plain(key), plain(meaning)]).toEqual([key, meaning]);
  });

  it('expands nothing into another abbreviation', () => {
    const meanings = Object.values(defaultAbbreviations).flatMap((meaning) => meaning.split(' '));
    expect(meanings.filter((word) => word in defaultAbbreviations)).toEqual([]);
  });
});
