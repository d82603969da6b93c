/**
 * Models as the Hub holds them, with random weights: the published configs, names, kinds of files and sizes of those that Rung must be
 * able to fetch, and small ones for tests. Files are made on the fly, so that half a gigabyte costs no disk. Tokenisers are those of
 * ../shared where it is at hand, else stand-ins of fewer words.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fixed, joined, pytorchBin, safetensors, type HubFile, type Shapes } from './hubFiles.ts';

export interface HubRepository {
  id: string;
  licence: string;
  gated: boolean;
  files: Map<string, HubFile>;
}

function layers(count: number, make: (prefix: string) => Shapes, prefix: string): Shapes {
  return Array.from({ length: count }, (_, i) => make(`${prefix}${i}.`)).flat();
}

const linear = (name: string, out: number, into: number): Shapes => [
  [`${name}.weight`, [out, into]],
  [`${name}.bias`, [out]],
];
const norm = (name: string, width: number): Shapes => [
  [`${name}.weight`, [width]],
  [`${name}.bias`, [width]],
];

interface Size {
  layers: number;
  heads: number;
  width: number;
  inner: number;
  vocabulary: number;
  positions: number;
}

function distilbertShapes(size: Size): Shapes {
  const { width, inner } = size;
  const layer = (at: string): Shapes => [
    ...['q_lin', 'k_lin', 'v_lin', 'out_lin'].flatMap((name) => linear(`${at}attention.${name}`, width, width)),
    ...norm(`${at}sa_layer_norm`, width),
    ...linear(`${at}ffn.lin1`, inner, width),
    ...linear(`${at}ffn.lin2`, width, inner),
    ...norm(`${at}output_layer_norm`, width),
  ];
  return [
    ['distilbert.embeddings.word_embeddings.weight', [size.vocabulary, width]],
    ['distilbert.embeddings.position_embeddings.weight', [size.positions, width]],
    ...norm('distilbert.embeddings.LayerNorm', width),
    ...layers(size.layers, layer, 'distilbert.transformer.layer.'),
    ['vocab_projector.bias', [size.vocabulary]],
    ...norm('vocab_layer_norm', width),
    ...linear('vocab_transform', width, width),
  ];
}

/** BERT's layers, which RoBERTa and DeBERTa share but for the names of the projections. */
function bertLayers(size: Size, prefix: string, projections: readonly string[]): Shapes {
  const { width, inner } = size;
  const layer = (at: string): Shapes => [
    ...projections.flatMap((name) => linear(`${at}attention.self.${name}`, width, width)),
    ...linear(`${at}attention.output.dense`, width, width),
    ...norm(`${at}attention.output.LayerNorm`, width),
    ...linear(`${at}intermediate.dense`, inner, width),
    ...linear(`${at}output.dense`, width, inner),
    ...norm(`${at}output.LayerNorm`, width),
  ];
  return layers(size.layers, layer, `${prefix}encoder.layer.`);
}

function bertEmbeddings(size: Size, prefix: string, types: number): Shapes {
  return [
    [`${prefix}embeddings.word_embeddings.weight`, [size.vocabulary, size.width]],
    [`${prefix}embeddings.position_embeddings.weight`, [size.positions, size.width]],
    [`${prefix}embeddings.token_type_embeddings.weight`, [types, size.width]],
    ...norm(`${prefix}embeddings.LayerNorm`, size.width),
  ];
}

const bertProjections = ['query', 'key', 'value'];

const bertShapes = (size: Size): Shapes => [
  ...bertEmbeddings(size, '', 2),
  ...bertLayers(size, '', bertProjections),
  ...linear('pooler.dense', size.width, size.width),
];

const robertaShapes = (size: Size): Shapes => [
  ...bertEmbeddings(size, 'roberta.', 1),
  ...bertLayers(size, 'roberta.', bertProjections),
  ['lm_head.bias', [size.vocabulary]],
  ...linear('lm_head.dense', size.width, size.width),
  ...norm('lm_head.layer_norm', size.width),
];

const debertaShapes = (size: Size, span: number): Shapes => [
  ['deberta.embeddings.word_embeddings.weight', [size.vocabulary, size.width]],
  ...norm('deberta.embeddings.LayerNorm', size.width),
  ...bertLayers(size, 'deberta.', ['query_proj', 'key_proj', 'value_proj']),
  ['deberta.encoder.rel_embeddings.weight', [2 * span, size.width]],
  ...norm('deberta.encoder.LayerNorm', size.width),
  ['lm_predictions.lm_head.bias', [size.vocabulary]],
  ...linear('lm_predictions.lm_head.dense', size.width, size.width),
  ...norm('lm_predictions.lm_head.LayerNorm', size.width),
];

const shared = '../shared/data/tokenizers';

/** Tokeniser files of a folder; those of `otherwise` where ../shared is not at hand. */
function tokenizer(folder: string, names: readonly string[], otherwise: [string, string][]): Map<string, HubFile> {
  const found = names.map((name): [string, string] => [name, `${shared}/${folder}/${name}`]);
  const paths = found.every(([, path]) => existsSync(path)) ? found : otherwise;
  return new Map(paths.map(([name, path]) => [name, joined([fixed(readFileSync(path))], false)]));
}

const ownVocabulary: [string, string][] = [['tokenizer.json', 'public/models/rung-mini/tokenizer.json']];
const bertTokenizer = () => tokenizer('bert-base-uncased', ['tokenizer.json', 'vocab.txt'], ownVocabulary);
const spmModel = (): Map<string, HubFile> =>
  tokenizer('deberta-v3', ['spm.model'], [['spm.model', 'src/testing/fixtures/sentencepiece/spm.model']]);

const json = (value: unknown): HubFile => joined([fixed(JSON.stringify(value, null, 2))], false);

const distilbertConfig = (size: Size) => ({
  activation: 'gelu',
  architectures: ['DistilBertForMaskedLM'],
  attention_dropout: 0.1,
  dim: size.width,
  dropout: 0.1,
  hidden_dim: size.inner,
  initializer_range: 0.02,
  max_position_embeddings: size.positions,
  model_type: 'distilbert',
  n_heads: size.heads,
  n_layers: size.layers,
  pad_token_id: 0,
  qa_dropout: 0.1,
  seq_classif_dropout: 0.2,
  sinusoidal_pos_embds: false,
  tie_weights_: true,
  vocab_size: size.vocabulary,
});

const bertLikeConfig = (size: Size, more: Record<string, unknown>) => ({
  attention_probs_dropout_prob: 0.1,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  hidden_size: size.width,
  initializer_range: 0.02,
  intermediate_size: size.inner,
  max_position_embeddings: size.positions,
  num_attention_heads: size.heads,
  num_hidden_layers: size.layers,
  vocab_size: size.vocabulary,
  ...more,
});

const distilbertBase: Size = { layers: 6, heads: 12, width: 768, inner: 3072, vocabulary: 30_522, positions: 512 };
const robertaBase: Size = { layers: 12, heads: 12, width: 768, inner: 3072, vocabulary: 50_265, positions: 514 };
const debertaSmall: Size = { layers: 6, heads: 12, width: 768, inner: 3072, vocabulary: 128_100, positions: 512 };
const miniLm: Size = { layers: 12, heads: 12, width: 384, inner: 1536, vocabulary: 30_522, positions: 512 };
const tiny: Size = { layers: 2, heads: 2, width: 32, inner: 64, vocabulary: 30_522, positions: 64 };

type Entries = [string, HubFile][];

function repository(id: string, licence: string, files: Entries, gated = false): HubRepository {
  return { id, licence, gated, files: new Map([...files, ['README.md', joined([fixed(`# ${id}\n`)], false)]]) };
}

function roberta(): Entries {
  const config = bertLikeConfig(robertaBase, {
    architectures: ['RobertaForMaskedLM'],
    bos_token_id: 0,
    eos_token_id: 2,
    layer_norm_eps: 1e-5,
    model_type: 'roberta',
    pad_token_id: 1,
    type_vocab_size: 1,
  });
  const words = tokenizer('roberta-base', ['vocab.json', 'merges.txt'], ownVocabulary);
  return [['config.json', json(config)], ...words, ['model.safetensors', safetensors(robertaShapes(robertaBase))]];
}

function deberta(size: Size): Entries {
  const config = bertLikeConfig(size, {
    model_type: 'deberta-v2',
    relative_attention: true,
    position_buckets: 256,
    norm_rel_ebd: 'layer_norm',
    share_att_key: true,
    pos_att_type: 'p2c|c2p',
    layer_norm_eps: 1e-7,
    max_relative_positions: -1,
    position_biased_input: false,
    type_vocab_size: 0,
  });
  return [
    ['config.json', json(config)],
    ['tokenizer_config.json', json({ do_lower_case: false, vocab_type: 'spm' })],
    ...spmModel(),
    ['pytorch_model.bin', pytorchBin(debertaShapes(size, 256))],
  ];
}

function bert(size: Size, weights: Entries): Entries {
  const config = bertLikeConfig(size, {
    architectures: ['BertModel'],
    layer_norm_eps: 1e-12,
    model_type: 'bert',
    pad_token_id: 0,
    position_embedding_type: 'absolute',
    type_vocab_size: 2,
  });
  return [['config.json', json(config)], ...bertTokenizer(), ...weights];
}

function distilbert(size: Size): Entries {
  return [
    ['config.json', json(distilbertConfig(size))],
    ['tokenizer_config.json', json({ do_lower_case: true, model_max_length: 512 })],
    ...bertTokenizer(),
    ['model.safetensors', safetensors(distilbertShapes(size))],
    ['tf_model.h5', joined([fixed('not for us')], false)],
  ];
}

/** Safetensors in two files with their index. */
function sharded(shapes: Shapes): Entries {
  const half = Math.ceil(shapes.length / 2);
  const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const map = Object.fromEntries(shapes.map(([name], i) => [name, names[i < half ? 0 : 1]]));
  return [
    ['model.safetensors.index.json', json({ metadata: {}, weight_map: map })],
    [names[0], safetensors(shapes.slice(0, half))],
    [names[1], safetensors(shapes.slice(half))],
  ];
}

/** Short names that the Hub leads on to the full ones. */
export const aliases = new Map([
  ['distilbert-base-uncased', 'distilbert/distilbert-base-uncased'],
  ['roberta-base', 'FacebookAI/roberta-base'],
]);

export function hubRepositories(): HubRepository[] {
  return [
    repository('distilbert/distilbert-base-uncased', 'apache-2.0', distilbert(distilbertBase)),
    repository('FacebookAI/roberta-base', 'mit', roberta()),
    repository('microsoft/deberta-v3-small', 'mit', deberta(debertaSmall)),
    repository('sentence-transformers/all-MiniLM-L12-v2', 'apache-2.0', [
      ...bert(miniLm, [['model.safetensors', safetensors(bertShapes(miniLm))]]),
      ['1_Pooling/config.json', json({ pooling_mode_mean_tokens: true })],
    ]),
    repository('rung-test/tiny-distilbert', 'apache-2.0', distilbert(tiny)),
    repository('rung-test/tiny-sharded-bert', 'mit', bert(tiny, sharded(bertShapes(tiny)))),
    repository('rung-test/tiny-deberta-bin', 'mit', deberta({ ...tiny, vocabulary: 400 })),
    repository('rung-test/gated', 'other', distilbert(tiny), true),
    repository('rung-test/t5', 'mit', [
      ['config.json', json({ model_type: 't5' })],
      ...bertTokenizer(),
      ['model.safetensors', safetensors([['w', [5_000_000]]])],
    ]),
    repository('rung-test/gguf-only', 'mit', [['model.gguf', joined([fixed('GGUF')], true)]]),
  ];
}
