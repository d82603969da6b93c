// The sample shows the page's health panel at work: it must keep its deliberate faults, and enough rows to learn from.
import { existsSync, readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';

interface Row {
  title: string;
  labels: string[];
}

function readRows(path: string): Row[] {
  const { data, errors } = Papa.parse<string[]>(readFileSync(path, 'utf8'), { skipEmptyLines: true });
  expect(errors).toEqual([]);
  expect(data[0]).toEqual(['Title', 'Column 1', 'Column 2', 'Column 3', 'Column 4']);
  return data.slice(1).map(([title, ...labels]) => ({ title, labels: labels.filter(Boolean) }));
}

const rows = readRows('public/sample/job-titles.csv');

function countBy(keys: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Keys that occur more than once. */
function repeated(keys: string[]): string[] {
  return [...countBy(keys)].filter(([, count]) => count > 1).map(([key]) => key);
}

describe('the sample data', () => {
  it('has enough rows of each level, and one label that is too rare', () => {
    expect(rows.length).toBeGreaterThanOrEqual(400);
    expect(rows.length).toBeLessThanOrEqual(500);
    const counts = countBy(rows.flatMap(({ labels }) => labels));
    const levels = ['Chief Officer', 'Vice President', 'Director', 'Manager', 'Individual Contributor/Staff'];
    for (const level of levels) expect([level, counts.get(level)! >= 60]).toEqual([level, true]);
    expect(counts.get('Owner')).toBeGreaterThanOrEqual(20);
    expect([...counts.keys()].toSorted()).toEqual([...levels, 'Owner', 'Intern'].toSorted());
    expect(counts.get('Intern')).toBe(1);
    expect(rows.filter(({ labels }) => labels.length === 2).length).toBeGreaterThanOrEqual(20);
    expect(rows.some(({ labels }) => labels.length === 3)).toBe(true);
  });

  it('has each fault that the health panel speaks of', () => {
    expect(rows.filter(({ labels }) => labels.length === 0)).toHaveLength(5);
    expect(rows.filter(({ title }) => title === '')).toHaveLength(1);
    expect(rows.filter(({ title }) => /^\d+$/.test(title))).toHaveLength(1);
    expect(rows.filter(({ title }) => /<\w+>|&amp;/.test(title))).toHaveLength(1);
    expect(repeated(rows.map(({ title, labels }) => `${title} | ${labels.join()}`))).toEqual([
      'Director of Marketing | Director',
    ]);
    const titles = ['Director of Marketing', 'Head of Treasury', 'Solutions Architect'];
    expect(repeated(rows.map(({ title }) => title)).toSorted()).toEqual(titles);
    const words = rows.map(({ title }) => (title.toLowerCase().match(/\w+/g) ?? []).toSorted().join(' '));
    expect(repeated(words)).toContain('call centre manager operations');
  });

  it('is shuffled', () => {
    const changes = rows.filter(({ labels }, i) => i > 0 && labels[0] !== rows[i - 1].labels[0]).length;
    expect(changes / rows.length).toBeGreaterThan(0.7);
  });
});

const judged = '../shared/data/JobLevelData.csv';

it.skipIf(!existsSync(judged))('copies no row of the file that models are judged on', () => {
  const known = new Set(readRows(judged).map(({ title }) => title.toLowerCase().trim()));
  expect(rows.filter(({ title }) => known.has(title.toLowerCase()))).toEqual([]);
});
