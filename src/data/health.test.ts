import { expect, it } from 'vitest';
import { readPasted } from './readFile.ts';
import { DataSession } from './session.ts';

function rareLabels(rows: string[][]): string | undefined {
  const session = new DataSession(null);
  const text = [['Title', 'Level'], ...rows].map((row) => row.join('\t')).join('\n');
  const { findings } = session.load(readPasted(text, false));
  return findings.find(({ id }) => id === 'rare-labels')?.title;
}

const titled = (count: number, name: string, label: string): string[][] =>
  Array.from({ length: count }, (_, i) => [`${name} ${String.fromCodePoint(97 + i)}${i} x${i * 7}`, label]);
const staff = titled(20, 'Clerk', 'Staff');

it('counts a title that is repeated with the same labels once', () => {
  const repeated = Array.from({ length: 30 }, () => ['Owner', 'Owner']);
  expect(rareLabels([...staff, ...repeated])).toBe('1 label has too few rows: Owner (1)');
});

it('does not count titles that are left out of training', () => {
  const invalid = [...Array.from({ length: 8 }, (_, i) => [`${i} --`, 'Boss']), ['', 'Boss']];
  expect(rareLabels([...staff, ...titled(9, 'Chief', 'Boss'), ...invalid])).toBe('1 label has too few rows: Boss (9)');
  expect(rareLabels([...staff, ...titled(10, 'Chief', 'Boss'), ...invalid])).toBeUndefined();
});

it('counts a title for each of the labels it stands with', () => {
  const conflicting = titled(10, 'Clerk', 'Boss');
  expect(rareLabels([...staff, ...conflicting])).toBeUndefined();
});
