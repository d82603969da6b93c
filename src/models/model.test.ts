import { describe, expect, it } from 'vitest';
import { RungError } from '../shared/errors.ts';
import {
  configToJson,
  fuseParameters,
  initialParameters,
  isDecayed,
  parameterShapes,
  parseModelConfig,
  splitParameters,
  wordTable,
} from './model.ts';

const json = {
  model_type: 'distilbert',
  vocab_size: 30,
  max_position_embeddings: 16,
  n_layers: 2,
  n_heads: 2,
  dim: 8,
  hidden_dim: 12,
  id2label: { 0: 'a', 1: 'b', 2: 'c' },
};

describe('config.json of a DistilBERT', () => {
  it('fills in the defaults of Hugging Face', () => {
    expect(parseModelConfig(json)).toMatchObject({
      labels: 3,
      dropout: 0.1,
      classifierDropout: 0.2,
      activation: 'gelu',
      padTokenId: 0,
    });
    expect(parseModelConfig({ ...json, id2label: undefined }).labels).toBe(2);
  });

  it('survives being written and read', () => {
    const config = parseModelConfig({ ...json, dropout: 0.3, activation: 'relu' });
    const written: unknown = JSON.parse(JSON.stringify(configToJson(config, ['x', '__proto__', 'z'])));
    expect(parseModelConfig(written)).toEqual(config);
    expect(written).toMatchObject({ problem_type: 'multi_label_classification', id2label: { 0: 'x', 1: '__proto__' } });
  });

  it.each([
    [null, /JSON object/],
    [[], /JSON object/],
    [{ ...json, model_type: 'gpt2' }, /distilbert.* was expected, found "gpt2"/],
    [{ ...json, dim: 9 }, /dim 9 is not divisible by n_heads 2/],
    [{ ...json, dim: '8' }, /dim must be a whole number/],
    [{ ...json, vocab_size: undefined }, /vocab_size .* found undefined/],
    [{ ...json, n_layers: 1e9 }, /n_layers/],
    [{ ...json, dropout: 1 }, /dropout must be/],
    [{ ...json, dropout: null, attention_dropout: 'x' }, /attention_dropout/],
    [{ ...json, activation: 'silu' }, /"silu"/],
    [{ ...json, sinusoidal_pos_embds: true }, /sinusoidal/],
    [{ ...json, id2label: {} }, /id2label/],
    [{ ...json, pad_token_id: 30 }, /pad_token_id 30/],
  ])('refuses %j', (wrong, message) => {
    expect(() => parseModelConfig(wrong)).toThrow(message);
    expect(() => parseModelConfig(wrong)).toThrow(RungError);
  });
});

describe('parameters', () => {
  const config = parseModelConfig(json);

  it('have the names and shapes of DistilBertForSequenceClassification', () => {
    const shapes = parameterShapes(config);
    expect(Object.keys(shapes).length).toBe(4 + 2 * 16 + 4);
    expect(shapes['distilbert.transformer.layer.1.ffn.lin1.weight']).toEqual([12, 8]);
    expect(shapes['classifier.weight']).toEqual([3, 8]);
  });

  it('are drawn as Hugging Face draws them, the same from the same seed', () => {
    const weights = initialParameters({ ...config, vocabSize: 5000, initializerRange: 0.02 }, 4);
    const table = weights.get(wordTable(config))!.data;
    expect([...table.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const deviation = Math.sqrt(table.reduce((sum, value) => sum + value * value, 0) / table.length);
    expect(deviation).toBeCloseTo(0.02, 3);
    expect([...weights.get('distilbert.embeddings.LayerNorm.weight')!.data]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([...weights.get('classifier.bias')!.data]).toEqual([0, 0, 0]);
    expect(initialParameters(config, 4)).toEqual(initialParameters(config, 4));
    expect(initialParameters(config, 4)).not.toEqual(initialParameters(config, 5));
  });

  it('are drawn one by one: only those asked for, with the numbers they have among all', () => {
    const all = initialParameters(config, 4);
    const head = initialParameters(config, 4, (name) => /^(pre_)?classifier\./.test(name));
    expect([...head.keys()]).toEqual([
      'pre_classifier.weight',
      'pre_classifier.bias',
      'classifier.weight',
      'classifier.bias',
    ]);
    for (const [name, array] of head) expect(array).toEqual(all.get(name));
    // A head alone is drawn without the encoder's tables: these would take gigabytes.
    const huge = { ...config, vocabSize: 10_000_000, hiddenDim: 1_000_000 };
    expect(initialParameters(huge, 4, (name) => name.startsWith('classifier.'))).toEqual(
      new Map([...head].filter(([name]) => name.startsWith('classifier.'))),
    );
    const drawn = [...all].filter(([, { shape }]) => shape.length === 2).map(([, { data }]) => data[data.length - 1]);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('come back from being fused', () => {
    const weights = initialParameters(config, 9);
    const fused = fuseParameters(config, weights);
    expect(fused.get('distilbert.transformer.layer.0.attention.qkv_lin.weight')!.shape).toEqual([24, 8]);
    expect(Object.fromEntries(splitParameters(config, fused))).toEqual(Object.fromEntries(weights));
  });

  it('decay but for biases and LayerNorms', () => {
    const kept = Object.keys(parameterShapes(config)).filter((name) => !isDecayed(name));
    expect(kept.every((name) => /bias$|LayerNorm|sa_layer_norm|output_layer_norm/.test(name))).toBe(true);
    expect(kept.length).toBe(2 + 2 * (6 + 4) + 2);
  });
});
