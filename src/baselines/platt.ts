/**
 * Calibration by a sigmoid, `p = 1 / (1 + exp(a score + b))` (Platt 1999), fitted by Newton's method with a line search in the form that
 * does not overflow (Lin, Lin, Weng, Machine Learning 68, 2007, appendix C). Scores should be out of fold: those of rows that a model was
 * fitted on are too sure.
 */
import { countPositives } from './classifier.ts';

export interface Sigmoid {
  a: number;
  b: number;
}

const mostIterations = 100;
const smallestStep = 1e-10;
const ridge = 1e-12;

/** @param target one value a score, 0 or 1. */
export function fitSigmoid(scores: Float64Array, target: Uint8Array): Sigmoid {
  const positives = countPositives(target);
  const negatives = target.length - positives;
  // Targets a little off 0 and 1, as Bayes' rule with a uniform prior has them.
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const wanted = Float64Array.from(target, (y) => (y ? high : low));
  const loss = ({ a, b }: Sigmoid): number =>
    scores.reduce((sum, score, i) => {
      const x = a * score + b;
      return sum + wanted[i] * x + Math.max(0, -x) + Math.log1p(Math.exp(-Math.abs(x)));
    }, 0);
  let fitted: Sigmoid = { a: 0, b: Math.log((negatives + 1) / (positives + 1)) };
  let value = loss(fitted);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    let [haa, hab, hbb, ga, gb] = [ridge, 0, ridge, 0, 0];
    for (const [i, score] of scores.entries()) {
      const p = probabilityOf(score, fitted);
      const [pull, spread] = [wanted[i] - p, p * (1 - p)];
      haa += score * score * spread;
      hab += score * spread;
      hbb += spread;
      ga += score * pull;
      gb += pull;
    }
    if (Math.abs(ga) < 1e-5 && Math.abs(gb) < 1e-5) break;
    const determinant = haa * hbb - hab * hab;
    const da = -(hbb * ga - hab * gb) / determinant;
    const db = -(haa * gb - hab * ga) / determinant;
    const slope = ga * da + gb * db;
    let step = 1;
    let next = fitted;
    let nextValue = Infinity;
    for (; step >= smallestStep; step /= 2) {
      next = { a: fitted.a + step * da, b: fitted.b + step * db };
      nextValue = loss(next);
      if (nextValue < value + 1e-4 * step * slope) break;
    }
    if (step < smallestStep) break;
    [fitted, value] = [next, nextValue];
  }
  return fitted;
}

/** Calibrated probability of a score. */
export function probabilityOf(score: number, { a, b }: Sigmoid): number {
  const x = a * score + b;
  const e = Math.exp(-Math.abs(x));
  return (x >= 0 ? e : 1) / (1 + e);
}
