/** A run with other thresholds: predictions, the download and the figures on the test rows follow. */
import { splitReport } from '../metrics/bootstrap.ts';
import { RungError } from '../shared/errors.ts';
import { testArrays } from '../shared/evaluation.ts';
import { seedOf } from '../shared/runMethod.ts';
import type { RunRecord } from '../shared/training.ts';

/**
 * The fields of `run` that `thresholds` change.
 * @throws RungError `internal` unless there is a threshold from 0 to 1 for each label
 */
export function moveThresholds(run: RunRecord, thresholds: number[]): Pick<RunRecord, 'thresholds' | 'test'> {
  const { labelNames } = run.data;
  if (thresholds.length !== labelNames.length || !thresholds.every((threshold) => threshold >= 0 && threshold <= 1)) {
    const message = `Moving thresholds of “${run.name}”: expected ${labelNames.length} numbers from 0 to 1, got ${thresholds.join(', ')}.`;
    throw new RungError('internal', message);
  }
  if (run.test === null) return { thresholds, test: null };
  const { rows } = run.test;
  const { actual, probabilities, groups } = testArrays(rows);
  const report = splitReport(actual, probabilities, thresholds, labelNames, { seed: seedOf(run), groups });
  return { thresholds, test: { report, rows } };
}
