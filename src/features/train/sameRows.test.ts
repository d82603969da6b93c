import { expect, it } from 'vitest';
import type { RunRecord, TestRow } from '../../shared/training.ts';
import { testRecord } from '../../testing/runRecord.ts';
import { onSameRows, whyNot } from './sameRows.ts';

const row = (number: number, ...probabilities: number[]): TestRow => ({
  row: number,
  title: `Title ${number}`,
  actual: [true, false, false],
  probabilities,
});

function run(name: string, rows: TestRow[], change: Partial<RunRecord['data']> = {}): RunRecord {
  const record = testRecord({ name, thresholds: [0.5, 0.5, 0.5] });
  return { ...record, data: { ...record.data, ...change }, test: record.test && { ...record.test, rows } };
}

const first = run('First', [row(3, 0.9, 0, 0), row(2, 0.1, 0, 0), row(9, 0.9, 0.9, 0)]);

it('compares by row, whatever the order', () => {
  const second = run('Second', [row(2, 0.8, 0, 0), row(3, 0.9, 0, 0), row(9, 0.9, 0.9, 0)]);
  expect(whyNot(first, second)).toBeNull();
  expect(onSameRows(first, second)).toMatchObject({
    rows: 3,
    onlyFirst: 0,
    onlySecond: 1,
    disagreements: [{ row: 2, title: 'Title 2', actual: [0], first: [], second: [0] }],
  });
});

it('goes by each fold’s own thresholds', () => {
  const rows = [
    { ...row(2, 0.4, 0, 0), fold: 0 },
    { ...row(3, 0.4, 0, 0), fold: 1 },
    { ...row(9, 0.9, 0.9, 0), fold: 0 },
  ];
  const figures = { rows: 1, microF1: 1, macroF1: 1, exactMatch: 1 };
  const fold = { seed: 1, test: figures, train: figures, bestEpoch: null, seconds: 1 };
  const finetuned = testRecord();
  const folded: RunRecord = {
    ...finetuned,
    kind: 'cross-validation',
    method: { kind: 'finetune', config: finetuned.config },
    crossValidation: { folds: 2, seeds: [1] },
    folds: [
      { ...fold, fold: 1, thresholds: [0.3, 0.5, 0.5] },
      { ...fold, fold: 2, thresholds: [0.7, 0.5, 0.5] },
    ],
    test: finetuned.test && { ...finetuned.test, rows },
  };
  const found = onSameRows(folded, first)?.disagreements;
  expect(found?.map(({ row: number, first: given }) => [number, given])).toEqual([
    [2, [0]],
    [3, []],
  ]);
});

it('says why runs cannot be compared', () => {
  expect(whyNot(first, run('Other', first.test?.rows ?? [], { fingerprint: 'x' }))).toContain('other titles or labels');
  expect(whyNot(first, run('Other', [row(2, 1, 0, 0)]))).toContain('other rows');
  expect(whyNot(first, { ...first, name: 'Bare', test: null })).toContain('“Bare” has no figures');
});
