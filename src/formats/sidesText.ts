/** What became of the rows of a run with a model, in words. */
import { plannedMembers } from '../shared/epochs.ts';
import type { ClassicalRun, FinetunedRun } from '../shared/training.ts';

/** "968 to train, 121 to validate, 121 to test"; averaged models: "1,089 to train and to validate in 3 folds, 121 to test". */
export function sidesText(run: FinetunedRun | ClassicalRun, count: (rows: number) => string): string {
  const { trainRows, validationRows, testRows } = run.plan;
  const members = run.kind === 'finetune' ? plannedMembers(run.config, run.plan) : 1;
  return members > 1
    ? `${count(trainRows + validationRows)} to train and to validate in ${members} folds, ${count(testRows)} to test`
    : `${count(trainRows)} to train, ${count(validationRows)} to validate, ${count(testRows)} to test`;
}
