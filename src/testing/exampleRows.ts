/** Made-up titles with plausible labels and probabilities, for tests of the screens. */
import { Random } from '../shared/random.ts';
import type { TestRow } from '../shared/training.ts';
import { exampleLabels } from './exampleRun.ts';

const stems = [
  ['Software Engineer', 'Systems Architect', 'Lead DevOps Engineer, Intelligent Automation Platform', 'Data Analyst'],
  ['Director of Systems Engineering', 'Executive Director, Global IT Infrastructure', 'Senior Director, Cloud'],
  ['Vice President, Solution Architecture', 'SVP and Head of Marketing', 'VP of Information Technology'],
  ['Engineering Manager', 'Program Manager, Customer Success and Business Transformation', 'Team Lead'],
  ['Chief Technology Officer | Founding Partner', 'CIO', 'Chief Data Architect'],
  ['Owner & Data Architect', 'Co-Founder'],
];
const shares = [0.5, 0.72, 0.88, 0.955, 0.99, 1];

function exampleTestRow(row: number, random: Random): TestRow {
  const draw = random.next();
  const main = shares.findIndex((share) => draw <= share);
  const actual = exampleLabels.map((_, label) => label === main);
  if (random.next() < 0.06) actual[random.int(5)] = true;
  const confused = random.next() < (main === 3 ? 0.35 : 0.09) ? random.int(5) : null;
  const probabilities = actual.map((holds, label) => {
    if (label === confused) return 0.3 + 0.6 * random.next();
    const sure = confused === null ? 0.97 : 0.6;
    return holds ? sure - 0.5 * random.next() ** 3 : 0.3 * random.next() ** 4;
  });
  const titles = stems[main];
  return {
    row,
    title: `${titles[random.int(titles.length)]} ${row % 5 === 0 ? '2' : ''}`.trim(),
    actual,
    probabilities,
  };
}

/** So many rows of a split, always the same for a seed; no two are near duplicates. */
export function exampleRows(rows: number, seed = 7): TestRow[] {
  const random = new Random(seed);
  return Array.from({ length: rows }, (_, i) => ({ ...exampleTestRow(2 + 7 * i, random), group: i }));
}
