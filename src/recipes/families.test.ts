/** Checkpoints of every family on their way in and out: read, given a head, packed, read again. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ModelFolder } from '../formats/checkpoint.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { configToJson, initialParameters, isHead, parseModelConfig, type ModelConfig } from '../models/model.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { testRecord } from '../testing/runRecord.ts';
import { readEncoder, withHead } from './encoder.ts';
import { packageFiles } from './package.ts';

const sizes = {
  vocab_size: 8000,
  max_position_embeddings: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  hidden_size: 4,
  intermediate_size: 6,
};
const configs: [string, Record<string, unknown>][] = [
  ['distilbert', { vocab_size: 8000, max_position_embeddings: 16, n_layers: 1, n_heads: 2, dim: 4, hidden_dim: 6 }],
  ['bert', sizes],
  ['roberta', { ...sizes, pad_token_id: 1 }],
  ['xlm-roberta', { ...sizes, pad_token_id: 1 }],
  ['deberta-v2', { ...sizes, relative_attention: true, pos_att_type: ['c2p', 'p2c'], share_att_key: true }],
];
const tokenizer = new Blob([readFileSync('public/models/rung-mini/tokenizer.json')]);

function folderOf(config: unknown, weights: NamedArrays): ModelFolder {
  return new Map([
    ['config.json', new Blob([JSON.stringify(config)])],
    ['tokenizer.json', tokenizer],
    ['model.safetensors', new Blob([writeSafetensors(weights, { dtype: 'F32' })])],
  ]);
}

/** A checkpoint of the bare encoder, as `AutoModel` saves it, with a tensor that no classifier has. */
function bareWeights(config: ModelConfig): NamedArrays {
  const weights = initialParameters(config, 3, (name) => !isHead(config, name));
  const bare: NamedArrays = new Map();
  for (const [name, array] of weights) bare.set(name.replace(/^(distilbert|bert|roberta|deberta)\./, ''), array);
  return bare.set('lm_head.bias', { shape: [2], data: new Float32Array(2) });
}

const options = { seed: 5, dropout: 0.1 };

describe.each(configs)('%s', (modelType, fields) => {
  const json = { model_type: modelType, ...fields };
  const config = parseModelConfig(json);

  it('gets a head of the size that is asked for, and says what was left over and what is new', async () => {
    const encoder = await readEncoder(folderOf(json, bareWeights(config)));
    expect(encoder.labelNames).toBeNull();
    const { architecture, weights, unused, fresh } = withHead(encoder, 3, { ...options, keepHead: false });
    expect(unused).toEqual(['lm_head.bias']);
    const head = [...weights.keys()].filter((name) => isHead(config, name));
    expect(fresh).toEqual(head);
    expect(weights.get(fresh.at(-1)!)?.shape).toEqual([3]);
    expect(weights).toEqual(
      new Map([
        ...[...initialParameters(architecture, 3)].filter(([name]) => !head.includes(name)),
        ...[...initialParameters(architecture, options.seed)].filter(([name]) => head.includes(name)),
      ]),
    );
  });

  it('comes back from its own package, head and all', async () => {
    const record = testRecord();
    const { labelNames } = record.data;
    const trained = { ...config, labels: labelNames.length };
    const weights = initialParameters(trained, 8);
    const encoder = await readEncoder(folderOf(json, bareWeights(config)));
    const files = packageFiles(record, trained, [weights], encoder.files);
    const written: unknown = JSON.parse(new TextDecoder().decode(files.get('config.json')));
    expect(written).toEqual(JSON.parse(JSON.stringify(configToJson(trained, labelNames))));
    expect(new TextDecoder().decode(files.get('README.md'))).toContain(`  - ${modelType}\n`);
    const again = await readEncoder(new Map(Array.from(files, ([name, bytes]) => [name, new Blob([bytes])])));
    expect(again.labelNames).toEqual(labelNames);
    expect(again.architecture).toEqual(trained);
    const model = withHead(again, labelNames.length, { ...options, keepHead: true });
    expect([model.weights, model.unused, model.fresh]).toEqual([weights, [], []]);
    // For new labels the head is made anew, and said so.
    const other = withHead(again, 2, { ...options, keepHead: false });
    expect(other.weights.get(other.fresh.at(-1)!)?.shape).toEqual([2]);
  });
});

describe('a checkpoint that lacks something', () => {
  const json = { model_type: 'bert', ...sizes };
  const config = parseModelConfig(json);
  const withoutPooler = (): NamedArrays => {
    const weights = bareWeights(config);
    for (const part of ['weight', 'bias']) weights.delete(`pooler.dense.${part}`);
    return weights;
  };

  it('of BERT gets the pooler anew, too, when it is the pooler', async () => {
    const encoder = await readEncoder(folderOf(json, withoutPooler()));
    const { fresh, weights } = withHead(encoder, 2, { ...options, keepHead: false });
    expect(fresh).toEqual([
      'bert.pooler.dense.weight',
      'bert.pooler.dense.bias',
      'classifier.weight',
      'classifier.bias',
    ]);
    expect(weights.get('bert.pooler.dense.bias')?.data).toEqual(new Float32Array(4));
  });

  it('is refused by the names of the encoder tensors that are missing or of another shape', async () => {
    const weights = bareWeights(config);
    weights.delete('encoder.layer.0.attention.self.key.bias');
    weights.set('embeddings.LayerNorm.bias', { shape: [5], data: new Float32Array(5) });
    const encoder = await readEncoder(folderOf(json, weights));
    expect(() => withHead(encoder, 2, { ...options, keepHead: false })).toThrow(
      'bert.embeddings.LayerNorm.bias is [5] instead of [4]; bert.encoder.layer.0.attention.self.key.bias is missing',
    );
  });
});
