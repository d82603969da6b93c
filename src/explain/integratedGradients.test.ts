import { describe, expect, it } from 'vitest';
import { gaussLegendre } from './gaussLegendre.ts';
import { completenessGoal, integrateGradients, pushesOfWords, type PathReader } from './integratedGradients.ts';
import { disagree, titlesWithoutOne } from './leaveOneOut.ts';
import { wordsOf } from './words.ts';

describe('Gauss-Legendre', () => {
  it('has the published points', () => {
    // Abramowitz & Stegun 1964, table 25.4, moved from [-1, 1] to [0, 1].
    const { points, weights } = gaussLegendre(3);
    const root = Math.sqrt(3 / 5) / 2;
    const differences = [0.5 - root, 0.5, 0.5 + root].map((point, i) => Math.abs(points[i] - point));
    expect(Math.max(...differences)).toBeLessThan(1e-15);
    expect(Math.max(...[5 / 18, 8 / 18, 5 / 18].map((w, i) => Math.abs(weights[i] - w)))).toBeLessThan(1e-14);
    expect([...gaussLegendre(1).points, ...gaussLegendre(1).weights]).toEqual([0.5, 1]);
  });

  it.each([2, 16, 61, 256])('of %d points integrates polynomials of degree 2n - 1 exactly', (n) => {
    const { points, weights } = gaussLegendre(n);
    for (const degree of [0, 1, n, 2 * n - 1]) {
      const sum = points.reduce((total, x, i) => total + weights[i] * x ** degree, 0);
      expect(Math.abs(sum * (degree + 1) - 1)).toBeLessThan(1e-12);
    }
    expect(points).toEqual(points.toSorted());
  });
});

/** Logits and slopes of f along x(alpha) = alpha x, one "embedding" of one number a token. */
const alongLine =
  (x: number[], f: (x: number[]) => number, gradient: (x: number[]) => number[]): PathReader =>
  async (alphas) => {
    const at = Array.from(alphas, (alpha) => x.map((value) => alpha * value));
    return { logits: at.map(f), slopes: at.flatMap((point) => gradient(point).map((slope, i) => slope * x[i])) };
  };

/** Slopes that miss half of what the logit rises by. */
const halfMissing: PathReader = async (alphas) => ({
  logits: Array.from(alphas),
  slopes: Array.from(alphas, () => 0.5),
});
/** A logit that stays where it is. */
const level: PathReader = async (alphas) => ({
  logits: Array.from(alphas, () => 4),
  slopes: Array.from(alphas, () => 0.001),
});

describe('integrated gradients', () => {
  it('of a product are equal shares of it', async () => {
    // Along the diagonal, d(xyz) is shared by thirds whatever the numbers.
    const reader = alongLine(
      [2, 3, 0.5],
      ([a, b, c]) => a * b * c,
      ([a, b, c]) => [b * c, a * c, a * b],
    );
    const { pushes, logit, baseline, steps, completenessError } = await integrateGradients(3, reader);
    expect(Math.max(...pushes.map((push) => Math.abs(push - 1)))).toBeLessThan(1e-14);
    expect([logit, baseline, steps]).toEqual([3, 0, 16]);
    expect(completenessError).toBeLessThan(1e-14);
  });

  it('take more points where the logit bends sharply, until they add up', async () => {
    const sharp = 100;
    const reader = alongLine(
      [1],
      ([a]) => Math.tanh(sharp * (a - 0.37)),
      ([a]) => [sharp / Math.cosh(sharp * (a - 0.37)) ** 2],
    );
    const { steps, completenessError, pushes } = await integrateGradients(1, reader);
    expect(steps).toBeGreaterThan(32);
    expect(steps).toBeLessThan(256);
    expect(completenessError).toBeLessThan(completenessGoal);
    expect(Math.abs(pushes[0] - 2)).toBeLessThan(0.04);
  });

  it('stop at 256 points and say what is missing', async () => {
    const { steps, completenessError } = await integrateGradients(1, halfMissing);
    expect(steps).toBe(256);
    expect(completenessError).toBeCloseTo(0.5, 12);
  });

  it('take the error of a logit that hardly changes as a share of 0.1', async () => {
    const { completenessError, steps } = await integrateGradients(1, level);
    expect(completenessError).toBeCloseTo(0.01, 12);
    expect(steps).toBe(16);
  });

  it('add up by word', () => {
    const pushes = pushesOfWords([9, 1, 2, 4, 9], Int32Array.of(-1, 0, 0, 2, -1), 3);
    expect([...pushes]).toEqual([3, 0, 4]);
  });
});

describe('leaving one word out', () => {
  it('leaves each out in turn', () => {
    expect(titlesWithoutOne(wordsOf('VP, Sales & Marketing'))).toEqual([
      'Sales & Marketing',
      'VP, & Marketing',
      'VP, Sales Marketing',
      'VP, Sales &',
    ]);
    expect(titlesWithoutOne(wordsOf('CEO'), ' and more')).toEqual([' and more']);
  });

  it('contradicts a push of the other sign, if both are large enough to have one', () => {
    expect(disagree({ push: 0.5, drop: -0.5 })).toBe(true);
    expect(disagree({ push: -2, drop: 0.06 })).toBe(true);
    expect(disagree({ push: 0.5, drop: 0.5 })).toBe(false);
    expect(disagree({ push: 0.5, drop: -0.01 })).toBe(false);
    expect(disagree({ push: -0.01, drop: 3 })).toBe(false);
  });
});
