import { expect, it } from 'vitest';
import { abbreviationLines, readAbbreviations } from './abbreviationText.ts';

it('reads what it writes, and tidies what is typed', () => {
  const list = { sr: 'senior', 'v p': 'vice president' };
  expect(readAbbreviations(abbreviationLines(list))).toEqual({ found: list, problem: undefined });
  expect(readAbbreviations(' Sr. =  Senior \n\nsr=elder\nconstructor = builder')).toEqual({
    found: { sr: 'elder', constructor: 'builder' },
    problem: undefined,
  });
});

it.each(['sr', 'sr =', '= senior', 'a = b = c'])('names the line that it leaves out: %j', (line) => {
  const { found, problem } = readAbbreviations(`jr = junior\n${line}`);
  expect(found).toEqual({ jr: 'junior' });
  expect(problem).toContain('Line 2');
});
