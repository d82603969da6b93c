/** Tables of a run, read back by programs that share nothing with what wrote them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { testRecord } from '../testing/runRecord.ts';
import { writeParquet } from './parquet.ts';
import { runTable, tableJson } from './runTables.ts';

const python = process.env.RUNG_PYTHON ?? 'python3';
const hasPyArrow = spawnSync(python, ['-c', 'import pyarrow.parquet']).status === 0;

const run = testRecord();
const measured = {
  ...run,
  test: {
    report: run.test!.report,
    rows: [
      { row: 7, title: '=Director, "R&D"', actual: [true, false, false], probabilities: [0.9, 0.1, 0.01] },
      { row: 70_000, title: '部長', actual: [true, true, false], probabilities: [0.39, 0.55, 0.5] },
      { row: 9, title: '', actual: [false, false, false], probabilities: [0, 0, 0] },
    ],
  },
};

const wanted = [
  {
    Row: 7,
    Title: '=Director, "R&D"',
    'Actual labels': 'Director',
    'Predicted labels': 'Director',
    Right: 'yes',
    'Probability of Director': 0.9,
    'Probability of Manager': 0.1,
    'Probability of Owner': 0.01,
  },
  {
    Row: 70_000,
    Title: '部長',
    'Actual labels': 'Director; Manager',
    'Predicted labels': 'Manager; Owner',
    Right: 'no',
    'Probability of Director': 0.39,
    'Probability of Manager': 0.55,
    'Probability of Owner': 0.5,
  },
  {
    Row: 9,
    Title: '',
    'Actual labels': '',
    'Predicted labels': '',
    Right: 'yes',
    'Probability of Director': 0,
    'Probability of Manager': 0,
    'Probability of Owner': 0,
  },
];

describe('tables of a run', () => {
  it('come back from Parquet as they were', async () => {
    const file = writeParquet(runTable(measured, 'predictions'));
    expect(await parquetReadObjects({ file })).toEqual(wanted);
    const { schema } = parquetMetadata(file);
    expect(schema.slice(1).map(({ type }) => type)).toEqual([
      'INT32',
      ...Array<string>(4).fill('BYTE_ARRAY'),
      ...Array<string>(3).fill('DOUBLE'),
    ]);
  });

  it('come back from Parquet with what is not known as null', async () => {
    const rows = await parquetReadObjects({ file: writeParquet(runTable(run, 'metrics')) });
    const { microF1 } = run.test!.report;
    expect(rows[0]).toEqual({
      Figure: 'micro-F1',
      Label: null,
      Value: microF1.value,
      '95 % from': microF1.low,
      '95 % to': microF1.high,
      Rows: 121,
    });
    expect(rows.find(({ Figure, Label }) => Figure === 'F1' && Label === 'Owner')).toMatchObject({
      Value: null,
      Rows: 1,
    });
    expect(rows.find(({ Figure, Label }) => Figure === 'threshold' && Label === 'Manager')).toMatchObject({
      Value: 0.55,
    });
  });

  it.skipIf(!hasPyArrow)('come back from pyarrow', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rung-parquet-'));
    try {
      const path = join(folder, 'predictions.parquet');
      writeFileSync(path, new Uint8Array(writeParquet(runTable(measured, 'predictions'))));
      const script = 'import json, sys, pyarrow.parquet as p; print(json.dumps(p.read_table(sys.argv[1]).to_pylist()))';
      expect(JSON.parse(spawnSync(python, ['-c', script, path], { encoding: 'utf8' }).stdout)).toEqual(wanted);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('come back from JSON as they were', () => {
    expect(JSON.parse(tableJson(runTable(measured, 'predictions')))).toEqual(wanted);
  });

  it('are refused for a run that was never measured', () => {
    const brier = { figure: 'Brier score', label: 0, value: null };
    const { rows: figures } = runTable(run, 'metrics', [brier]);
    const { name, support } = run.test!.report.perLabel[0];
    expect(figures.at(-1)).toEqual([brier.figure, name, null, null, null, BigInt(support)]);
    expect(() => runTable({ ...run, test: null }, 'metrics')).toThrow('never measured');
  });

  it('judge the rows of a fold by the thresholds of its model', () => {
    const { encoderName, device, ...base } = measured;
    const figures = { rows: 1, microF1: 0, macroF1: 0, exactMatch: 0 };
    const fold = { seed: 1, test: figures, train: figures, bestEpoch: null, seconds: 1 };
    const table = runTable(
      {
        ...base,
        kind: 'cross-validation',
        encoderName,
        device,
        method: { kind: 'finetune', config: run.config },
        crossValidation: { folds: 2, seeds: [1] },
        folds: [
          { ...fold, fold: 1, thresholds: [0.95, 0.5, 0.5] },
          { ...fold, fold: 2, thresholds: [0.3, 0.5, 0.6] },
        ],
        test: { ...measured.test, rows: measured.test.rows.map((row, i) => Object.assign({ fold: i % 2 }, row)) },
      },
      'predictions',
    );
    expect(table.rows.map((row) => row[table.columns.findIndex(({ name }) => name === 'Predicted labels')])).toEqual([
      '',
      'Director; Manager',
      '',
    ]);
  });
});
