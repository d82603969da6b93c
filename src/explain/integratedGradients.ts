/**
 * Integrated gradients (Sundararajan, Taly & Yan 2017, "Axiomatic Attribution for Deep Networks", arXiv:1703.01365): what each token adds to
 * a logit on the straight way from a baseline to the title. The pushes of all tokens add up to the logit's change ("completeness") but for
 * what the sum over finitely many points misses; so it is known when there are enough of them.
 */
import { gaussLegendre } from './gaussLegendre.ts';

/**
 * At each of `alphas` (0: the baseline, 1: the title) the logit, and the slope of every token: (embedding - baseline) . gradient, alphas x
 * tokens.
 */
export type PathReader = (alphas: Float64Array<ArrayBuffer>) => Promise<{
  logits: ArrayLike<number>;
  slopes: ArrayLike<number>;
}>;

export interface Attribution {
  /** One a token. */
  pushes: Float64Array<ArrayBuffer>;
  logit: number;
  baseline: number;
  steps: number;
  /** |sum of the pushes - (logit - baseline)| as a share of the latter. */
  completenessError: number;
}

/** The error that is aimed at. */
export const completenessGoal = 0.02;
const fewestSteps = 16;
const mostSteps = 256;
/** A smaller change of the logit moves no probability by more than 2.5 points: errors are shares of this then. */
const smallestChange = 0.1;

/** Raises the number of points from 16 until the error is below the goal, to 256 at most; what it then is stands in the result. */
export async function integrateGradients(tokens: number, read: PathReader): Promise<Attribution> {
  for (let steps = fewestSteps; ; steps *= 2) {
    const attribution = await attributionOf(tokens, read, steps);
    if (attribution.completenessError < completenessGoal || steps >= mostSteps) return attribution;
  }
}

async function attributionOf(tokens: number, read: PathReader, steps: number): Promise<Attribution> {
  const { points, weights } = gaussLegendre(steps);
  // The two ends have no weight: only their logits are wanted.
  const { logits, slopes } = await read(Float64Array.of(0, ...points, 1));
  const pushes = new Float64Array(tokens);
  for (let step = 0; step < steps; step++) {
    for (let token = 0; token < tokens; token++) pushes[token] += weights[step] * slopes[(step + 1) * tokens + token];
  }
  const [baseline, logit] = [logits[0], logits[steps + 1]];
  const change = logit - baseline;
  const sum = pushes.reduce((total, push) => total + push, 0);
  const completenessError = Math.abs(sum - change) / Math.max(Math.abs(change), smallestChange);
  return { pushes, logit, baseline, steps, completenessError };
}

/** The pushes of tokens added up by word; `wordOf` is -1 for tokens of no word. */
export function pushesOfWords(pushes: ArrayLike<number>, wordOf: Int32Array, words: number): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(words);
  for (const [token, word] of wordOf.entries()) if (word >= 0) sums[word] += pushes[token];
  return sums;
}
