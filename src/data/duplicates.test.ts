import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { findDuplicates, noNeighbour, titleWords } from './duplicates.ts';

function jaccard(a: string, b: string): number {
  const [left, right] = [new Set(titleWords(a)), new Set(titleWords(b))];
  const common = [...left].filter((word) => right.has(word)).length;
  return left.size + right.size === 0 ? 0 : common / (left.size + right.size - common);
}

/** Titles of up to `longest` words out of a small vocabulary, so that near ones are common. */
function titlesOf(longest: number): fc.Arbitrary<string[]> {
  const word = fc.integer({ min: 0, max: 24 }).map((n) => `w${n}`);
  const title = fc.array(word, { maxLength: longest }).map((words) => words.join(' '));
  const base = fc.array(title, { minLength: 1, maxLength: 12 });
  // Variants of the same titles with words swapped in, dropped or shuffled.
  return fc.tuple(base, fc.array(fc.tuple(fc.nat(), fc.nat(), word), { maxLength: 25 })).map(([titles, edits]) => {
    const all = titles.slice();
    for (const [which, where, replacement] of edits) {
      const words = all[which % all.length].split(' ');
      words[where % words.length] = replacement;
      all.push((where % 3 === 0 ? words.toReversed() : words).join(' '));
    }
    return all;
  });
}

function connected(titles: readonly string[]): number[] {
  const group = titles.map((_, i) => i);
  for (let a = 0; a < titles.length; a++) {
    for (let b = 0; b < a; b++) {
      const same = titles[a] === titles[b] && titles[a] !== '';
      if (!same && jaccard(titles[a], titles[b]) < 0.75) continue;
      const [from, to] = [group[a], group[b]];
      group.forEach((value, i) => (group[i] = value === from ? to : group[i]));
    }
  }
  const numbers = new Map<number, number>();
  return group.map((value) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    return numbers.get(value) ?? -1;
  });
}

describe('findDuplicates', () => {
  it.each([6, 11, 20])(
    'groups and neighbours are those of comparing all pairs, titles of up to %i words',
    (longest) => {
      fc.assert(
        fc.property(titlesOf(longest), (titles) => {
          const found = findDuplicates(titles);
          expect([...found.groups]).toEqual(connected(titles));
          titles.forEach((title, row) => {
            const near = titles.some((other) => other !== title && jaccard(title, other) >= 0.75);
            expect(found.neighbour[row] !== noNeighbour).toBe(near);
            const neighbour = titles[found.neighbour[row]] ?? title;
            expect(jaccard(title, neighbour) >= 0.75 || neighbour === title).toBe(true);
          });
        }),
        { numRuns: 300 },
      );
    },
  );

  it('knows same titles, words in another order, and near ones', () => {
    const found = findDuplicates([
      'VP, Sales',
      'Sales VP',
      'vp,  SALES',
      'Senior Vice President of Sales Operations EMEA',
      'Senior Vice President of Sales Operations',
      'Clerk',
      '',
      '',
      '---',
    ]);
    expect([...found.firstSame]).toEqual([0, 1, 0, 3, 4, 5, 6, 7, 8]);
    expect([...found.neighbour].map((row) => (row === noNeighbour ? null : row))).toEqual([
      1,
      0,
      1,
      4,
      3,
      null,
      null,
      null,
      null,
    ]);
    expect([...found.reordered]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0]);
    expect([...found.groups]).toEqual([0, 0, 0, 1, 1, 2, 3, 4, 5]);
  });

  it('does not call words that come twice the same order', () => {
    const found = findDuplicates(['Manager Manager Sales', 'Manager Sales']);
    expect([...found.reordered]).toEqual([0, 0]);
    expect(found.neighbour[0]).toBe(1);
  });

  it('finds those of 200,000 rows of a small vocabulary', () => {
    const random = new Random(1);
    const titles = Array.from({ length: 200_000 }, () => {
      return Array.from({ length: 3 + random.int(6) }, () => `word${Math.floor(400 * random.next() ** 2)}`).join(' ');
    });
    const { groups } = findDuplicates(titles);
    const groupOf = new Map(titles.map((title, row) => [title, groups[row]]));
    expect(titles.filter((title, row) => groupOf.get(title) !== groups[row])).toEqual([]);
    expect(groupOf.size).toBeLessThan(titles.length);
  });

  it('survives titles of 100,000 characters', () => {
    const long = Array.from({ length: 15_000 }, (_, i) => `w${i}`).join(' ');
    const found = findDuplicates([long, `${long} more`, 'a'.repeat(100_000), 'Clerk']);
    expect([...found.groups]).toEqual([0, 0, 1, 2]);
  });
});
