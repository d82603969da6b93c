/**
 * Figures of answers to questions that have one right entry each: top-1 (accuracy), top-5, and macro precision, recall and F1 of the
 * first answers over the entries that are asked for, as `macroAverage` has them. Intervals are 95 % percentile bootstrap over entries
 * (the cluster bootstrap, see metrics/resample.ts): the questions of one entry stand and fall together. An entry drawn twice counts as two
 * that are each wrongly named by the others as often: pooled, its own hits would outweigh the others' mistakes in every resample.
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

/** Questions of one asked entry. */
interface Asked {
  questions: number;
  top1: number;
  top5: number;
  /** Of the other entries asked for: how often each was the first answer. */
  mistakes: { asked: number; count: number }[];
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
  const places = new Map<number, number>();
  for (const { entry } of answers) if (!places.has(entry)) places.set(entry, places.size);
  const found = Array.from(places, () => ({ questions: 0, top1: 0, top5: 0, mistakes: new Map<number, number>() }));
  for (const { entry, first, above } of answers) {
    const own = found[places.get(entry) ?? 0];
    own.questions++;
    if (first === entry) own.top1++;
    if (above < 5) own.top5++;
    const place = places.get(first);
    if (place !== undefined && first !== entry) own.mistakes.set(place, (own.mistakes.get(place) ?? 0) + 1);
  }
  return found.map(({ questions, top1, top5, mistakes }) => {
    return { questions, top1, top5, mistakes: Array.from(mistakes, ([at, count]) => ({ asked: at, count })) };
  });
}

/** In the order of `names`, with each asked entry counted `weights` times. */
function figuresOf(asked: readonly Asked[], weights: Uint32Array): number[] {
  const wrongly = new Float64Array(asked.length);
  const sums = { questions: 0, top1: 0, top5: 0 };
  for (const [i, own] of asked.entries()) {
    if (weights[i] === 0) continue;
    sums.questions += weights[i] * own.questions;
    sums.top1 += weights[i] * own.top1;
    sums.top5 += weights[i] * own.top5;
    for (const mistake of own.mistakes) wrongly[mistake.asked] += weights[i] * mistake.count;
  }
  const macro = { precision: 0, recall: 0, f1: 0, entries: 0 };
  for (const [i, { questions, top1 }] of asked.entries()) {
    const weight = weights[i];
    if (weight === 0) continue;
    const named = top1 + wrongly[i];
    macro.entries += weight;
    macro.precision += named === 0 ? 0 : (weight * top1) / named;
    macro.recall += (weight * top1) / questions;
    macro.f1 += (weight * 2 * top1) / (named + questions);
  }
  const { entries, precision, recall, f1 } = macro;
  return [sums.top1 / sums.questions, sums.top5 / sums.questions, precision / entries, recall / entries, f1 / entries];
}
