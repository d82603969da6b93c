/** Features about 0 with deviation 1, as seen in training; kept with the network, which was trained on them so. */
import type { NamedArrays } from '../../shared/arrays.ts';
import { RungError } from '../../shared/errors.ts';

export interface Scale {
  mean: Float32Array<ArrayBuffer>;
  /** What deviations from the mean are multiplied by. */
  factor: Float32Array<ArrayBuffer>;
}

/** Features that hardly vary are not blown up. */
const smallest = 1e-6;

/** Of `rows` of features rows x dim. */
export function fitScale(features: Float32Array, dim: number, rows: Uint32Array): Scale {
  const sums = new Float64Array(dim);
  const squares = new Float64Array(dim);
  for (const row of rows) {
    for (let i = 0; i < dim; i++) {
      const x = features[row * dim + i];
      sums[i] += x;
      squares[i] += x * x;
    }
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows.length);
  const factor = Float32Array.from(squares, (square, i) => {
    const variance = square / rows.length - (sums[i] / rows.length) ** 2;
    return 1 / Math.sqrt(Math.max(variance, smallest));
  });
  return { mean, factor };
}

/** Scales in place. */
export function scaled(features: Float32Array, { mean, factor }: Scale): Float32Array {
  const dim = mean.length;
  for (let i = 0; i < features.length; i++) features[i] = (features[i] - mean[i % dim]) * factor[i % dim];
  return features;
}

const names = { mean: 'features.mean', factor: 'features.factor' } as const;

export function scaleArrays({ mean, factor }: Scale): NamedArrays {
  return new Map([
    [names.mean, { shape: [mean.length], data: mean }],
    [names.factor, { shape: [factor.length], data: factor }],
  ]);
}

/** @throws RungError `weights-mismatch` when the weights have no scale of this width. */
export function scaleOf(weights: NamedArrays, dim: number): Scale {
  const [mean, factor] = [weights.get(names.mean), weights.get(names.factor)];
  if (mean?.data.length === dim && factor?.data.length === dim) return { mean: mean.data, factor: factor.data };
  const message = `Loading a level and area model: ${names.mean} and ${names.factor} of ${dim} numbers are expected.`;
  throw new RungError('weights-mismatch', message, 'Use the JSON and the safetensors file of one download together.');
}
