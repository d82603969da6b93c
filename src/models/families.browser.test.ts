/** Every family against PyTorch's float64 run on both backends, and what no fixture holds: embeddings of titles, dropout, packing. */
import { memory, tensor2d, tidy, valueAndGrads, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../kernels/backend.ts';
import { disposeBatch, packTitles, uploadBatch } from '../nn/packedBatch.ts';
import { expectClose } from '../testing/close.ts';
import { modelFixture, modelFixtureNames } from '../testing/modelFixtures.ts';
import { compareWithFixture, examplesOf } from '../testing/parity.ts';
import { DeviceModel } from '../training/deviceModel.ts';
import { classify, embedTitles, encode, initialParameters, parseModelConfig } from './model.ts';

describe.each(['wasm', 'webgpu'] as const)('on %s', (backend) => {
  beforeAll(() => startBackend(backend, location.href));

  it.each(modelFixtureNames)('%s gives the figures of PyTorch', async (name) => {
    const figures = await compareWithFixture(await modelFixture(name));
    const judged = figures.filter(({ limit }) => limit !== null).map(({ quantity }) => quantity);
    expect(judged).toEqual([
      'logits',
      'loss',
      'loss_pos_weight',
      'gradients of loss_pos_weight',
      'parameters after 20 steps',
      'learning rate of the training steps',
      'tensors left over',
    ]);
    const past = figures.filter(({ error, limit }) => !(error <= (limit ?? 1e-4)));
    expect(past).toEqual([]);
    const gradients = figures.find(({ quantity }) => quantity === 'gradients of loss_pos_weight')!;
    const weights = initialParameters(parseModelConfig((await modelFixture(name)).config), 1);
    const { exactly_zero_gradient_parameters: zero } = (await modelFixture(name)).expected;
    expect(Object.keys(gradients.each).length + zero.length).toBe(weights.size);
  });

  it.each(modelFixtureNames)('%s embeds titles as the mean of their hidden states, with a gradient', async (name) => {
    const fixture = await modelFixture(name);
    const { config: json, inputs } = fixture;
    const config = parseModelConfig(json);
    const model = new DeviceModel(config, (await fixture.read('model'))!);
    const examples = examplesOf(inputs.main);
    const B = examples.starts.length - 1;
    model.loadRows(examples.ids, 32);
    const batch = uploadBatch(
      packTitles(
        examples,
        Array.from({ length: B }, (_, i) => i),
        model.trainingRows,
      ),
      model.trainingRows,
      true,
    );
    const parameters = model.trainingParameters();
    const options = { training: false, seed: 0 };
    const before = memory().numTensors;
    const [states, embeddings] = tidy(() => [
      encode(config, parameters, batch, options),
      embedTitles(config, parameters, batch, options),
    ]);
    const H = config.dim;
    const values = await states.data<'float32'>();
    const mean = new Float32Array(B * H);
    for (let title = 0; title < B; title++) {
      const [begin, end] = examples.starts.subarray(title, title + 2);
      for (let at = begin * H; at < end * H; at++) mean[title * H + (at % H)] += values[at] / (end - begin);
    }
    expect(expectClose(await embeddings.data<'float32'>(), mean, 1e-5, 'embeddings')).toBeLessThan(1e-5);
    states.dispose();
    embeddings.dispose();
    // The gradient along itself, by a difference: moving a bias of the last LayerNorm moves every embedding by as much.
    const lastNorm = new RegExp(`\\.layer\\.${config.layers - 1}\\.output(\\.L|_l)ayer_?[nN]orm\\.bias$`);
    const last = Object.keys(parameters).find((key) => lastNorm.test(key))!;
    const dy = tensor2d(
      Float32Array.from({ length: B * H }, (_, i) => Math.sin(i)),
      [B, H],
    );
    const { value, grads } = tidy(() =>
      valueAndGrads((bias: Tensor) => embedTitles(config, { ...parameters, [last]: bias }, batch, options))(
        [parameters[last]],
        dy,
      ),
    );
    const slopes = await dy.data<'float32'>();
    const exact = Float32Array.from({ length: H }, (_, i) => {
      let sum = 0;
      for (let title = 0; title < B; title++) sum += slopes[title * H + i];
      return sum;
    });
    expect(expectClose(await grads[0].data<'float32'>(), exact, 1e-5, 'gradient')).toBeLessThan(1e-5);
    for (const t of [value, dy, ...grads]) t.dispose();
    expect(memory().numTensors).toBe(before);
    disposeBatch(batch);
    model.dispose();
  });

  it.each(modelFixtureNames)('%s drops the same elements for the same seed only', async (name) => {
    const fixture = await modelFixture(name);
    const { config: json, inputs } = fixture;
    const config = { ...parseModelConfig(json), dropout: 0.2, attentionDropout: 0.2, classifierDropout: 0.2 };
    const model = new DeviceModel(config, (await fixture.read('model'))!);
    const examples = examplesOf(inputs.main);
    model.loadRows(examples.ids, 32);
    const batch = uploadBatch(packTitles(examples, [0, 3, 1], model.trainingRows), model.trainingRows, true);
    const logits = async (training: boolean, seed: number): Promise<number[]> => {
      const found = tidy(() => classify(config, model.trainingParameters(), batch, { training, seed }));
      const numbers = [...(await found.data())];
      found.dispose();
      return numbers;
    };
    const [plain, one, again, other] = [
      await logits(false, 1),
      await logits(true, 1),
      await logits(true, 1),
      await logits(true, 2),
    ];
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    expect(one).not.toEqual(plain);
    expect(one.every(Number.isFinite)).toBe(true);
    disposeBatch(batch);
    model.dispose();
  });
});
