/** The model against PyTorch's float64 run: logits, losses, gradients and parameters after AdamW steps, on both backends. */
import { memory, tensor1d, tensor2d, tidy, valueAndGrads, type Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { binaryCrossEntropy } from '../kernels/bce.ts';
import { disposeBatch, packTitles, uploadBatch } from '../nn/packedBatch.ts';
import type { Examples, NamedArrays } from '../shared/arrays.ts';
import { expectClose, relativeError } from '../testing/close.ts';
import { fixture, fixtureTensors } from '../testing/distilbertFixture.ts';
import { AdamW } from '../training/adamw.ts';
import { DeviceModel } from '../training/deviceModel.ts';
import { learningRateAt } from '../training/schedule.ts';
import { classify, splitParameters } from './model.ts';

const { config, main, expected } = fixture;
const all = (examples: Examples): number[] => Array.from({ length: examples.starts.length - 1 }, (_, i) => i);

/** A model with every row of its tables on the device. */
function wholeModel(weights: NamedArrays): DeviceModel {
  const model = new DeviceModel(config, weights);
  model.loadRows(
    Array.from({ length: config.vocabSize }, (_, i) => i),
    config.maxPositions,
  );
  return model;
}

// A type alias, not an interface: only that has the index signature which tidy asks for.
type LossAndGradients = {
  loss: Tensor;
  gradients: Record<string, Tensor>;
};

/** Inside a tidy. */
function lossAndGradients(model: DeviceModel, examples: Examples, posWeight: number[] | null): LossAndGradients {
  const parameters = model.trainingParameters();
  const names = Object.keys(parameters);
  const rows = model.trainingRows;
  const batch = uploadBatch(packTitles(examples, all(examples), rows), rows, true);
  const labels = tensor2d(Float32Array.from(examples.labels), [batch.B, examples.labelCount]);
  const weights = tensor1d(posWeight ?? labels.shape.slice(1).flatMap((count) => Array<number>(count).fill(1)));
  const { value, grads } = valueAndGrads((...values: Tensor[]) => {
    const named = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    return binaryCrossEntropy(classify(config, named, batch, { training: false, seed: 0 }), labels, weights);
  })(Object.values(parameters));
  disposeBatch(batch);
  return { loss: value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]])) };
}

async function arraysOf(tensors: Record<string, Tensor>): Promise<NamedArrays> {
  const arrays: NamedArrays = new Map();
  for (const [name, t] of Object.entries(tensors)) {
    arrays.set(name, { shape: t.shape, data: Float32Array.from(await t.data<'float32'>()) });
  }
  return splitParameters(config, arrays);
}

describe.each(['wasm', 'webgpu'] as const)('DistilBERT on %s', (backend) => {
  let weights: NamedArrays;
  let model: DeviceModel;
  beforeAll(async () => {
    await startBackend(backend, location.href);
    weights = await fixtureTensors('model');
    model = wholeModel(weights);
  });
  afterAll(() => model.dispose());

  it('gives the logits', async () => {
    const logits = await model.logits(main);
    const truth = (await fixtureTensors('logits_f64')).get('logits')!;
    expect(expectClose(logits, truth.data, 1e-4, 'logits')).toBeLessThan(1e-4);
  });

  it.each([
    ['loss', null, expected.loss],
    ['loss_pos_weight', fixture.posWeight, expected.loss_pos_weight],
  ] as const)('gives %s and every gradient', async (name, posWeight, trueLoss) => {
    const before = memory().numTensors;
    const { loss, gradients } = tidy(() => lossAndGradients(model, main, posWeight ? [...posWeight] : null));
    const [value] = await loss.data();
    expect(Math.abs(value - trueLoss) / trueLoss).toBeLessThan(1e-5);
    const found = await arraysOf(gradients);
    const truth = await fixtureTensors('grads_f64');
    expect(found.size).toBe(weights.size);
    const errors = Array.from(found, ([parameter, { data }]) => {
      const exact = truth.get(`${name}/${parameter}`)!.data;
      // Where the exact gradient is 0 there is no relative error.
      if (expected.zeroGradient.includes(parameter)) return expectClose(data, exact, 1e-6, parameter);
      const error = relativeError(data, exact);
      return error < 1e-3 ? error : `${parameter}: ${error}`;
    });
    expect(errors.filter((error) => typeof error === 'string')).toEqual([]);
    loss.dispose();
    for (const gradient of Object.values(gradients)) gradient.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('gives the parameters after 1, 2, 5 and 20 AdamW steps, without leaking a tensor', async () => {
    const trained = wholeModel(weights);
    const parameters = trained.trainingParameters();
    const optimiser = new AdamW(parameters, { weightDecay: 0.01, maxGradientNorm: 1 });
    const schedule = { kind: 'linear', learningRate: 1e-3, warmup: 0.1, totalSteps: 20 } as const;
    let tensors = 0;
    for (const [step, examples] of fixture.batches.entries()) {
      const rate = learningRateAt(schedule, step);
      expect(rate).toBeCloseTo(expected.train.lr[step], 12);
      const loss = tidy(() => {
        const { loss: value, gradients } = lossAndGradients(trained, examples, null);
        optimiser.step(parameters, gradients, rate, step + 1);
        return value;
      });
      const [value] = await loss.data();
      loss.dispose();
      expect(Math.abs(value - expected.train.loss[step])).toBeLessThan(1e-4);
      if (step === 0) tensors = memory().numTensors;
      expect(memory().numTensors).toBe(tensors);
      const file = { 1: 'model', 2: 'params_step2_f64', 5: 'params_step5_f64', 20: 'params_step20_f64' }[step + 1];
      if (!file) continue;
      const truth = await fixtureTensors(file);
      for (const [name, { data }] of await trained.read()) {
        if (!expected.zeroGradient.includes(name))
          expectClose(data, truth.get(name)!.data, 2e-3, `${name} after ${step + 1}`);
      }
    }
    optimiser.dispose();
    trained.dispose();
  });
});
