import { expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { testRecord } from '../testing/runRecord.ts';
import { moveThresholds } from './moveThresholds.ts';

const random = new Random(1);
const rows = Array.from({ length: 90 }, (_, row) => {
  const actual = [row % 3 === 0, row % 3 === 1, row % 3 === 2];
  return {
    row,
    title: `Title ${row}`,
    actual,
    probabilities: actual.map((is) => (is ? 0.6 : 0.4) + 0.2 * random.next()),
  };
});
const run = testRecord({ test: { ...testRecord().test!, rows } });

it('measures the test rows again', () => {
  const low = moveThresholds(run, [0, 0.5, 0.5]).test!.report.perLabel[0];
  expect([low.threshold, low.predicted, low.recall?.value, low.precision?.value]).toEqual([0, 90, 1, 1 / 3]);
  const high = moveThresholds(run, [1, 0.5, 0.5]).test!.report.perLabel[0];
  expect([high.threshold, high.predicted, high.precision]).toEqual([1, 0, null]);
});

it('leaves a run that was not measured unmeasured, and what was chosen as it was', () => {
  expect(moveThresholds(testRecord({ test: null }), [0.1, 0.2, 0.3])).toEqual({
    thresholds: [0.1, 0.2, 0.3],
    test: null,
  });
});

it.each([[[0.5, 0.5]], [[0.5, 0.5, 1.1]], [[0.5, Number.NaN, 0.5]]])('refuses %j', (thresholds) => {
  expect(() => moveThresholds(run, thresholds)).toThrow(/expected 3 numbers from 0 to 1/);
});
