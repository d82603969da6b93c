/** Losses against their composed forms and against double precision, values and gradients, on both backends. */
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { memory, tensor, tensor1d, tidy, valueAndGrads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { contrastiveLoss } from '../nn/contrastive.ts';
import { Random } from '../shared/random.ts';
import { expectClose } from '../testing/close.ts';
import { accumulate } from './accumulate.ts';
import { asymmetricLoss, meanAsymmetricLoss } from './asymmetric.ts';
import { startBackend } from './backend.ts';
import { meanLoss } from './bce.ts';
import {
  asymmetricComposed,
  contrastiveComposed,
  crossEntropyComposed,
  focalComposed,
  l2NormaliseComposed,
} from './composedLosses.ts';
import { crossEntropy } from './crossEntropy.ts';
import { focalLoss, meanFocalLoss } from './focal.ts';
import { l2Normalise } from './l2Normalise.ts';

const random = new Random(5);
const numbers = (shape: number[], draw: () => number): Tensor =>
  tensor(Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, draw), shape);
const normals = (shape: number[], scale = 1): Tensor => numbers(shape, () => random.normal() * scale);
const as2 = (t: Tensor): Tensor2D => t as Tensor2D;

type Op = (...inputs: Tensor[]) => Tensor;

/** Value and gradients by all inputs, for a dy that is not 1; asserts that no tensor is left over. */
async function outcome(op: Op, inputs: Tensor[], dy: Tensor): Promise<Float32Array[]> {
  const before = memory().numTensors;
  const tensors = tidy(() => {
    const { value, grads } = valueAndGrads((...values: Tensor[]) => op(...values))(inputs, dy);
    return [value, ...grads];
  });
  expect(memory().numTensors).toBe(before + 1 + inputs.length);
  const read = await Promise.all(tensors.map(async (t) => Float32Array.from(await t.data<'float32'>())));
  for (const t of tensors) t.dispose();
  return read;
}

/** The largest difference of value and gradients, over the largest number. */
async function compare(op: Op, composed: Op, inputs: Tensor[], tolerance = 2e-5): Promise<number> {
  const shape = tidy(() => op(...inputs).shape);
  const dy = numbers([...shape], () => 0.5 + random.next());
  const [found, expected] = [await outcome(op, inputs, dy), await outcome(composed, inputs, dy)];
  let worst = 0;
  for (const [i, truth] of expected.entries()) {
    const scale = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    worst = Math.max(
      worst,
      expectClose(found[i], truth, tolerance * scale, i === 0 ? 'value' : `gradient ${i}`) / scale,
    );
  }
  for (const t of [...inputs, dy]) t.dispose();
  return worst;
}

const shapes = [
  [1, 1],
  [3, 6],
  [40, 7],
  [5, 130],
];
const extremes = [-80, -30, -8, -1, -1e-3, 0, 1e-3, 1, 8, 30, 80];

/** Loss and gradient at extreme logits against the function in double precision and its difference quotient. */
async function atExtremes(
  op: (z: Tensor2D, y: Tensor2D, w: Tensor1D) => Scalar,
  exact: (z: number[], y: number[], w: number[]) => number,
): Promise<number> {
  let worst = 0;
  const w = tensor1d([3]);
  for (const y of [0, 1, 0.1]) {
    for (const z of extremes) {
      const labels = tensor([y], [1, 1]);
      const dy = tensor(2);
      const logit = tensor([z], [1, 1]);
      const [value, slope] = await outcome((x) => op(as2(x), as2(labels), w), [logit], dy);
      const truth = exact([z], [y], [3]);
      const off = expectClose(value, [truth], 2e-6 * Math.max(1, truth), `loss of ${y} at ${z}`);
      const quotient = (exact([z + 1e-4], [y], [3]) - exact([z - 1e-4], [y], [3])) / 2e-4;
      expectClose(slope, [2 * quotient], 1e-5 * Math.max(1, Math.abs(quotient)), `gradient of ${y} at ${z}`);
      worst = Math.max(worst, off / Math.max(1, truth));
      for (const t of [labels, dy, logit]) t.dispose();
    }
  }
  w.dispose();
  return worst;
}

const asymmetricCases = [
  { positive: 0, negative: 4, margin: 0.05 },
  { positive: 1, negative: 2, margin: 0 },
  { positive: 0, negative: 0, margin: 0 },
  { positive: 0, negative: 1, margin: 0.2 },
];

describe.each(['wasm', 'webgpu'] as const)('losses on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it.each(shapes)('focal loss of %i x %i', async (B, C) => {
    const labels = numbers([B, C], () => random.int(2));
    const weights = numbers([C], () => 0.2 + 3 * random.next()) as Tensor1D;
    for (const gamma of [0, 0.5, 2]) {
      expect(
        await compare(
          (z) => focalLoss(as2(z), as2(labels), weights, gamma),
          (z) => focalComposed(as2(z), as2(labels), weights, gamma),
          [normals([B, C], 5)],
        ),
      ).toBeLessThan(1e-4);
    }
    for (const t of [labels, weights]) t.dispose();
  });

  it.each(shapes)('asymmetric loss of %i x %i', async (B, C) => {
    const labels = numbers([B, C], () => random.int(2));
    const weights = numbers([C], () => 0.2 + 3 * random.next()) as Tensor1D;
    for (const settings of asymmetricCases) {
      expect(
        await compare(
          (z) => asymmetricLoss(as2(z), as2(labels), weights, settings),
          (z) => asymmetricComposed(as2(z), as2(labels), weights, settings),
          [normals([B, C], 2)],
          5e-5,
        ),
      ).toBeLessThan(1e-4);
    }
    for (const t of [labels, weights]) t.dispose();
  });

  it.each([0, 0.5, 2, 5])('focal loss with power %d holds at extreme logits', async (gamma) => {
    expect(
      await atExtremes(
        (z, y, w) => focalLoss(z, y, w, gamma),
        (z, y, w) => meanFocalLoss(z, y, w, gamma),
      ),
    ).toBeLessThan(1e-4);
  });

  it.each(asymmetricCases)('asymmetric loss with %j holds at extreme logits', async (settings) => {
    expect(
      await atExtremes(
        (z, y, w) => asymmetricLoss(z, y, w, settings),
        (z, y, w) => meanAsymmetricLoss(z, y, w, settings),
      ),
    ).toBeLessThan(1e-4);
  });

  it('keeps a NaN, so that a diverged run shows', async () => {
    const [z, y, w] = [tensor([NaN, 1], [2, 1]), tensor([0, 1], [2, 1]), tensor1d([1])];
    const targets = tensor1d([0, 0], 'int32');
    const losses = tidy(() => [
      focalLoss(as2(z), as2(y), w, 2),
      asymmetricLoss(as2(z), as2(y), w, asymmetricCases[0]),
      crossEntropy(as2(z), targets, { classWeights: null, smoothing: 0 }),
    ]);
    for (const loss of losses) expect([...(await loss.data())]).toEqual([NaN]);
    for (const t of [...losses, z, y, w, targets]) t.dispose();
  });

  it.each([
    [1, 1],
    [1, 2],
    [3, 6],
    [40, 7],
    [5, 130],
    [70, 1031],
  ])('cross-entropy of %i x %i', async (M, V) => {
    const targets = tensor1d(
      Int32Array.from({ length: M }, () => random.int(V)),
      'int32',
    );
    const ones = numbers([V], () => 1) as Tensor1D;
    const weights = numbers([V], () => 0.2 + random.next()) as Tensor1D;
    for (const classWeights of [null, weights]) {
      for (const smoothing of [0, 0.1]) {
        expect(
          await compare(
            (z) => crossEntropy(as2(z), targets, { classWeights, smoothing }),
            (z) => crossEntropyComposed(as2(z), targets, classWeights ?? ones, smoothing),
            [normals([M, V], 4)],
          ),
        ).toBeLessThan(1e-4);
      }
    }
    for (const t of [targets, ones, weights]) t.dispose();
  });

  it('cross-entropy holds at extreme logits', async () => {
    const z = tensor([80, -80, 0, -80, 80, 80], [2, 3]);
    const targets = tensor1d([1, 2], 'int32');
    const dy = tensor(1);
    const op: Op = (x) => crossEntropy(as2(x), targets, { classWeights: null, smoothing: 0 });
    const [value, slope] = await outcome(op, [z], dy);
    expect(expectClose(value, [(160 + Math.log(2)) / 2], 1e-5, 'loss')).toBeLessThan(1e-5);
    expect(expectClose(slope, [0.5, -0.5, 0, 0, 0.25, -0.25], 1e-6, 'gradient')).toBeLessThan(1e-6);
    for (const t of [z, targets, dy]) t.dispose();
  });

  it.each([
    [1, 1],
    [3, 5],
    [7, 130],
  ])('L2 normalisation of %i x %i', async (B, H) => {
    expect(
      await compare(
        (x) => l2Normalise(as2(x), 3),
        (x) => l2NormaliseComposed(as2(x), 3),
        [normals([B, H])],
      ),
    ).toBeLessThan(1e-4);
  });

  it('L2 normalisation leaves a row of zeros as it is', async () => {
    const [x, dy] = [tensor([0, 0, 3, 4], [2, 2]), tensor([0, 0, 1, 1], [2, 2])];
    const [value, slope] = await outcome((t) => l2Normalise(as2(t), 1), [x], dy);
    expect(expectClose(value, [0, 0, 0.6, 0.8], 1e-6, 'value')).toBeLessThan(1e-6);
    expectClose(slope, [0, 0, 0.2 * (1 - 0.84), 0.2 * (1 - 1.12)], 1e-6, 'gradient');
    for (const t of [x, dy]) t.dispose();
  });

  it.each([
    [1, 1],
    [2, 3],
    [9, 20],
    [70, 8],
  ])('contrastive loss of %i pairs of %i', async (B, H) => {
    for (const symmetric of [false, true]) {
      expect(
        await compare(
          (a, b) => contrastiveLoss(as2(a), as2(b), { temperature: 0.1, symmetric }),
          (a, b) => contrastiveComposed(as2(a), as2(b), 0.1, symmetric),
          [normals([B, H]), normals([B, H])],
          5e-5,
        ),
      ).toBeLessThan(1e-4);
    }
  });

  it('adds up in place', async () => {
    for (const size of [1, 7, 8, 300]) {
      const [sum, addition] = [normals([size]), normals([size])];
      const [a, b] = [Float32Array.from(await sum.data()), await addition.data()];
      tidy(() => accumulate(sum, addition, 0.5));
      const worst = expectClose(
        await sum.data(),
        a.map((value, i) => value + 0.5 * b[i]),
        1e-6,
        `sum of ${size}`,
      );
      expect(worst).toBeLessThan(1e-6);
      for (const t of [sum, addition]) t.dispose();
    }
  });

  it('refuses shapes that do not fit', () => {
    const [z, y, w] = [normals([2, 3]), normals([2, 2]), tensor1d([1, 1, 1])];
    expect(() => focalLoss(as2(z), as2(y), w, 2)).toThrow('focal loss: logits [2,3], labels [2,2], posWeight [3]');
    expect(() => crossEntropy(as2(z), w, { classWeights: null, smoothing: 0 })).toThrow(
      /crossEntropy: .*targets \[3\]/,
    );
    expect(() => contrastiveLoss(as2(z), as2(y), { temperature: 1, symmetric: true })).toThrow(/one shape/);
    expect(() => accumulate(z, y)).toThrow(/4 numbers onto 6/);
    for (const t of [z, y, w]) t.dispose();
  });
});

it('focal loss with power 0 and asymmetric loss without powers and margin are binary cross-entropy', () => {
  const [z, y, w] = [
    [-3, 0.5, 9, -40],
    [0, 1, 0.2, 1],
    [2, 0.5],
  ];
  const truth = meanLoss(z, y, w);
  expect(meanFocalLoss(z, y, w, 0)).toBeCloseTo(truth, 12);
  expect(meanAsymmetricLoss(z, y, w, { positive: 0, negative: 0, margin: 0 })).toBeCloseTo(truth, 12);
});
