/**
 * Whether one evaluation is better than another on the same rows and folds, from what `npm run eval -- --json FILE` wrote:
 *
 *     node tools/run.mjs tools/eval/compare.ts FIRST.json SECOND.json
 *
 * The difference of micro-F1 has a paired bootstrap interval; near duplicates, and a row's answers under all seeds, are drawn together.
 * McNemar's test of wholly right rows is of the first seed alone: rows under several seeds are not independent.
 */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { compareOnRows, type PairedResult } from '../../src/metrics/paired.ts';

const evaluation = v.object({
  recipe: v.string(),
  folds: v.number(),
  bySeed: v.array(
    v.object({
      seed: v.number(),
      answered: v.array(
        v.object({
          row: v.number(),
          group: v.number(),
          actual: v.array(v.number()),
          given: v.array(v.number()),
        }),
      ),
    }),
  ),
});
type Evaluation = v.InferOutput<typeof evaluation>;

const resamples = 5000;

/** The second evaluation beside the first, over the seeds that both have. @throws Error when they are not of the same rows */
export function compare(
  first: Evaluation,
  second: Evaluation,
): PairedResult & { seeds: number[]; mcnemarOfFirst: number } {
  if (first.folds !== second.folds)
    throw new Error(
      `One evaluation has ${first.folds} folds, the other ${second.folds}: the rows were dealt otherwise.`,
    );
  const pairs = first.bySeed.flatMap((a) => {
    const b = second.bySeed.find(({ seed }) => seed === a.seed);
    return b ? [[a, b] as const] : [];
  });
  if (pairs.length === 0) throw new Error('The evaluations have no seed in common.');
  const results = [pairs, pairs.slice(0, 1)].map((own) => {
    const [a, b] = [own.flatMap(([one]) => one.answered), own.flatMap(([, other]) => other.answered)];
    const same =
      a.length === b.length &&
      a.every(({ row, actual }, i) => row === b[i].row && actual.join() === b[i].actual.join());
    if (!same) throw new Error('The evaluations are of other rows or labels.');
    return compareOnRows({
      actual: Uint8Array.from(a.flatMap(({ actual }) => actual)),
      first: Uint8Array.from(a.flatMap(({ given }) => given)),
      second: Uint8Array.from(b.flatMap(({ given }) => given)),
      labels: a[0].actual.length,
      groups: a.map(({ group }) => group),
      seed: 1,
      resamples,
    });
  });
  return { ...results[0], seeds: pairs.map(([{ seed }]) => seed), mcnemarOfFirst: results[1].mcnemar };
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

export async function main([first, second]: string[]): Promise<number> {
  if (!first || !second) {
    console.error('Usage: node tools/run.mjs tools/eval/compare.ts FIRST.json SECOND.json');
    return 2;
  }
  const [a, b] = await Promise.all(
    [first, second].map(async (file) => v.parse(evaluation, JSON.parse(await readFile(file, 'utf8')))),
  );
  const { microF1, p, seeds, mcnemarOfFirst } = compare(a, b);
  console.log(
    `micro-F1 of ${b.recipe} less that of ${a.recipe}, seeds ${seeds.join(', ')}: ${signed(microF1.value)} (${signed(microF1.low)} to ${signed(microF1.high)}), p ${p.toFixed(4)}; exact match, seed ${seeds[0]}: McNemar's p ${mcnemarOfFirst.toFixed(4)}`,
  );
  return 0;
}
