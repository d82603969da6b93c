/** The downloaded folder in the hands of transformers.js, as it is: every family, classifier and embedding, every precision. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { env, pipeline } from '@huggingface/transformers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFolder } from '../formats/checkpoint.ts';
import { readModelZip } from '../formats/package.ts';
import { writeZip } from '../formats/zipWriter.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import { sigmoid } from '../metrics/classification.ts';
import { onnxDtypes, onnxForms, onnxPath, onnxPrecisions } from '../shared/onnxFiles.ts';
import { largestDifference } from '../testing/close.ts';
import { padTitles } from '../testing/paddedTitles.ts';
import { testRecord } from '../testing/runRecord.ts';
import { readEncoder, trainedMembers } from './encoder.ts';
import { exportFolder } from './exportFolder.ts';
import { packageFiles } from './package.ts';

const sizes = {
  vocab_size: 8000,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 2,
};
const common = { id2label: { 0: 'x', 1: 'y', 2: 'z' }, initializer_range: 0.5, max_position_embeddings: 40 };
const configs: Record<string, unknown>[] = [
  { model_type: 'distilbert', vocab_size: 8000, dim: 16, hidden_dim: 24, n_layers: 2, n_heads: 2, ...common },
  { model_type: 'bert', ...sizes, ...common },
  { model_type: 'roberta', ...sizes, ...common, pad_token_id: 0, type_vocab_size: 1 },
  { model_type: 'xlm-roberta', ...sizes, ...common, pad_token_id: 0, type_vocab_size: 1 },
  {
    model_type: 'deberta-v2',
    ...sizes,
    ...common,
    relative_attention: true,
    pos_att_type: ['p2c', 'c2p'],
    position_buckets: 8,
    share_att_key: true,
    norm_rel_ebd: 'layer_norm',
    position_biased_input: false,
  },
];
const titles = ['Director of Nursing', 'VP', 'Senior Vice President, Global Marketing & Communications (EMEA)'];
const all = onnxForms.flatMap((form) => onnxPrecisions.map((precision) => ({ form, precision })));

/** @param members models that are averaged */
async function folderOf(json: Record<string, unknown>, members = 1): Promise<ModelFolder> {
  const config = parseModelConfig(json);
  const weights = Array.from({ length: members }, (_, i) => initialParameters(config, 6 + i));
  const mini = 'public/models/rung-mini';
  const tokenizer = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'];
  const encoderFiles = new Map(tokenizer.map((name) => [name, Uint8Array.from(readFileSync(`${mini}/${name}`))]));
  const files = packageFiles({ ...testRecord(), members }, config, weights, encoderFiles);
  return new Map(Array.from(files, ([name, bytes]) => [name, new Blob([bytes])]));
}

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'rung-export-'));
  env.allowRemoteModels = false;
  env.localModelPath = root;
});
afterAll(() => rmSync(root, { recursive: true }));

async function writeFolder(folder: ModelFolder): Promise<string> {
  const path = mkdtempSync(join(root, 'model-'));
  for (const [name, blob] of folder) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), new Uint8Array(await blob.arrayBuffer()));
  }
  return path;
}

/** By our own tokeniser and onnxruntime alone. */
async function logitsOf(folder: ModelFolder): Promise<Float32Array> {
  const { tokenizer, architecture } = await readEncoder(folder);
  const model = new Uint8Array(await folder.get('onnx/model.onnx')!.arrayBuffer());
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const ids = titles.map((title) => tokenizer.encode(title, architecture.maxPositions));
  const { inputs, dims } = padTitles(ids, architecture.padTokenId);
  const feeds = Object.entries(inputs).filter(([name]) => session.inputNames.includes(name));
  const { logits } = await session.run(
    Object.fromEntries(feeds.map(([name, data]) => [name, new Tensor('int64', data, dims)])),
  );
  return logits.data as Float32Array;
}

describe.each(configs)('a folder of $model_type', (json) => {
  let folder: ModelFolder;
  let name: string;
  beforeAll(async () => {
    folder = await exportFolder(await folderOf(json), testRecord(), all, () => {});
    name = basename(await writeFolder(folder));
  });

  it.each([
    ['fp32', 1e-5],
    ['fp16', 0.02],
    ['int8', 0.2],
  ] as const)('classifies in transformers.js: %s', async (precision, tolerance) => {
    const { dtype } = onnxDtypes[precision];
    const classify = await pipeline('text-classification', name, { dtype: dtype as 'fp32' });
    const found = (await classify(titles, { top_k: null })) as unknown as {
      label: string;
      score: number;
    }[][];
    const { labelNames } = testRecord().data;
    const scores = found.flatMap((one) => labelNames.map((label) => one.find((each) => each.label === label)!.score));
    expect(largestDifference(scores, sigmoid(await logitsOf(folder))).largest).toBeLessThan(tolerance);
    await classify.dispose();
  });

  it('embeds in transformers.js', async () => {
    const options = { dtype: 'fp32', model_file_name: 'embedding' } as const;
    const embed = await pipeline('feature-extraction', name, options);
    const { data, dims } = await embed(titles, { pooling: 'mean' });
    expect(dims).toEqual([3, 16]);
    for (const [i, title] of titles.entries()) {
      const alone = await embed(title, { pooling: 'mean' });
      const own = (data as Float32Array).subarray(16 * i, 16 * (i + 1));
      expect(largestDifference(alone.data as Float32Array, own).largest).toBeLessThan(1e-5);
    }
    await embed.dispose();
  });
});

it('is read again from its zip, the ONNX files left alone', async () => {
  const folder = await exportFolder(await folderOf(configs[0]), testRecord(), all, () => {});
  const again = await readModelZip(await writeZip(folder), 'model.zip');
  expect([...again.keys()].filter((path) => path.includes('onnx'))).toEqual([]);
  const { weights } = await readEncoder(await folderOf(configs[0]));
  const found = (await readEncoder(again)).weights;
  expect([...found.keys()]).toEqual([...weights.keys()]);
  for (const [name, { data }] of weights) expect(largestDifference(found.get(name)!.data, data).largest).toBe(0);
});

it('holds several models: zipped and read again in their order, answered by onnxruntime as their mean', async () => {
  const file = { form: 'classifier', precision: 'fp32' } as const;
  const record = { ...testRecord(), members: 3 };
  const folder = await exportFolder(await folderOf(configs[0], 3), record, [file], () => {});
  expect([...folder.keys()].filter((name) => name.endsWith('.safetensors'))).toEqual([
    'model.safetensors',
    'member-2.safetensors',
    'member-3.safetensors',
  ]);
  const encoder = await readEncoder(await readModelZip(await writeZip(folder), 'model.zip'));
  const { members, architecture } = trainedMembers(encoder, 3);
  const each = await Promise.all(
    members.map(async (weights, i) => {
      const drawn = initialParameters(architecture, 6 + i);
      for (const [name, { data }] of drawn) expect(largestDifference(weights.get(name)!.data, data).largest).toBe(0);
      const alone = packageFiles(testRecord(), architecture, [weights], encoder.files);
      const blobs = new Map(Array.from(alone, ([name, bytes]) => [name, new Blob([bytes])]));
      return logitsOf(await exportFolder(blobs, testRecord(), [file], () => {}));
    }),
  );
  const mean = each[0].map((_, i) => (each[0][i] + each[1][i] + each[2][i]) / 3);
  expect(largestDifference(await logitsOf(folder), mean).largest).toBeLessThan(1e-5);
  expect(largestDifference(each[1], each[0]).largest).toBeGreaterThan(0.1);
});

it('tells which file it writes and how far it is', async () => {
  const told: [string, number][] = [];
  const some = all.filter(({ precision }) => precision === 'fp16');
  const folder = await exportFolder(await folderOf(configs[0]), testRecord(), some, (...step) => told.push(step));
  expect(told).toEqual([
    ['onnx/model_fp16.onnx', 0],
    ['onnx/embedding_fp16.onnx', 0.5],
  ]);
  expect([...folder.keys()].filter((path) => path.startsWith('onnx/'))).toEqual(some.map(onnxPath));
});
