/** A run with test rows and their report, for tests of the screen; nothing in the page imports it. */
import { splitReport } from '../../metrics/bootstrap.ts';
import { Random } from '../../shared/random.ts';
import type { RunRecord, TestRow } from '../../shared/training.ts';
import { exampleLabels, exampleRun } from '../../ui/exampleRun.ts';

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

/** `exampleRun` with `rows` test rows. */
export function exampleResult(id: string, change: Partial<RunRecord> = {}, rows = 223): RunRecord {
  const run = exampleRun(id, change);
  const random = new Random(7);
  const testRows = Array.from({ length: rows }, (_, i) => exampleTestRow(2 + 7 * i, random));
  const report = splitReport(
    Uint8Array.from(testRows.flatMap((row) => row.actual.map(Number))),
    Float32Array.from(testRows.flatMap((row) => row.probabilities)),
    run.thresholds,
    run.data.labelNames,
    { seed: 1 },
  );
  return { ...run, test: { report, rows: testRows }, ...change };
}
