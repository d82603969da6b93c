/**
 * Models as the Hub holds them, with random weights: the published configs, names, kinds of files and sizes of those that Rung must be
 * able to fetch, and small ones for tests. Files are made on the fly, so that half a gigabyte costs no disk. Tokenisers are those of
 * ../shared where it is at hand, else stand-ins of fewer words.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { zipSync } from 'fflate';

type Shapes = [name: string, shape: number[]][];

/** A file that is made when it is read. */
export interface HubFile {
  size: number;
  /** Kept in large file storage, as the Hub does above 10 MB: redirected, resumable, with a SHA-256. */
  large: boolean;
  read(begin: number, end: number): Buffer;
}

export interface HubRepository {
  id: string;
  licence: string;
  gated: boolean;
  files: Map<string, HubFile>;
}

const seedBlock = (() => {
  // Numbers from -0.035 to 0.035, a deviation of .02: one block of a prime length, laid end to end.
  const block = new Float32Array(99_991);
  let state = 1;
  for (let i = 0; i < block.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    block[i] = (state / 2 ** 31) * 0.035;
  }
  return block;
})();

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

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Numbers of a tensor: ones and zeros where a model has gains and biases, else the random block from a place of its own. */
function numbersOf(name: string, count: number): (begin: number, end: number) => Float32Array {
  const fill = /(norm|Norm)[^.]*\.weight$/.test(name) ? 1 : name.endsWith('bias') ? 0 : null;
  const start = createHash('sha1').update(name).digest().readUInt32LE(0) % seedBlock.length;
  return (begin, end) => {
    const out = new Float32Array(Math.min(end, count) - begin);
    if (fill !== null) return out.fill(fill);
    for (let at = 0; at < out.length;) {
      const from = (start + begin + at) % seedBlock.length;
      const piece = seedBlock.subarray(from, from + out.length - at);
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  };
}

interface Segment {
  bytes: number;
  read(begin: number, end: number): Buffer;
}

const fixed = (content: Uint8Array | string): Segment => {
  const buffer = Buffer.from(content);
  return { bytes: buffer.length, read: (begin, end) => buffer.subarray(begin, end) };
};

function floats(name: string, shape: readonly number[], width: 2 | 4): Segment {
  const count = countOf(shape);
  const numbers = numbersOf(name, count);
  return {
    bytes: count * width,
    read(begin, end) {
      const [first, last] = [Math.floor(begin / width), Math.ceil(end / width)];
      const values = numbers(first, last);
      const bytes = width === 4 ? Buffer.from(values.buffer) : Buffer.from(halves(values).buffer);
      return bytes.subarray(begin - first * width, end - first * width);
    },
  };
}

/** Binary16 by cutting off: of random numbers nobody asks how they were rounded. */
function halves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word) => {
    const exponent = ((word >>> 23) & 0xff) - 112;
    return exponent <= 0 ? 0 : ((word >>> 16) & 0x8000) | (exponent << 10) | ((word >>> 13) & 0x3ff);
  });
}

function joined(segments: readonly Segment[], large: boolean): HubFile {
  const size = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  const read = (begin: number, end: number): Buffer => {
    const parts: Buffer[] = [];
    let at = 0;
    for (const segment of segments) {
      const [from, to] = [Math.max(begin - at, 0), Math.min(end - at, segment.bytes)];
      if (from < to) parts.push(segment.read(from, to));
      at += segment.bytes;
    }
    return Buffer.concat(parts);
  };
  return { size, large, read };
}

function safetensors(shapes: Shapes): HubFile {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let at = 0;
  for (const [name, shape] of shapes) {
    const end = at + countOf(shape) * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [at, end] };
    at = end;
  }
  const json = JSON.stringify(header);
  const text = json.padEnd(Math.ceil(json.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return joined([fixed(length), fixed(text), ...shapes.map(([name, shape]) => floats(name, shape, 4))], true);
}

/** The pickle of a state dict, protocol 2, as torch.save writes it. */
function stateDictPickle(shapes: Shapes, storage: string): Buffer {
  const parts: Buffer[] = [Buffer.from([0x80, 2]), Buffer.from('ccollections\nOrderedDict\n)R(')];
  const text = (value: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(value.length);
    return Buffer.concat([Buffer.from('X'), length, Buffer.from(value)]);
  };
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(5, 'J');
    bytes.writeInt32LE(value, 1);
    return bytes;
  };
  const tuple = (values: number[]): Buffer => Buffer.concat([Buffer.from('('), ...values.map(int), Buffer.from('t')]);
  for (const [i, [name, shape]] of shapes.entries()) {
    const strides = shape.map((_, axis) => countOf(shape.slice(axis + 1)));
    parts.push(
      text(name),
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n(('),
      text('storage'),
      Buffer.from(`ctorch\n${storage}\n`),
      text(String(i)),
      text('cpu'),
      int(countOf(shape)),
      Buffer.from('tQ'),
      int(0),
      tuple(shape),
      tuple(strides),
      Buffer.from([0x89]),
      Buffer.from('ccollections\nOrderedDict\n)RtR'),
    );
  }
  parts.push(Buffer.from('u.'));
  return Buffer.concat(parts);
}

/**
 * pytorch_model.bin in half precision. Checksums in the zip are those of empty files, as where PyTorch was told to leave them out:
 * neither torch.load nor Rung compares them.
 */
function pytorchBin(shapes: Shapes): HubFile {
  const members: [string, Segment][] = [
    ['archive/data.pkl', fixed(stateDictPickle(shapes, 'HalfStorage'))],
    ...shapes.map(([name, shape], i): [string, Segment] => [`archive/data/${i}`, floats(name, shape, 2)]),
    ['archive/version', fixed('3\n')],
  ];
  const segments: Segment[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of members) {
    // The header of an empty stored file from a zip library, with the sizes written over.
    const empty = Buffer.from(zipSync({ [name]: new Uint8Array(0) }, { level: 0 }));
    const local = Buffer.from(empty.subarray(0, 30 + name.length));
    const entry = Buffer.from(empty.subarray(30 + name.length, 30 + name.length + 46 + name.length));
    for (const [header, place] of [
      [local, 18],
      [entry, 20],
    ] as const) {
      header.writeUInt32LE(content.bytes, place);
      header.writeUInt32LE(content.bytes, place + 4);
    }
    entry.writeUInt32LE(at, 42);
    segments.push(fixed(local), content);
    directory.push(entry);
    at += local.length + content.bytes;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return joined([...segments, ...directory.map(fixed), fixed(end)], true);
}

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
