/** The gradient of a batch: whole and in parts, of each loss; and what is left out for frozen layers. */
import { dispose, memory, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { initialParameters, layerOf, parseModelConfig } from '../models/model.ts';
import type { Examples } from '../shared/arrays.ts';
import { expectClose } from '../testing/close.ts';
import { learnableExamples } from '../testing/examples.ts';
import { BatchGradients } from './batchGradients.ts';
import { DeviceModel } from './deviceModel.ts';
import { ClassificationLoss, type LossOptions } from './loss.ts';
import { rateFactorOf } from './parameterGroups.ts';

const config = parseModelConfig({
  model_type: 'distilbert',
  vocab_size: 40,
  max_position_embeddings: 20,
  n_layers: 2,
  n_heads: 2,
  dim: 12,
  hidden_dim: 20,
  dropout: 0,
  attention_dropout: 0,
  seq_classif_dropout: 0,
  initializer_range: 0.2,
  id2label: { 0: 'a', 1: 'b', 2: 'c' },
});
const labelled = learnableExamples(23, 3, 40, 1);
/** The same titles with one label each. */
const classified: Examples = {
  ...labelled,
  labels: Uint8Array.from(labelled.labels, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0)),
};
const all = Uint32Array.from({ length: 23 }, (_, i) => i);
const posWeight = Float32Array.of(0.5, 2, 1);

const losses: [string, LossOptions][] = [
  ['binary cross-entropy', { loss: { kind: 'bce' }, labelSmoothing: 0, posWeight }],
  ['focal loss', { loss: { kind: 'focal', gamma: 2 }, labelSmoothing: 0.1, posWeight }],
  [
    'asymmetric loss',
    { loss: { kind: 'asymmetric', positive: 0, negative: 4, margin: 0.05 }, labelSmoothing: 0, posWeight: null },
  ],
  ['cross-entropy', { loss: { kind: 'crossEntropy' }, labelSmoothing: 0.1, posWeight }],
];

interface Computed {
  loss: number;
  gradients: Map<string, Float32Array>;
  /** Dispatches of one step, on WebGPU. */
  dispatches: number;
}

const read = async (tensor: Tensor): Promise<Float32Array> => Float32Array.from(await tensor.data<'float32'>());

async function compute(options: LossOptions, partTitles: number, frozenLayers = 0): Promise<Computed> {
  const train = options.loss.kind === 'crossEntropy' ? classified : labelled;
  const model = new DeviceModel(config, initialParameters(config, 3));
  model.loadRows(train.ids, 12);
  const loss = new ClassificationLoss(options, 3);
  const names = Object.keys(model.trainingParameters());
  const trained = names.filter((name) => rateFactorOf(config, name, { frozenLayers }) !== null);
  const input = { model, loss, train, trained, tablesTrained: frozenLayers === 0, seed: 7 };
  const source = new BatchGradients(input, partTitles);
  const before = memory().numTensors;
  const dispatch = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  const { loss: value, byName } = source.of(all, 5);
  const dispatches = dispatch.mock.calls.length;
  dispatch.mockRestore();
  expect(memory().numTensors).toBe(before + 1 + trained.length);
  const gradients = new Map(
    await Promise.all(
      Object.entries(byName).map(async ([name, gradient]) => [name, await read(gradient)] as [string, Float32Array]),
    ),
  );
  const computed = { loss: (await read(value))[0], gradients, dispatches };
  // The loss on the device against the one of an evaluation.
  const logits = await model.logits(train);
  expectClose([computed.loss], [loss.mean(logits, train)], 1e-5, 'loss');
  dispose([value, ...Object.values(byName)]);
  loss.dispose();
  model.dispose();
  return computed;
}

describe.each(['wasm', 'webgpu'] as const)('gradients of a batch on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend, location.href);
  });

  it.each(losses)('of %s are the same from parts', async (_, options) => {
    const whole = await compute(options, 23);
    for (const partTitles of [12, 5, 1]) {
      const parts = await compute(options, partTitles);
      expect(Math.abs(parts.loss - whole.loss)).toBeLessThan(1e-6);
      for (const [name, gradient] of whole.gradients) {
        expect(expectClose(parts.gradients.get(name)!, gradient, 2e-6, name)).toBeLessThan(2e-6);
      }
    }
  });

  it('of frozen layers are neither there nor computed', async () => {
    const [, options] = losses[0];
    const whole = await compute(options, 23);
    const dispatches = [whole.dispatches];
    for (const frozenLayers of [1, 2, 3, 9]) {
      const some = await compute(options, 23, frozenLayers);
      const names = [...whole.gradients.keys()].filter((name) => layerOf(config, name) >= Math.min(frozenLayers, 3));
      expect([...some.gradients.keys()]).toEqual(names);
      expect(names).toContain('classifier.weight');
      for (const [name, gradient] of some.gradients) {
        expectClose(gradient, whole.gradients.get(name)!, 0, name);
      }
      dispatches.push(some.dispatches);
    }
    // Each layer more that is frozen saves its backward pass; there are no dispatches on WebAssembly.
    const fewer = dispatches.slice(0, 4).map((count, i) => i === 0 || count < dispatches[i - 1]);
    expect(fewer).toEqual([true, ...Array<boolean>(3).fill(backend === 'webgpu')]);
    expect(dispatches[4]).toBe(dispatches[3]);
  });

  it('of classes want exactly one label a title', () => {
    const loss = new ClassificationLoss(losses[3][1], 3);
    const check = (labels: number[]): void =>
      loss.check({
        ids: Int32Array.of(2),
        starts: Uint32Array.of(0, 1),
        labels: Uint8Array.from(labels),
        labelCount: 3,
      });
    expect(() => check([0, 1, 1])).toThrow(/exactly one label a title; title 1 has 2/);
    expect(() => check([0, 0, 0])).toThrow(/title 1 has 0/);
    expect(() => check([0, 1, 0])).not.toThrow();
    loss.dispose();
  });
});
