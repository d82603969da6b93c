import { describe, expect, it } from 'vitest';
import type { Dataset } from '../shared/dataset.ts';
import { packStrings } from '../shared/strings.ts';
import type { CrossValidatedRun, RunRecord } from '../shared/training.ts';
import { testRecord } from '../testing/runRecord.ts';
import { planOfRun, repeatText, requireSameData, requireTable, settingsOfRun } from './again.ts';

const run = testRecord();

function dataset(fingerprint: string): Dataset {
  return {
    name: 'other.csv',
    titles: packStrings(['Clerk']),
    labelNames: ['Director'],
    labels: Uint8Array.of(0),
    rowNumbers: Uint32Array.of(2),
    groups: Uint32Array.of(0),
    cleaning: run.data.cleaning,
    unlabelled: { kind: 'drop' },
    fingerprint,
  };
}

describe('running a run again', () => {
  it('asks for the same settings under a name that is free', () => {
    expect(planOfRun(run, ['First run', 'First run again'])).toEqual({
      name: 'First run again 2',
      recipe: 'rung',
      method: { kind: 'finetune', config: run.config },
      crossValidation: null,
    });
    expect(planOfRun({ ...run, name: 'First run again' }, []).name).toBe('First run again');
  });

  it('takes the folds and seeds of a cross-validation', () => {
    const crossValidation = { folds: 3, seeds: [5, 9] };
    const folded: CrossValidatedRun = {
      ...run,
      kind: 'cross-validation',
      method: { kind: 'finetune', config: run.config },
      crossValidation,
      folds: [],
    };
    expect(planOfRun(folded, [])).toMatchObject({ crossValidation, method: { kind: 'finetune' } });
  });

  it('has the rows prepared as they were', () => {
    expect(settingsOfRun(run)).toEqual({ cleaning: run.data.cleaning });
    const data = { ...run.data, unlabelled: { kind: 'label', name: 'None' } as const };
    expect(settingsOfRun({ ...run, data })).toEqual({ cleaning: data.cleaning, unlabelled: data.unlabelled });
  });

  it('is refused without a table and with other data, and says what differs', () => {
    expect(() => requireTable(run, null)).toThrow('no table is open');
    expect(() => requireSameData(run, dataset('abc123'))).not.toThrow();
    expect(() => requireSameData(run, dataset('fff'))).toThrow(
      expect.objectContaining({
        code: 'data-mismatch',
        message: expect.stringMatching(/1210 rows of titles\.xlsx.*abc123.*1 rows of other\.csv.*fff/),
      }),
    );
  });

  it('tells whether the answers are the same', () => {
    const other = (p: number): RunRecord => ({
      ...run,
      test: run.test && { ...run.test, rows: run.test.rows.map((row) => ({ ...row, probabilities: [p, 0.1, 0.01] })) },
    });
    expect(repeatText(run, other(0.9))).toMatch(/exactly.*1 test titles/);
    expect(repeatText(run, other(0.75))).toContain('0.15');
    expect(repeatText(run, { ...run, test: null })).toBeNull();
  });
});
