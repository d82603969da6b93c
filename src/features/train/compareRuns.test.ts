import { expect, it } from 'vitest';
import type { FinetunedRun, LabelReport } from '../../shared/training.ts';
import { testRecord } from '../../testing/runRecord.ts';
import { comparedFigures, comparedLabels, differingSettings, keptValidationF1 } from './compareRuns.ts';

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

it('gives the validation F1 of the epochs that are kept: of several models the mean', () => {
  const record = testRecord();
  const [epoch] = record.epochs;
  const epochs = [0.5, 0.9, 0.4, 0.7, 0.1].map((microF1, i) => Object.assign({}, epoch, { epoch: i + 1, microF1 }));
  const config = { ...record.config, bestBy: 'last' as const };
  expect(keptValidationF1(testRecord({ config, epochs, bestEpoch: 2 }))).toBe(0.9);
  // The third model had not come to its end.
  const averaged = { config, epochs, bestEpoch: 5, members: 2, memberStarts: [2, 4] };
  expect(keptValidationF1(testRecord(averaged))).toBeCloseTo((0.9 + 0.7) / 2, 12);
  const best = { ...averaged, epochs: epochs.toSpliced(0, 1, { ...epoch, epoch: 1, microF1: 0.95 }) };
  expect(keptValidationF1(testRecord({ ...best, config: { ...config, bestBy: 'microF1' } }))).toBeCloseTo(0.825, 12);
});

it('names thresholds that were moved by hand among the settings that differ', () => {
  const usual = testRecord();
  const moved = testRecord({ thresholds: usual.thresholds.with(0, 0.2) });
  expect(differingSettings([usual, moved])).toContainEqual({
    name: 'Thresholds moved by hand',
    values: ['none', `${usual.data.labelNames[0]} 0.20`],
  });
});
