/** The plain forward pass against PyTorch's logits, which are what the engine is held to as well. */
import { openAsBlob, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packWeights, PackedWeights, type PagePrecision } from '../formats/htmlWeights.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { initialParameters, parseModelConfig, type ModelConfig } from '../models/model.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { largestDifference } from '../testing/close.ts';
import type { FixtureInputs } from '../testing/parity.ts';
import { PlainModel } from './forward.ts';

const fixtures = ['distilbert', 'bert', 'roberta', 'deberta-v2', 'deberta-v2-noshare'];

async function reference(name: string) {
  const folder = `src/testing/fixtures/${name}`;
  const json = (file: string): unknown => JSON.parse(readFileSync(`${folder}/${file}.json`, 'utf8'));
  const tensors = async (file: string) => readSafetensors(await openAsBlob(`${folder}/${file}.safetensors`), file);
  const { main } = json('inputs') as FixtureInputs;
  const titles = main.input_ids.map((ids, row) => ids.filter((_, at) => main.attention_mask[row][at] === 1));
  const truth = (await tensors('forward_f64')).get('logits')!.data;
  return { config: parseModelConfig(json('config')), weights: await tensors('model'), titles, truth };
}

function load(config: ModelConfig, weights: NamedArrays, precision: PagePrecision, plain = false): Promise<PlainModel> {
  const { tensors, bytes } = packWeights(weights, precision);
  return PlainModel.load(config, new PackedWeights(tensors, bytes.buffer), config.maxPositions, plain);
}

describe.each(fixtures)('%s', (name) => {
  it('gives the logits of PyTorch, in WebAssembly and in a loop, whatever the titles are batched with', async () => {
    const { config, weights, titles, truth } = await reference(name);
    const longest = Array.from({ length: config.maxPositions }, (_, at) => 5 + (at % 190));
    for (const plain of [false, true]) {
      const model = await load(config, weights, 'fp32', plain);
      const all = Float32Array.from(model.logits([...titles, [3], longest]));
      expect(largestDifference(all.subarray(0, truth.length), truth).largest).toBeLessThan(1e-5);
      for (const [i, title] of [...titles, [3], longest].entries()) {
        const own = all.subarray(i * config.labels, (i + 1) * config.labels);
        expect(largestDifference(model.logits([title]), own).largest).toBeLessThan(1e-5);
      }
    }
  });

  it('gives about the same in float16 and in 8 bits', async () => {
    const { config, weights, titles, truth } = await reference(name);
    for (const [precision, tolerance] of [
      ['fp16', 0.005],
      ['int8', 0.2],
    ] as const) {
      const model = await load(config, weights, precision);
      expect(largestDifference(model.logits(titles), truth).largest).toBeLessThan(tolerance);
    }
  });
});

it('fits as many titles into a batch as there is room for, one at least', async () => {
  const config = parseModelConfig({
    model_type: 'distilbert',
    vocab_size: 9,
    n_layers: 1,
    n_heads: 1,
    dim: 8,
    hidden_dim: 8,
    id2label: { 0: 'a' },
  });
  const model = await load(config, initialParameters(config, 1), 'fp16');
  expect(model.fitting([300, 200, 12, 1], 0)).toBe(3);
  expect(model.fitting([512, 512], 0)).toBe(1);
  expect(model.fitting([5], 0)).toBe(1);
});

it('says which weights are missing', async () => {
  const config = parseModelConfig({
    model_type: 'bert',
    vocab_size: 9,
    num_hidden_layers: 1,
    num_attention_heads: 1,
    hidden_size: 8,
    intermediate_size: 8,
    id2label: { 0: 'a' },
  });
  const weights = initialParameters(config, 1, (name) => name !== 'bert.pooler.dense.bias');
  await expect(load(config, weights, 'int8')).rejects.toThrow('bert.pooler.dense.bias');
});
