/** Recipes `classical` and `tfidf-logistic`: no device and no browser is needed, so they run here, with the code that a worker would run. */
import { readFile as readBytes } from 'node:fs/promises';
import { basename } from 'node:path';
import { readFile } from '../../src/data/readFile.ts';
import { DataSession } from '../../src/data/session.ts';
import { classical, type ClassicalResult } from '../../src/recipes/classical.ts';
import { foldRows } from '../../src/recipes/crossValidate.ts';
import type { ClassicalSettings } from '../../src/recipes/oneClassifierPerLabel.ts';
import type { Dataset } from '../../src/shared/dataset.ts';
import { fewer, pooledReports, type EvalResult } from './folds.ts';

export async function evaluateClassical(
  file: string,
  folds: number,
  seeds: readonly number[],
  settingsOf: (seed: number) => ClassicalSettings,
  trainingRows: number | null,
): Promise<EvalResult[]> {
  const session = new DataSession(null);
  const table = await readFile(new File([await readBytes(file)], basename(file)), {}, () => undefined);
  session.load(table);
  const dataset = session.dataset();
  const results: EvalResult[] = [];
  for (const seed of seeds) results.push(await crossValidate(dataset, folds, settingsOf(seed), trainingRows));
  return results;
}

async function crossValidate(
  dataset: Dataset,
  folds: number,
  settings: ClassicalSettings,
  trainingRows: number | null,
): Promise<EvalResult> {
  const { seed } = settings;
  const started = performance.now();
  const runs: ClassicalResult[] = [];
  for (const [fold, { rest, test }] of foldRows(dataset, folds, seed).entries()) {
    const split = { train: fewer(rest, trainingRows, seed + fold), validation: new Uint32Array(), test };
    const run = await toTheEnd(
      classical({ dataset, split, settings, signal: new AbortController().signal, gate: async () => undefined }),
    );
    const seconds = (performance.now() - started) / 1000;
    const microF1 = run.report.microF1.value.toFixed(3);
    console.error(
      `seed ${seed}, fold ${fold + 1} of ${folds}: micro-F1 ${microF1}, ${seconds.toFixed(0)} s since the start`,
    );
    runs.push(run);
  }
  const { candidates, innerFolds, normalisation } = settings;
  const titles = normalisation ? 'normalised titles' : 'titles as they are';
  const choice =
    candidates.length === 1
      ? candidates[0].kind
      : `for each label one of ${candidates.length} candidates by ${innerFolds} inner folds`;
  return {
    seed,
    rows: dataset.rowNumbers.length,
    ...pooledReports(runs, dataset.labelNames),
    seconds: (performance.now() - started) / 1000,
    epochSeconds: null,
    backend: 'javascript',
    device: `Node ${process.versions.node}`,
    description: `${choice}, on ${titles}${trainingRows === null ? '' : `, ${trainingRows} rows to learn from`}`,
    settings,
    notes: candidates.length === 1 ? [] : dataset.labelNames.map((name, label) => chosenText(name, label, runs)),
  };
}

async function toTheEnd<Result>(run: AsyncGenerator<unknown, Result>): Promise<Result> {
  let step = await run.next();
  while (!step.done) step = await run.next();
  return step.value;
}

/** "Director: linear SVM in 3 folds, logistic regression in 2". */
function chosenText(name: string, label: number, runs: readonly ClassicalResult[]): string {
  const counts = new Map<string, number>();
  for (const { chosen } of runs) counts.set(chosen[label].kind, (counts.get(chosen[label].kind) ?? 0) + 1);
  const kinds = [...counts].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} in ${count}`);
  return `${name}: ${kinds.join(', ')} of ${runs.length} folds`;
}
