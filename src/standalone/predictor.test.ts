/** The program of a page for colleagues beside the ONNX file of the same folder: one model, and several that are averaged. */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { cleanTitle } from '../data/cleaning.ts';
import { initialParameters, parseModelConfig } from '../models/model.ts';
import { sigmoid } from '../metrics/classification.ts';
import { encoderPage } from '../recipes/exportHtml.ts';
import { exportOnnx } from '../recipes/onnx/exportOnnx.ts';
import { packageFiles } from '../recipes/package.ts';
import type { PagePayload } from '../recipes/pagePayload.ts';
import { largestDifference } from '../testing/close.ts';
import { padTitles } from '../testing/paddedTitles.ts';
import { testRecord } from '../testing/runRecord.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import { loadPredictor } from './predictor.ts';

const mini = 'public/models/rung-mini';
const titles = ['Director of Nursing', 'VP', 'Senior Vice President, Global Marketing & Communications (EMEA)'];
const between = (text: string, open: string, close: string): string => text.split(open)[1].split(close)[0];
const json = (name: string): unknown => JSON.parse(readFileSync(`${mini}/${name}`, 'utf8'));

it.each([
  { count: 1, dim: 16, written: 'float16', within: 0.0005 },
  { count: 3, dim: 16, written: 'float16', within: 0.0005 },
  // Together beyond what a page holds in float16.
  { count: 3, dim: 160, written: '8 bits', within: 0.015 },
])('says what onnxruntime says; models: $count, in $written', async ({ count, dim, written, within }) => {
  const config = parseModelConfig({
    model_type: 'distilbert',
    vocab_size: 8000,
    dim,
    hidden_dim: 24,
    n_layers: 2,
    n_heads: 2,
    max_position_embeddings: 70,
    initializer_range: 1.2 / Math.sqrt(dim),
    id2label: { 0: 'a', 1: 'b', 2: 'c' },
  });
  const members = Array.from({ length: count }, (_, i) => initialParameters(config, i));
  const record = { ...testRecord(), members: count };
  const names = ['tokenizer.json', 'tokenizer_config.json'];
  const tokenizerFiles = new Map(names.map((name) => [name, Uint8Array.from(readFileSync(`${mini}/${name}`))]));
  const files = packageFiles(record, config, members, tokenizerFiles);
  const folder = new Map(Array.from(files, ([name, bytes]) => [name, new Blob([bytes])]));
  const html = await (await encoderPage(folder, record, 'no program')).text();
  expect(html).toContain(`Weights in ${written}`);
  const { model } = JSON.parse(between(html, 'id="model">', '</script>')) as PagePayload;
  const weights = Uint8Array.from(Buffer.from(between(html, 'id="weights">', '</script>'), 'base64'));
  const predict = await loadPredictor(model, weights.buffer);
  const found = await predict(titles, async () => {});

  const tokenizer = loadTokenizer(json(names[0]), json(names[1]));
  const ids = titles.map((title) => tokenizer.encode(cleanTitle(title, record.data.cleaning), record.config.maxTokens));
  const { inputs, dims } = padTitles(ids, config.padTokenId);
  const onnx = exportOnnx(config, members, { form: 'classifier', precision: 'fp32' });
  const session = await InferenceSession.create(new Uint8Array(await onnx.arrayBuffer()), { intraOpNumThreads: 1 });
  const feeds = Object.entries(inputs).filter(([name]) => session.inputNames.includes(name));
  const { logits } = await session.run(
    Object.fromEntries(feeds.map(([name, data]) => [name, new Tensor('int64', data, dims)])),
  );
  const probabilities = sigmoid(logits.data as Float32Array);
  // Of random weights, spread far enough that agreement says something.
  expect(Math.max(...probabilities) - Math.min(...probabilities)).toBeGreaterThan(0.2);
  const { largest } = largestDifference(found, probabilities);
  expect(largest).toBeLessThan(within);
});
