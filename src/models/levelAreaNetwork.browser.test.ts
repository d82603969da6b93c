/** The network of level and area against the same written in stock tfjs ops: both heads' logits and every gradient, on both backends. */
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import {
  add,
  dispose,
  matMul,
  memory,
  mul,
  relu,
  sigmoid,
  slice,
  sum,
  tensor,
  tidy,
  valueAndGrads,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { activationComposed, layerNormComposed } from '../kernels/composed.ts';
import { noDropout } from '../kernels/dropout.ts';
import { gate } from '../kernels/gate.ts';
import { heads } from '../shared/levelArea.ts';
import { Random } from '../shared/random.ts';
import { expectClose } from '../testing/close.ts';
import {
  initialLevelArea,
  levelAreaHead,
  levelAreaShapes,
  levelAreaTrunk,
  type LevelAreaShape,
} from './levelAreaNetwork.ts';

const random = new Random(3);
const normals = (shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, () => random.normal()),
    shape,
  );

function gelu(x: Tensor2D): Tensor2D {
  return activationComposed(x, 'gelu', noDropout);
}

type Parameters = Record<string, Tensor>;
type Forward = (parameters: Parameters, x: Tensor2D) => Tensor2D[];

const still = { training: false, seed: 0, dropout: 0 };

const ours =
  (shape: LevelAreaShape): Forward =>
  (parameters, x) => {
    const h = levelAreaTrunk(shape, parameters, x, still);
    return heads.map((head) => levelAreaHead(parameters, h, head));
  };

const composed =
  ({ blocks }: LevelAreaShape): Forward =>
  (parameters, x) => {
    const dense = (from: Tensor2D, name: string): Tensor2D =>
      add(matMul(from, parameters[`${name}.weight`] as Tensor2D, false, true), parameters[`${name}.bias`]);
    let h = gelu(dense(x, 'input'));
    for (let block = 0; block < blocks; block++) {
      const name = `blocks.${block}`;
      const features = dense(gelu(dense(h, `${name}.first`)), `${name}.second`);
      const excited = mul(
        features,
        sigmoid(dense(relu(dense(features, `${name}.squeeze`)), `${name}.excite`)),
      ) as Tensor2D;
      const [gain, bias] = ['weight', 'bias'].map((part) => parameters[`${name}.layer_norm.${part}`] as Tensor1D);
      h = layerNormComposed(add(h, excited), gain, bias, 1e-5);
    }
    return heads.map((head) => dense(h, head));
  };

/** Value and gradients of a weighted sum of all logits. */
async function outcome(
  forward: Forward,
  parameters: Parameters,
  x: Tensor2D,
  weights: Tensor[],
): Promise<Map<string, Float32Array>> {
  const names = Object.keys(parameters);
  const before = memory().numTensors;
  const tensors = tidy(() => {
    const { value, grads } = valueAndGrads((...values: Tensor[]) => {
      const by = Object.fromEntries(names.map((name, i) => [name, values[i]]));
      const [level, area] = forward(by, x).map((logits, i) => sum(mul(logits, weights[i])));
      return add(level, area);
    })(Object.values(parameters));
    return [value, ...grads];
  });
  expect(memory().numTensors).toBe(before + 1 + names.length);
  const read = await Promise.all(tensors.map(async (t) => Float32Array.from(await t.data<'float32'>())));
  dispose(tensors);
  return new Map(['value', ...names].map((name, i) => [name, read[i]]));
}

const shapes: [number, LevelAreaShape][] = [
  [7, { input: 12, hidden: 32, blocks: 2, reduction: 16, classes: { level: 9, area: 20 } }],
  [1, { input: 5, hidden: 7, blocks: 1, reduction: 16, classes: { level: 2, area: 3 } }],
  [33, { input: 192, hidden: 64, blocks: 3, reduction: 4, classes: { level: 1, area: 23 } }],
];

describe.each(['wasm', 'webgpu'] as const)('the network of level and area on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it.each(shapes)('answers and learns as written in stock ops: %d titles, %o', async (titles, shape) => {
    const parameters: Parameters = {};
    for (const [name, { data, shape: size }] of initialLevelArea(shape, 1)) parameters[name] = tensor(data, size);
    // Biases and gains that are not 0 and 1, or a gradient in the wrong place could go unseen.
    for (const [name, size] of Object.entries(levelAreaShapes(shape))) {
      if (size.length > 1) continue;
      parameters[name].dispose();
      parameters[name] = tidy(() => add(mul(normals(size), 0.3), name.includes('norm.weight') ? 1 : 0));
    }
    const x = normals([titles, shape.input]) as Tensor2D;
    const weights = heads.map((head) => normals([titles, shape.classes[head]]));
    const expected = await outcome(composed(shape), parameters, x, weights);
    for (const [name, found] of await outcome(ours(shape), parameters, x, weights)) {
      const truth = expected.get(name)!;
      const scale = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expect(expectClose(found, truth, 5e-5 * scale, name)).toBeLessThan(5e-5 * scale);
    }
    dispose([...Object.values(parameters), x, ...weights]);
  });

  it('takes a title for the same whatever else is in the batch', async () => {
    const [, shape] = shapes[0];
    const answers = tidy(() => {
      const parameters = Object.fromEntries(
        [...initialLevelArea(shape, 2)].map(([name, { data, shape: size }]) => [name, tensor(data, size)]),
      );
      const x = normals([4, shape.input]) as Tensor2D;
      const [all] = ours(shape)(parameters, x);
      const [alone] = ours(shape)(parameters, slice(x, [2, 0], [1, shape.input]));
      return [slice(all, [2, 0], [1, 9]), alone];
    });
    const [among, alone] = await Promise.all(answers.map((answer) => answer.data<'float32'>()));
    expect(expectClose(among, alone, 1e-5, 'logits of one title')).toBeLessThan(1e-5);
    dispose(answers);
  });

  it('gates extreme values without overflow', async () => {
    const inputs = [tensor([2, 2, 2, 2], [1, 4]), tensor([-200, -1, 0, 200], [1, 4]), tensor([1, 1, 1, 1], [1, 4])];
    const [x, z, dy] = inputs;
    const { value, grads } = valueAndGrads((...pair: Tensor[]) => gate(pair[0] as Tensor2D, pair[1] as Tensor2D))(
      [x, z],
      dy as Tensor2D,
    );
    const s = 1 / (1 + Math.E);
    expectClose(await value.data(), [0, 2 * s, 1, 2], 1e-6, 'value');
    expectClose(await grads[0].data(), [0, s, 0.5, 1], 1e-6, 'gradient of x');
    expect(grads).toHaveLength(2);
    expectClose(await grads[1].data(), [0, 2 * s * (1 - s), 0.5, 0], 1e-6, 'gradient of z');
    dispose([...inputs, value, ...grads]);
  });
});
