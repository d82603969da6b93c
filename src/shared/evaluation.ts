/** Test rows as plain arrays, and which thresholds were moved: what the page, the worker and the model card need alike. */
import type { RunRecord, TestRow } from './training.ts';

export interface TestArrays {
  /** rows x labels, row-major, 0 or 1. */
  actual: Uint8Array<ArrayBuffer>;
  /** rows x labels */
  probabilities: Float32Array<ArrayBuffer>;
  /** By row; undefined in runs of earlier versions. */
  groups: number[] | undefined;
}

/** The test rows of a record as arrays. */
export function testArrays(rows: readonly TestRow[]): TestArrays {
  const groups = rows.map((row) => row.group);
  return {
    actual: Uint8Array.from(rows.flatMap((row) => row.actual.map(Number))),
    probabilities: Float32Array.from(rows.flatMap((row) => row.probabilities)),
    groups: groups.every((group) => group !== undefined) ? groups : undefined,
  };
}

/** Labels, by position, whose threshold is not the one that was chosen without the test rows. */
export function movedThresholds(
  thresholds: readonly number[],
  { chosenThresholds }: Pick<RunRecord, 'chosenThresholds'>,
): number[] {
  return thresholds.flatMap((threshold, label) => (threshold === chosenThresholds[label] ? [] : [label]));
}
