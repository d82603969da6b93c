/** A model leaves the page as ONNX and predicts the same in the hands of clients that are not ours: onnxruntime and transformers.js in Node. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AutoTokenizer, env, pipeline } from '@huggingface/transformers';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { adjust, oneModel, open, openSample, predictedCsv, probabilities, trainToTheEnd, visit } from './support.ts';

const titles = ['Director', 'Chief Information Security Officer', 'VP Marketing and Communications', 'Staff Nurse'];

/** The page's own probabilities, row by row. */
async function predictedByPage(page: Page): Promise<number[][]> {
  await open(page, 'Predict');
  return probabilities(await predictedCsv(page, titles));
}

/** Chooses files on Export, downloads the zip and unpacks it. */
async function exported(page: Page): Promise<{ folder: string; files: string[] }> {
  await open(page, 'Export');
  const onnx = page.getByRole('region', { name: 'ONNX files' });
  const classifier = onnx.getByRole('group', { name: 'Classifier' });
  await expect(classifier.getByRole('checkbox', { name: /float32/ })).toBeChecked();
  await classifier.getByRole('checkbox', { name: /float16/ }).check();
  await classifier.getByRole('checkbox', { name: /8 bits/ }).check();
  await onnx
    .getByRole('group', { name: 'Embedding' })
    .getByRole('checkbox', { name: /float32/ })
    .check();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Download the model/ }).click();
  const content = unzipSync(await readFile(await (await saving).path()));
  const folder = await mkdtemp(join(tmpdir(), 'rung-onnx-'));
  for (const [name, bytes] of Object.entries(content)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return { folder, files: Object.keys(content) };
}

const int64 = ({ data, dims }: { data: BigInt64Array; dims: number[] }): Tensor => new Tensor('int64', data, dims);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function largestDifference(found: number[][], expected: number[][]): number {
  expect(found.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  return Math.max(...found.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[i][j]))));
}

test('a trained model leaves as ONNX and predicts the same in onnxruntime and in transformers.js', async ({ page }) => {
  test.setTimeout(600_000);
  await visit(page, 'wasm');
  await openSample(page);
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await adjust(page, { ...oneModel, Epochs: '4' });
  await trainToTheEnd(page, 'To take away');
  const expected = await predictedByPage(page);
  expect(expected.flat().some((probability) => probability > 0.5)).toBe(true);
  const { folder, files } = await exported(page);
  expect(files.filter((name) => name.startsWith('onnx/'))).toEqual([
    'onnx/model.onnx',
    'onnx/model_fp16.onnx',
    'onnx/model_quantized.onnx',
    'onnx/embedding.onnx',
  ]);

  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const name = folder.slice(dirname(folder).length + 1);
  const config: { id2label: Record<string, string> } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  const labels = Object.values(config.id2label);

  const tokenizer = await AutoTokenizer.from_pretrained(name);
  const { input_ids: ids, attention_mask: mask } = tokenizer(titles, { padding: true, truncation: true });
  const session = await InferenceSession.create(join(folder, 'onnx/model.onnx'));
  const { logits } = await session.run({ input_ids: int64(ids), attention_mask: int64(mask) });
  const numbers = logits.data as Float32Array;
  const found = titles.map((_, i) => Array.from(numbers.subarray(i * labels.length, (i + 1) * labels.length), sigmoid));
  expect(largestDifference(found, expected)).toBeLessThan(1e-4);

  for (const [dtype, tolerance] of [
    ['fp32', 1e-4],
    ['fp16', 5e-3],
    ['q8', 0.1],
  ] as const) {
    const classify = await pipeline('text-classification', name, { dtype });
    const answers: unknown = await classify(titles, { top_k: null });
    const scores = (answers as { label: string; score: number }[][]).map((row) =>
      labels.map((label) => row.find((one) => one.label === label)!.score),
    );
    expect(largestDifference(scores, expected), dtype).toBeLessThan(tolerance);
  }
  await rm(folder, { recursive: true });
});
