/**
 * Limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.5) for smooth convex functions, with the bisection line search for the
 * weak Wolfe conditions of Lewis and Overton (2013, algorithm 2.6): each accepted step has positive curvature.
 */

export interface MinimiseOptions {
  /** Ends when no component of the gradient is larger. */
  tolerance: number;
  maxIterations: number;
}

/** Value at `x`; writes the gradient into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** Pairs of steps and gradient changes that stand for the curvature. */
const memory = 10;
const sufficientDecrease = 1e-4;
const curvature = 0.9;
const mostTrials = 50;

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** 1 / (step . change) */
  rho: number;
}

/** Minimises from `x`, in place. Returns the iterations it took. */
export function minimise(objective: Objective, x: Float64Array, { tolerance, maxIterations }: MinimiseOptions): number {
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const pairs: Pair[] = [];
  const trial = new Float64Array(x.length);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (largest(gradient) <= tolerance) return iteration;
    const direction = descend(gradient, pairs);
    const slope = dot(gradient, direction);
    const trialGradient = new Float64Array(x.length);
    let [low, high] = [0, Infinity];
    // Without curvature to go by, the first step is of length 1 at most.
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let trialValue = value;
    let accepted = false;
    for (let tries = 0; tries < mostTrials && !accepted; tries++) {
      for (let i = 0; i < x.length; i++) trial[i] = x[i] + length * direction[i];
      trialValue = objective(trial, trialGradient);
      if (!(trialValue <= value + sufficientDecrease * length * slope)) high = length;
      else if (dot(trialGradient, direction) < curvature * slope) low = length;
      else accepted = true;
      if (!accepted) length = high === Infinity ? 2 * low : (low + high) / 2;
    }
    // Nothing lower can be told apart in double precision.
    if (!accepted) return iteration;
    const step = direction.map((d) => length * d);
    const change = trialGradient.map((g, i) => g - gradient[i]);
    pairs.push({ step, change, rho: 1 / dot(step, change) });
    if (pairs.length > memory) pairs.shift();
    x.set(trial);
    gradient = trialGradient;
    value = trialValue;
  }
  return maxIterations;
}

/** `-H gradient` for the inverse Hessian H that the pairs stand for (Nocedal and Wright, algorithm 7.4). */
function descend(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const alphas = new Float64Array(pairs.length);
  for (let p = pairs.length - 1; p >= 0; p--) {
    alphas[p] = pairs[p].rho * dot(pairs[p].step, direction);
    addScaled(direction, -alphas[p], pairs[p].change);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.change, last.change));
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (const [p, { step, change, rho }] of pairs.entries()) {
    addScaled(direction, alphas[p] - rho * dot(change, direction), step);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(to: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * vector[i];
}

function largest(vector: Float64Array): number {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  return most;
}
