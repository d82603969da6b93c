import { expect, it } from 'vitest';
import type { FinetunedRun, LabelReport } from '../../shared/training.ts';
import { testRecord } from '../../testing/runRecord.ts';
import { comparedFigures, comparedLabels } from './compareRuns.ts';

function labelReport(name: string): LabelReport {
  return { name, support: 4, predicted: 4, threshold: 0.5, precision: null, recall: null, f1: null };
}

function run(names: string[], change: Partial<FinetunedRun> = {}): FinetunedRun {
  const record = testRecord(change);
  if (!record.test) return record;
  const perLabel = names.map(labelReport);
  return { ...record, test: { ...record.test, report: { ...record.test.report, perLabel } } };
}

it('lays labels beside each other by their names, whatever the order and whatever is missing', () => {
  const labels = comparedLabels([run(['Owner', 'Manager']), run(['Manager', 'Staff'])]);
  expect(labels.map(({ name }) => name)).toEqual(['Owner', 'Manager', 'Staff']);
  expect(labels.map(({ reports }) => reports.map((report) => report?.name ?? null))).toEqual([
    ['Owner', null],
    ['Manager', 'Manager'],
    [null, 'Staff'],
  ]);
  expect(comparedLabels([testRecord({ test: null })])).toEqual([]);
});

it('tells the speed of training by the epoch in the middle', () => {
  const [epoch] = testRecord().epochs;
  const epochs = [
    { ...epoch, titlesPerSecond: 20 },
    { ...epoch, titlesPerSecond: 500 },
    { ...epoch, titlesPerSecond: 480 },
  ];
  const rows = comparedFigures([testRecord({ epochs }), testRecord({ epochs: [] })]);
  expect(rows.find(({ name }) => name.startsWith('Titles a second'))?.values).toEqual(['480', '–']);
});
