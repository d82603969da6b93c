/** Keywords, the filter, and what they say of a file. */
import { describe, expect, it } from 'vitest';
import { titleWords } from '../../data/duplicates.ts';
import { unpackStrings } from '../../shared/strings.ts';
import type { KeywordMap, LabellingSettings } from '../../shared/levelArea.ts';
import { areaMaps } from './areaMaps.ts';
import { KeywordReader, withoutKeywords } from './keywords.ts';
import { labelTitles } from './labelTitles.ts';
import { levelMap } from './levelMap.ts';
import { invalidReason } from './validTitles.ts';

const small: KeywordMap = {
  conflicts: 'longest',
  classes: [
    { name: 'Top', keywords: ['president', 'ceo', 'r&d head'], codes: ['11'] },
    { name: 'Vice', keywords: ['vice president', 'VP'], codes: ['12', '13'] },
    { name: 'Maker', keywords: ['engineer', 'software engineer'], codes: [] },
  ],
};

function classOf(title: string, map: KeywordMap = small): number | null {
  return new KeywordReader(map).read(titleWords(title)).class;
}

describe('keywords', () => {
  it('are whole words, case and punctuation aside, a plural s overlooked', () => {
    expect(classOf('Engineering lead')).toBeNull();
    expect(classOf('ENGINEERS wanted!')).toBe(2);
    expect(classOf('R & D-Head')).toBe(0);
    expect(classOf('Mr. Ceo')).toBe(0);
    expect(classOf('Receoist')).toBeNull();
  });

  it('hide shorter ones that they overlap', () => {
    expect(classOf('Senior Vice President')).toBe(1);
    const { matches, classes } = new KeywordReader(small).read(titleWords('vice president'));
    expect(classes).toEqual([1]);
    expect(matches.filter(({ inside }) => inside).map((match) => match.class)).toEqual([0]);
    // The word stands once more, on its own: that is a conflict.
    expect(new KeywordReader(small).read(titleWords('vice president and president')).classes).toEqual([0, 1]);
  });

  it('of several classes are decided as the map says', () => {
    expect(classOf('CEO and software engineer')).toBe(2);
    expect(classOf('CEO and software engineer', { ...small, conflicts: 'order' })).toBe(0);
    expect(classOf('CEO and software engineer', { ...small, conflicts: 'leave-out' })).toBeNull();
    // Two keywords of the same length: nothing decides.
    const tie = {
      ...small,
      classes: [
        { name: 'A', keywords: ['abc'], codes: [] },
        { name: 'B', keywords: ['xyz'], codes: [] },
      ],
    };
    expect(classOf('abc xyz', tie)).toBeNull();
  });

  it('can be taken out of a title, as long as something is left', () => {
    const words = titleWords('Software Engineer, Payments');
    const verdict = new KeywordReader(small).read(words);
    expect(withoutKeywords(words, verdict, verdict.class)).toBe('payments');
    const alone = titleWords('VP');
    expect(withoutKeywords(alone, new KeywordReader(small).read(alone), 1)).toBe('');
  });
});

describe('the shipped maps', () => {
  it('have the official number of classes, each keyword of a class once, each code once', () => {
    expect(levelMap.classes).toHaveLength(9);
    expect(areaMaps.naics.classes).toHaveLength(20);
    expect(areaMaps.soc.classes).toHaveLength(23);
    for (const { classes } of [levelMap, areaMaps.naics, areaMaps.soc]) {
      for (const { name, keywords } of classes) {
        expect(name).not.toBe('');
        expect(
          keywords.filter((keyword, i) => titleWords(keyword).length === 0 || keywords.indexOf(keyword) !== i),
        ).toEqual([]);
      }
      const codes = classes.flatMap((known) => known.codes);
      expect(new Set(codes).size).toBe(codes.length);
    }
    expect(areaMaps.naics.classes.flatMap(({ codes }) => codes)).toHaveLength(24);
  });

  it.each([
    ['Senior Vice President, Sales', 'Vice president'],
    ['Assistant Manager', 'Manager'],
    ['Director of Nursing', 'Director'],
    ['Sr. Software Engineer', 'Senior specialist'],
    ['Marketing Intern', 'Student or trainee'],
    ['Co-Founder', 'Owner or founder'],
    ['Product Owner', 'Manager'],
    ['CFO', 'Chief officer'],
    ['Office Clerk', 'Assistant or junior'],
  ])('read the level of “%s”', (title, name) => {
    expect(levelMap.classes[classOf(title, levelMap) ?? -1]?.name).toBe(name);
  });

  it.each([
    ['Registered Nurse', 'Health Care and Social Assistance', 'Healthcare Practitioners and Technical'],
    ['CNA - Certified Nursing Assistant', 'Health Care and Social Assistance', 'Healthcare Support'],
    ['Truck Driver', 'Transportation and Warehousing', 'Transportation and Material Moving'],
    ['Software Developer', 'Information', 'Computer and Mathematical'],
  ])('read the area of “%s” in both schemes', (title, naics, soc) => {
    expect(areaMaps.naics.classes[classOf(title, areaMaps.naics) ?? -1]?.name).toBe(naics);
    expect(areaMaps.soc.classes[classOf(title, areaMaps.soc) ?? -1]?.name).toBe(soc);
  });
});

describe('the filter', () => {
  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['12345', 'digits'],
    ['12-34 / 5', 'digits'],
    ['---', 'symbols'],
    ['<b>Engineer</b>', 'html'],
    ['&lt;br&gt;Clerk', 'html'],
    ['jobs@example.org', 'address'],
    ['see www.example.org', 'address'],
    ['N/A', 'placeholder'],
    ['Test', 'placeholder'],
    ['x 1', 'too-short'],
    ['aaaa', 'repeated-letters'],
    ['word '.repeat(40), 'too-long'],
  ])('leaves out %j', (title, reason) => {
    expect(invalidReason(title)).toBe(reason);
  });

  it('is quick with a cell of 100,000 brackets', () => {
    expect(invalidReason('<'.repeat(100_000))).toBe('too-long');
  });

  it.each(['VP', 'R&amp;D Manager', 'C++ Developer', '2nd Line Support', 'Ingénieur', '工程师', 'Salary < 30k clerk'])(
    'keeps %j',
    (title) => {
      expect(invalidReason(title)).toBeNull();
    },
  );
});

describe('a file of titles', () => {
  const cells = ['VP Sales', 'vp, sales', '???', '42', 'Software engineer', 'CEO, engineer', 'Gardener', 'President'];
  const truth = ['boss', 'boss', 'boss', '', 'maker', 'boss', 'maker', 'else'];
  const settings: LabellingSettings = {
    titleColumn: 0,
    maps: { level: small, area: small },
    truth: { level: { column: 1, names: ['boss', 'boss', 'maker'] }, area: null },
  };

  it('is counted: what was left out, what each keyword did, which disagree', () => {
    const { summary } = labelTitles('file', [cells, truth], settings);
    expect(summary).toMatchObject({ rows: 8, titles: 5, repeated: 1 });
    expect(summary.invalid).toEqual([
      { reason: 'digits', rows: 1, examples: ['42'] },
      { reason: 'symbols', rows: 1, examples: ['???'] },
    ]);
    const { level } = summary.heads;
    expect(level).toMatchObject({
      classTitles: [1, 1, 2],
      without: 1,
      conflicting: 1,
      leftOut: 0,
      examples: ['Gardener'],
    });
    const of = (keyword: string) => level.keywords.find((count) => count.keyword === keyword);
    expect(of('engineer')).toEqual({ keyword: 'engineer', class: 2, titles: 2, inside: 1, decided: 1, conflicts: 1 });
    expect(of('ceo')).toEqual({ keyword: 'ceo', class: 0, titles: 1, inside: 0, decided: 0, conflicts: 1 });
    expect(level.conflicts).toEqual([{ classes: [0, 2], titles: 1, example: 'CEO, engineer', outcome: 2 }]);
    expect(level.truthTitles).toBe(4);
    expect(level.truthValues?.[0]).toEqual({ value: 'boss', rows: 4 });
  });

  it('goes to training with weak labels, true ones, and titles without their keywords', () => {
    const dataset = labelTitles('file', [cells, truth], settings).dataset();
    expect(unpackStrings(dataset.titles)).toEqual([
      'VP Sales',
      'Software engineer',
      'CEO, engineer',
      'Gardener',
      'President',
    ]);
    expect(unpackStrings(dataset.hidden.level)).toEqual(['sales', '', 'ceo', '', '']);
    expect(Array.from(dataset.labels.level.weak)).toEqual([1, 2, 2, -1, 0]);
    expect(dataset.labels.level.truth).toEqual({
      names: ['boss', 'maker'],
      of: Int16Array.of(0, 1, 0, 1, -1),
      ofClass: [0, 0, 1],
    });
  });

  it('may have official codes as true labels', () => {
    const codes = ['11-1011.00', '12', '', '13-2011', '1234', '99-0000', '110', '12-0000'];
    const change = { ...settings, truth: { level: { column: 1, names: [null, null, null] }, area: null } };
    const { labels } = labelTitles('file', [cells, codes], change).dataset();
    expect(Array.from(labels.level.truth!.of)).toEqual([0, 1, -1, 0, 1]);
  });

  it('is told when the column of true labels is free text', () => {
    const many = Array.from({ length: 80 }, (_, i) => `Text ${'x'.repeat(i)}`);
    const call = () => labelTitles('file', [many, many], settings);
    expect(call).toThrow('holds 80 different values');
  });
});
