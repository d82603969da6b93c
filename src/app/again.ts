/** Running a run again: the same settings and seeds on the same data, or a clear word why not. */
import type { Dataset, DataSettings, DataSummary } from '../shared/dataset.ts';
import { RungError } from '../shared/errors.ts';
import { methodOf } from '../shared/runMethod.ts';
import type { CrossValidation, Method, RecipeId, RunRecord } from '../shared/training.ts';

/** What a training is asked for, without its rows. */
export interface Plan {
  name: string;
  recipe: RecipeId;
  method: Method;
  crossValidation: CrossValidation | null;
}

export function planOfRun(run: RunRecord, taken: readonly string[]): Plan {
  return {
    name: freeName(`${run.name.replace(/ again( \d+)?$/, '')} again`, taken),
    recipe: run.recipe,
    method: methodOf(run),
    crossValidation: run.kind === 'cross-validation' ? run.crossValidation : null,
  };
}

function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let number = 2; taken.includes(free); number++) free = `${name} ${number}`;
  return free;
}

/** How the rows were prepared; what a run of an earlier version does not say is taken as it is now. */
export function settingsOfRun({ data }: RunRecord): Partial<DataSettings> {
  return { cleaning: data.cleaning, ...(data.unlabelled && { unlabelled: data.unlabelled }) };
}

/** @throws RungError `not-found` when no table is open */
export function requireTable(run: RunRecord, open: DataSummary | null): void {
  if (open) return;
  const hint = `Open ${run.data.name} on the Data page, then run it again.`;
  throw new RungError('not-found', `Running “${run.name}” again: no table is open.`, hint);
}

/** @throws RungError `data-mismatch` unless these are the titles and labels that the run saw */
export function requireSameData(run: RunRecord, dataset: Dataset): void {
  const { name, rows, fingerprint, labelNames } = run.data;
  if (dataset.fingerprint === fingerprint) return;
  const was = `${rows} rows of ${name} with ${labelNames.length} labels (fingerprint ${fingerprint})`;
  const is = `${dataset.rowNumbers.length} rows of ${dataset.name} with ${dataset.labelNames.length} labels (${dataset.fingerprint})`;
  throw new RungError(
    'data-mismatch',
    `Running “${run.name}” again: it saw ${was}; the open table gives ${is}.`,
    'Open the same file, with the same columns and the same rows left out on the Data page. To train on this table, press Train.',
  );
}

/** What there is to say of a repeated run beside the first; null where nothing can be compared. */
export function repeatText(first: RunRecord, second: RunRecord): string | null {
  const [before, after] = [first.test?.rows, second.test?.rows];
  if (!before || !after || before.length !== after.length) return null;
  const answers = new Map(after.map((row) => [row.row, row.probabilities]));
  let largest = 0;
  for (const { row, probabilities } of before) {
    const again = answers.get(row);
    if (!again) return null;
    for (const [label, p] of probabilities.entries()) largest = Math.max(largest, Math.abs(p - again[label]));
  }
  // A document keeps single precision: nine digits.
  if (largest < 1e-8)
    return `It repeats “${first.name}” exactly: every probability of ${after.length} test titles is the same.`;
  return `Beside “${first.name}” the largest difference of a probability on ${after.length} test titles is ${largest.toPrecision(2)}: another device or version rounds otherwise.`;
}
