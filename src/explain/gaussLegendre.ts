/** Points and weights that integrate any polynomial of degree 2n - 1 over an interval exactly. */

export interface Quadrature {
  /** In (0, 1), ascending. */
  points: Float64Array<ArrayBuffer>;
  /** They add up to 1. */
  weights: Float64Array<ArrayBuffer>;
}

/** The rule of n points on [0, 1]: the roots of the Legendre polynomial by Newton's method from Tricomi's estimate of them. */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let round = 0; round < 100; round++) {
      const { value, derivative } = legendre(n, x);
      slope = derivative;
      const change = value / derivative;
      x -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    points[n - 1 - i] = (1 + x) / 2;
    weights[n - 1 - i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** P_n and its derivative at x, by Bonnet's recursion. */
function legendre(n: number, x: number): { value: number; derivative: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, derivative: (n * (x * value - before)) / (x * x - 1) };
}
