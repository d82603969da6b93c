/** Exported models run by onnxruntime in the page, beside our own engine on the same titles: what no fixture of PyTorch's holds. */
import { InferenceSession, Tensor, env } from 'onnxruntime-web/webgpu';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../kernels/backend.ts';
import { initialParameters, parseModelConfig } from '../../models/model.ts';
import type { TokenisedTitles } from '../../shared/arrays.ts';
import type { OnnxForm } from '../../shared/onnxFiles.ts';
import { expectClose } from '../../testing/close.ts';
import { padTitles } from '../../testing/paddedTitles.ts';
import { createPredictor } from '../../training/trainer.ts';
import { exportOnnx } from './exportOnnx.ts';

const common = { id2label: { 0: 'a', 1: 'b', 2: 'c' }, initializer_range: 0.4, max_position_embeddings: 24 };
const sizes = { ...common, vocab_size: 50, hidden_size: 12, intermediate_size: 20 };
const layers = { num_hidden_layers: 2, num_attention_heads: 3 };
const deberta = { model_type: 'deberta-v2', ...sizes, ...layers, relative_attention: true };
const configs: [string, Record<string, unknown>][] = [
  [
    'distilbert, relu',
    {
      model_type: 'distilbert',
      ...common,
      vocab_size: 50,
      dim: 12,
      hidden_dim: 20,
      n_layers: 2,
      n_heads: 3,
      activation: 'relu',
    },
  ],
  [
    'bert, gelu_new, one layer',
    { model_type: 'bert', ...sizes, ...layers, num_hidden_layers: 1, hidden_act: 'gelu_new' },
  ],
  ['xlm-roberta', { model_type: 'xlm-roberta', ...sizes, ...layers, max_position_embeddings: 26, pad_token_id: 1 }],
  ['deberta without relative attention', { ...deberta, relative_attention: false, type_vocab_size: 2 }],
  ['deberta, c2p alone', { ...deberta, pos_att_type: ['c2p'], position_buckets: 8, pooler_hidden_act: 'tanh' }],
  ['deberta, p2c alone, shared', { ...deberta, pos_att_type: ['p2c'], share_att_key: true, max_relative_positions: 6 }],
  [
    'deberta, both, far pairs in buckets',
    {
      ...deberta,
      pos_att_type: 'c2p|p2c',
      position_buckets: 4,
      norm_rel_ebd: 'layer_norm',
      position_biased_input: false,
    },
  ],
];

/** One token, the longest there is, and lengths between. */
const titles = [1, 24, 5, 2, 13].map((length, i) => Array.from({ length }, (_, at) => 2 + ((at * 7 + i * 11) % 48)));

function packed(): TokenisedTitles {
  const starts = new Uint32Array(titles.length + 1);
  for (const [i, title] of titles.entries()) starts[i + 1] = starts[i] + title.length;
  return { ids: Int32Array.from(titles.flat()), starts };
}

beforeAll(async () => {
  // Threads and the loader beside it would be fetched from where the tests do not serve them.
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = { wasm: wasmUrl };
  await startBackend('wasm', location.href);
});

async function run(
  json: Record<string, unknown>,
  form: OnnxForm,
  provider: 'wasm' | 'webgpu',
): Promise<Record<string, Float32Array>> {
  const config = parseModelConfig(json);
  const blob = exportOnnx(config, [initialParameters(config, 2)], { form, precision: 'fp32' });
  // That shapes are computed outside the graphics card is a warning.
  const options = { executionProviders: [provider], logSeverityLevel: 3 } as const;
  const session = await InferenceSession.create(new Uint8Array(await blob.arrayBuffer()), options);
  const { inputs, dims } = padTitles(titles, config.padTokenId);
  const feeds = Object.entries(inputs).filter(([name]) => session.inputNames.includes(name));
  const results = await session.run(
    Object.fromEntries(feeds.map(([name, data]) => [name, new Tensor('int64', data, dims)])),
  );
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

function engineOf(json: Record<string, unknown>): ReturnType<typeof createPredictor> {
  const config = parseModelConfig(json);
  return createPredictor(config, initialParameters(config, 2));
}

describe.each(configs)('%s', (_, json) => {
  it('gives what our engine gives', async () => {
    const engine = engineOf(json);
    const logits = await engine.logits(packed());
    const embeddings = await engine.embeddings(packed());
    engine.dispose();
    expect(Math.max(...logits.map(Math.abs))).toBeGreaterThan(0.1);
    const classifier = await run(json, 'classifier', 'wasm');
    expect(expectClose(classifier.logits, logits, 2e-5, 'logits')).toBeLessThan(2e-5);
    const embedding = await run(json, 'embedding', 'wasm');
    expect(expectClose(embedding.sentence_embedding, embeddings, 2e-5, 'embeddings')).toBeLessThan(2e-5);
  });
});

// Each takes a third of a minute on the software adapter, so only the simplest and the most intricate.
it.each([configs[0], configs[6]])('%s: the same on WebGPU', async (_, json) => {
  const engine = engineOf(json);
  const logits = await engine.logits(packed());
  engine.dispose();
  const found = await run(json, 'classifier', 'webgpu');
  expect(expectClose(found.logits, logits, 2e-5, 'logits')).toBeLessThan(2e-5);
});
