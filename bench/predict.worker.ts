/**
 * Predicts the same titles with the app's classifier and with transformers.js on the exported ONNX of the same weights, on one backend.
 * Both begin with strings and end with probabilities.
 */
import { AutoModelForSequenceClassification, AutoTokenizer, env, type Tensor } from '@huggingface/transformers';
import ortScript from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import configUrl from '../public/models/rung-mini/config.json?url';
import weightsUrl from '../public/models/rung-mini/model.safetensors?url';
import tokenizerUrl from '../public/models/rung-mini/tokenizer.json?url';
import tokenizerConfigUrl from '../public/models/rung-mini/tokenizer_config.json?url';
import titlesUrl from '../public/sample/job-titles.csv?url';
import { parseDelimited } from '../src/data/delimited.ts';
import { startBackend } from '../src/kernels/backend.ts';
import { configToJson } from '../src/models/model.ts';
import { readEncoder, withHead } from '../src/recipes/encoder.ts';
import { exportOnnx } from '../src/recipes/onnx/exportOnnx.ts';
import type { Backend } from '../src/shared/training.ts';
import { Classifier } from '../src/worker/classifier.ts';

export type PredictCommand =
  | { ask: 'start'; backend: Backend; titles: number }
  | { ask: 'rung' }
  /** Titles a batch; `sorted`: by length, so that hardly any padding is computed. */
  | { ask: 'transformers'; batch: number; sorted: boolean };

export interface PredictAnswer {
  seconds: number;
  /** Of the first call to `rung`, from the probabilities of this call; 0 at the start. */
  difference: number;
  device: string;
  titles: number;
  tokens: number;
}

const labelNames = ['Staff', 'Manager', 'Director', 'Vice President', 'Chief Officer', 'Owner'];
const maxTokens = 64;

interface Contenders {
  device: string;
  titles: string[];
  tokens: number;
  rung: () => Promise<Float32Array>;
  transformers: (batch: number, sorted: boolean) => Promise<Float32Array>;
}

let contenders: Contenders | null = null;
let reference: Float32Array | null = null;

self.addEventListener('message', ({ data }: MessageEvent<PredictCommand>) => {
  answer(data).then(
    (result) => self.postMessage(result, { transfer: [] }),
    (thrown: unknown) => self.postMessage(String(thrown instanceof Error ? thrown.stack : thrown), { transfer: [] }),
  );
});

async function answer(command: PredictCommand): Promise<PredictAnswer> {
  if (command.ask === 'start') contenders = await start(command.backend, command.titles);
  if (!contenders) throw new Error('Start first.');
  const { device, titles, tokens, rung, transformers } = contenders;
  const about = { device, titles: titles.length, tokens };
  if (command.ask === 'start') return { seconds: 0, difference: 0, ...about };
  const before = performance.now();
  const found = command.ask === 'rung' ? await rung() : await transformers(command.batch, command.sorted);
  const seconds = (performance.now() - before) / 1000;
  const expected = (reference ??= found);
  const difference = found.reduce((largest, p, i) => Math.max(largest, Math.abs(p - expected[i])), 0);
  return { seconds, difference, ...about };
}

async function start(backend: Backend, count: number): Promise<Contenders> {
  const folder = new Map([
    ['config.json', await blobOf(configUrl)],
    ['model.safetensors', await blobOf(weightsUrl)],
    ['tokenizer.json', await blobOf(tokenizerUrl)],
    ['tokenizer_config.json', await blobOf(tokenizerConfigUrl)],
  ]);
  const bare = await readEncoder(folder);
  const { architecture, weights } = withHead(bare, labelNames.length, { keepHead: false, seed: 1, dropout: 0 });
  const encoder = { ...bare, architecture, weights, labelNames };
  const titles = await sampleTitles(titlesUrl, count);
  const { starts } = bare.tokenizer.encodeMany(titles, maxTokens);
  const report = await startBackend(backend, self.location.href);
  const cleaning = {
    html: false,
    unicode: false,
    separators: false,
    symbols: false,
    lowercase: false,
    whitespace: false,
  };
  const thresholds = labelNames.map(() => 0.5);
  const parts = { id: 'bench', name: 'bench', encoder, thresholds, cleaning, normalisation: null, maxTokens };
  const classifier = new Classifier(parts);
  const files = new Map<string, Blob>(folder);
  files.set('config.json', new Blob([JSON.stringify(configToJson(architecture, labelNames))]));
  files.set('onnx/model.onnx', exportOnnx(architecture, [weights], { form: 'classifier', precision: 'fp32' }));
  return {
    device: `${report.backend}, ${report.name}`,
    titles,
    tokens: starts[titles.length],
    rung: () => classifier.predict(titles),
    transformers: await transformersOf(files, backend, Math.max(1, report.threads), titles),
  };
}

const blobOf = async (url: string): Promise<Blob> => (await fetch(url)).blob();

/** Different titles of the sample, in its order. */
async function sampleTitles(url: string, count: number): Promise<string[]> {
  const { records } = parseDelimited(await (await fetch(url)).text(), ',');
  return [...new Set(records.slice(1).map(([title]) => title))].filter((title) => title.trim() !== '').slice(0, count);
}

/** As its documentation has it: tokenizer and model, padded batches; it gets its files from memory. */
async function transformersOf(
  files: ReadonlyMap<string, Blob>,
  backend: Backend,
  threads: number,
  titles: readonly string[],
): Promise<Contenders['transformers']> {
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.useCustomCache = true;
  env.customCache = {
    match: async (request: string) => {
      const name = [...files.keys()].find((file) => request.endsWith(`/${file}`));
      const blob = name && files.get(name);
      return blob ? new Response(blob, { headers: { 'content-length': String(blob.size) } }) : undefined;
    },
    put: async () => undefined,
  };
  const wasm = env.backends.onnx.wasm;
  if (!wasm) throw new Error('transformers.js names no WASM settings.');
  wasm.wasmPaths = {
    mjs: new URL(ortScript, self.location.href).href,
    wasm: new URL(ortWasm, self.location.href).href,
  };
  wasm.numThreads = threads;
  wasm.proxy = false;
  const tokenizer = await AutoTokenizer.from_pretrained('bench');
  const model = await AutoModelForSequenceClassification.from_pretrained('bench', { dtype: 'fp32', device: backend });
  const C = labelNames.length;
  return async (batch, sorted) => {
    const order = [...titles.keys()];
    if (sorted) order.sort((a, b) => titles[a].length - titles[b].length);
    const probabilities = new Float32Array(titles.length * C);
    for (let from = 0; from < order.length; from += batch) {
      const rows = order.slice(from, from + batch);
      const inputs: unknown = tokenizer(
        rows.map((row) => titles[row]),
        { padding: true, truncation: true },
      );
      const { logits } = (await model(inputs)) as { logits: Tensor };
      const numbers = logits.data as Float32Array;
      for (const [i, row] of rows.entries()) {
        for (let label = 0; label < C; label++)
          probabilities[row * C + label] = 1 / (1 + Math.exp(-numbers[i * C + label]));
      }
      logits.dispose();
    }
    return probabilities;
  };
}
