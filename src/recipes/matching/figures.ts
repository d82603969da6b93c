/**
 * Figures of answers to questions that have one right entry each: top-1 (accuracy), top-5, and macro precision, recall and F1 of the
 * first answers over the entries that are asked for, as `macroAverage` has them. Intervals are 95 % percentile bootstrap over entries
 * (the cluster bootstrap, see metrics/resample.ts): the questions of one entry stand and fall together. An entry's own precision and F1
 * stay as they are in every resample: counted anew, with some of the entries that are mistaken for it gone and others doubled, they
 * would be higher in the mean than what they are to bracket.
 */
import { percentileInterval, wilson } from '../../metrics/resample.ts';
import type { MatchingFigures } from '../../shared/matching.ts';
import { Random } from '../../shared/random.ts';
import type { Interval } from '../../shared/training.ts';

/** What came of one question. */
export interface Answer {
  /** The right entry. */
  entry: number;
  /** The first answer. */
  first: number;
  /** How many entries scored higher than the right one. */
  above: number;
}

const resamples = 1000;
const names = ['top1', 'top5', 'precision', 'recall', 'f1'] as const;

/** What the questions of one asked entry add. */
interface Asked {
  questions: number;
  top1: number;
  top5: number;
  precision: number;
  recall: number;
  f1: number;
}

/** @throws Error without answers. */
export function matchingFigures(answers: readonly Answer[], seed: number): MatchingFigures {
  if (answers.length === 0) throw new Error('matchingFigures: there are no answers');
  const asked = byEntry(answers);
  const whole = figuresOf(asked, new Uint32Array(asked.length).fill(1));
  const random = new Random(seed);
  const drawn = names.map(() => new Float64Array(resamples));
  for (let i = 0; i < resamples; i++) {
    const weights = new Uint32Array(asked.length);
    for (let draw = 0; draw < asked.length; draw++) weights[random.int(asked.length)]++;
    for (const [k, value] of figuresOf(asked, weights).entries()) drawn[k][i] = value;
  }
  const [top1, top5, precision, recall, f1] = whole.map((value, k) => intervalOf(value, drawn[k], asked.length));
  return { top1, top5, precision, recall, f1 };
}

/** Where every entry came out the same the bootstrap sees no spread: the Wilson interval of as many entries stands in. */
function intervalOf(value: number, drawn: Float64Array, entries: number): Interval {
  const interval = percentileInterval(value, drawn);
  if (interval.low < interval.high) return interval;
  const [low, high] = wilson(value * entries, entries);
  return { value, low: Math.min(low, value), high: Math.max(high, value) };
}

function byEntry(answers: readonly Answer[]): Asked[] {
  const counts = new Map<number, { questions: number; top1: number; top5: number; named: number }>();
  for (const { entry } of answers) counts.set(entry, { questions: 0, top1: 0, top5: 0, named: 0 });
  for (const { entry, first, above } of answers) {
    const own = counts.get(entry)!;
    own.questions++;
    if (first === entry) own.top1++;
    if (above < 5) own.top5++;
    const given = counts.get(first);
    if (given) given.named++;
  }
  return Array.from(counts.values(), ({ questions, top1, top5, named }) => ({
    questions,
    top1,
    top5,
    precision: named === 0 ? 0 : top1 / named,
    recall: top1 / questions,
    f1: (2 * top1) / (named + questions),
  }));
}

/** In the order of `names`, with each asked entry counted `weights` times. */
function figuresOf(asked: readonly Asked[], weights: Uint32Array): number[] {
  const sums: Asked = { questions: 0, top1: 0, top5: 0, precision: 0, recall: 0, f1: 0 };
  let entries = 0;
  for (const [i, own] of asked.entries()) {
    entries += weights[i];
    sums.questions += weights[i] * own.questions;
    for (const name of names) sums[name] += weights[i] * own[name];
  }
  const { questions, top1, top5, precision, recall, f1 } = sums;
  return [top1 / questions, top5 / questions, precision / entries, recall / entries, f1 / entries];
}
