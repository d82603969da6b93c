/** Configs and parameter names of every family; what they compute is in families.browser.test.ts. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import {
  configToJson,
  fuseParameters,
  headNames,
  initialParameters,
  isDecayed,
  isHead,
  layerOf,
  modelNames,
  parameterShapes,
  parseModelConfig,
  positionTable,
  splitParameters,
  wordTable,
} from './model.ts';

const bert = {
  model_type: 'bert',
  vocab_size: 30,
  max_position_embeddings: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  hidden_size: 8,
  intermediate_size: 12,
  id2label: { 0: 'a', 1: 'b', 2: 'c' },
};
const roberta = { ...bert, model_type: 'roberta', pad_token_id: 1, type_vocab_size: 1 };
const deberta = {
  ...bert,
  model_type: 'deberta-v2',
  relative_attention: true,
  pos_att_type: 'p2c|c2p',
  position_buckets: 8,
  norm_rel_ebd: 'layer_norm',
  share_att_key: true,
  position_biased_input: false,
};
const distilbert = {
  model_type: 'distilbert',
  vocab_size: 30,
  max_position_embeddings: 16,
  n_layers: 2,
  n_heads: 2,
  dim: 8,
  hidden_dim: 12,
  id2label: bert.id2label,
};
const all: [string, Record<string, unknown>][] = [
  ['distilbert', distilbert],
  ['bert', bert],
  ['roberta', roberta],
  ['xlm-roberta', { ...roberta, model_type: 'xlm-roberta' }],
  ['deberta-v2', deberta],
  [
    'deberta-v2 of other switches',
    {
      ...deberta,
      share_att_key: false,
      pos_att_type: ['c2p'],
      position_buckets: -1,
      norm_rel_ebd: 'none',
      position_biased_input: true,
      type_vocab_size: 2,
      pooler_hidden_act: 'tanh',
    },
  ],
  ['deberta-v2 without relative attention', { ...deberta, relative_attention: false, pos_att_type: [] }],
];

describe.each(all)('%s', (_, json) => {
  const config = parseModelConfig(json);

  it('survives being written and read', () => {
    const written: unknown = JSON.parse(JSON.stringify(configToJson(config, ['x', 'y', 'z'])));
    expect(parseModelConfig(written)).toEqual(config);
    expect(written).toMatchObject({ model_type: json.model_type, problem_type: 'multi_label_classification' });
    expect(written).toMatchObject({ architectures: [expect.stringMatching(/ForSequenceClassification$/)] });
  });

  it('has tables, a head and layers by depth', () => {
    const names = Object.keys(parameterShapes(config));
    expect(names).toContain(wordTable(config));
    const positions = positionTable(config);
    expect(positions === null || parameterShapes(config)[positions].join() === '16,8').toBe(true);
    expect(headNames(config).every((name) => layerOf(config, name) === 3)).toBe(true);
    expect(layerOf(config, wordTable(config))).toBe(0);
    expect([...new Set(names.map((name) => layerOf(config, name)))].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect(names.some((name) => isHead(config, name))).toBe(true);
  });

  it('comes back from being fused, with q, k and v one matrix', () => {
    const weights = initialParameters(config, 9);
    const fused = fuseParameters(config, weights);
    expect(Object.fromEntries(splitParameters(config, fused))).toEqual(Object.fromEntries(weights));
    const stacked = [...fused].filter(([name]) => /qkv\w*\.weight$/.test(name));
    expect(stacked.map(([, { shape }]) => shape)).toEqual([
      [24, 8],
      [24, 8],
    ]);
    expect([...fused.keys()].every((name) => layerOf(config, name) <= 3)).toBe(true);
  });
});

describe('config.json', () => {
  it('is filled in with the defaults of Hugging Face', () => {
    expect(parseModelConfig(bert)).toMatchObject({ dropout: 0.1, classifierDropout: 0.1, layerNormEpsilon: 1e-12 });
    expect(parseModelConfig(roberta)).toMatchObject({ firstPosition: 2, maxPositions: 14 });
    expect(parseModelConfig({ ...bert, hidden_act: 'gelu_pytorch_tanh' })).toMatchObject({ activation: 'gelu_new' });
    expect(parseModelConfig({ ...deberta, max_relative_positions: -1 })).toMatchObject({
      positionBiasedInput: false,
      relative: { buckets: 8, maxDistance: 16, c2p: true, p2c: true, shareAttKey: true, layerNorm: true },
    });
  });

  it.each([
    [{ ...bert, is_decoder: true }, /is_decoder/],
    [{ ...bert, position_embedding_type: 'relative_key' }, /position_embedding_type/],
    [{ ...bert, hidden_size: 9 }, /hidden_size 9 is not divisible by num_attention_heads 2/],
    [{ ...bert, hidden_act: 'silu' }, /hidden_act "silu"/],
    [{ ...roberta, max_position_embeddings: 2 }, /max_position_embeddings 2 leaves no position/],
    [{ ...deberta, conv_kernel_size: 3 }, /conv_kernel_size is 3.*ConvLayer/],
    [{ ...deberta, embedding_size: 4 }, /embedding_size/],
    [{ ...deberta, pooler_hidden_size: 4 }, /pooler_hidden_size/],
    [{ ...deberta, attention_head_size: 8 }, /attention_head_size/],
    [{ ...deberta, pos_att_type: 'p2p' }, /pos_att_type holds "p2p"/],
    [{ ...deberta, pos_att_type: [] }, /relative_attention is true/],
    [{ ...deberta, relative_attention: false }, /relative_attention is false/],
    [{ ...deberta, norm_rel_ebd: 'batch_norm' }, /norm_rel_ebd/],
    [{ ...deberta, position_buckets: 8, max_relative_positions: 4 }, /position_buckets 8/],
    [{ ...bert, model_type: 'deberta' }, /found "deberta"/],
  ])('is refused by the name of what is not supported: %j', (wrong, message) => {
    expect(() => parseModelConfig(wrong)).toThrow(message);
    expect(() => parseModelConfig(wrong)).toThrow(RungError);
  });
});

describe('names in a checkpoint', () => {
  const config = parseModelConfig(bert);
  const weights = initialParameters(config, 1);
  const renamed = (rename: (name: string) => string): NamedArrays =>
    new Map(Array.from(weights, ([name, array]) => [rename(name), array]));

  it.each([
    ['of the model', (name: string) => name],
    ['of the bare encoder', (name: string) => name.replace('bert.', '')],
    ['below a wrapper', (name: string) => name.replace('bert.', '0.auto_model.')],
    ['of another base', (name: string) => name.replace('bert.', 'roberta.')],
    [
      'of TensorFlow',
      (name: string) => name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
    ],
  ])('%s are found', (_, rename) => {
    const found = modelNames(config, renamed(rename));
    expect(new Set(found.keys())).toEqual(new Set(weights.keys()));
    for (const [name, array] of found) expect(array).toBe(weights.get(name));
  });

  it('of other heads and buffers stay as they are, and one that is there already is not replaced', () => {
    const [one, two] = [weights.get('classifier.bias')!, { shape: [3], data: new Float32Array(3) }];
    const stored: NamedArrays = new Map([
      ['cls.predictions.bias', two],
      ['embeddings.position_ids', two],
      ['module.classifier.bias', two],
      ['classifier.bias', one],
    ]);
    const found = modelNames(config, stored);
    expect([...found.keys()].toSorted()).toEqual([...stored.keys()].toSorted());
    expect(found.get('classifier.bias')).toBe(one);
  });

  it("keep DeBERTa's pooler outside the base model", () => {
    const other = parseModelConfig(deberta);
    const pooler = initialParameters(other, 1, (name) => name.startsWith('pooler.'));
    expect([...modelNames(other, pooler).keys()]).toEqual(['pooler.dense.weight', 'pooler.dense.bias']);
  });
});

const fixtures = '../shared/fixtures';

describe.skipIf(!existsSync(fixtures))('Hugging Face', () => {
  it.each(['distilbert', 'bert', 'roberta', 'deberta-v2', 'deberta-v2-noshare'])(
    'names and decays the parameters of %s the same way',
    (folder) => {
      const read = (name: string): unknown => JSON.parse(readFileSync(`${fixtures}/${folder}/${name}`, 'utf8'));
      const shapes = parameterShapes(parseModelConfig(read('config.json')));
      const file = readFileSync(`${fixtures}/${folder}/model.safetensors`);
      const header = file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString();
      const { __metadata__: _, ...stored } = JSON.parse(header) as Record<string, { shape: number[] }>;
      const storedShapes = Object.fromEntries(Object.entries(stored).map(([name, { shape }]) => [name, shape]));
      expect(shapes).toEqual(storedShapes);
      const { float64 } = read('expected.json') as { float64: { decay_parameters: string[] } };
      expect(Object.keys(shapes).filter(isDecayed).toSorted()).toEqual(float64.decay_parameters);
    },
  );
});
