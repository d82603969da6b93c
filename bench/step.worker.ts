/** Measures training steps, and the kernels one by one, on one backend. */
import {
  memory,
  ones,
  tensor,
  tidy,
  valueAndGrads,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { activation } from '../src/kernels/activation.ts';
import { adamWStep, zeroMoments } from '../src/kernels/adamw.ts';
import { attention } from '../src/kernels/attention.ts';
import { startBackend } from '../src/kernels/backend.ts';
import { noDropout } from '../src/kernels/dropout.ts';
import { embed } from '../src/kernels/embed.ts';
import { linear } from '../src/kernels/linear.ts';
import { residualNorm } from '../src/kernels/norm.ts';
import { initialParameters, parseModelConfig } from '../src/models/model.ts';
import { packTitles, uploadBatch } from '../src/nn/packedBatch.ts';
import { Random } from '../src/shared/random.ts';
import type { Backend, DeviceReport } from '../src/shared/training.ts';
import { learnableExamples } from '../src/testing/examples.ts';
import { createTrainer } from '../src/training/trainer.ts';

export interface BenchRequest {
  backend: Backend;
  /** Sizes of the model; names as in config.json. */
  model: Record<string, number>;
  batchSize: number;
  /** Training titles an epoch. */
  titles: number;
  epochs: number;
}

export interface BenchResult {
  device: DeviceReport;
  /** Of each epoch, the evaluation left out. */
  titlesPerSecond: number[];
  secondsAStep: number[];
  losses: number[];
  tensors: number;
  /** Milliseconds, forward and backward, of one op of the model's size: the fastest of 15. */
  kernels: Record<string, number>;
}

self.addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  measure(data).then(
    (result) => self.postMessage(result, { transfer: [] }),
    (thrown: unknown) => self.postMessage(String(thrown instanceof Error ? thrown.stack : thrown), { transfer: [] }),
  );
});

async function measure(request: BenchRequest): Promise<BenchResult> {
  const device = await startBackend(request.backend, self.location.href);
  const labels = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [i, `label ${i}`]));
  const config = parseModelConfig({ model_type: 'distilbert', id2label: labels, ...request.model });
  const kernels = await measureKernels(config.dim, config.hiddenDim, config.heads);
  const train = learnableExamples(request.titles, 6, 1500, 1, 12);
  const validation = learnableExamples(Math.max(1, Math.round(request.titles / 8)), 6, 1500, 2, 12);
  const trainer = createTrainer(config, initialParameters(config, 1), {
    epochs: request.epochs,
    batchSize: request.batchSize,
    learningRate: 1e-3,
    schedule: 'linear',
    warmup: 0.1,
    weightDecay: 0.01,
    dropout: 0.1,
    posWeight: null,
    maxGradientNorm: 1,
    seed: 1,
  });
  const result: BenchResult = { device, titlesPerSecond: [], secondsAStep: [], losses: [], tensors: 0, kernels };
  console.log('mark epoch 1');
  for await (const event of trainer.run(train, validation, new AbortController().signal)) {
    if (event.type !== 'epoch') continue;
    console.log(`mark epoch ${event.epoch + 1}`);
    result.titlesPerSecond.push(event.titlesPerSecond);
    result.secondsAStep.push(request.titles / event.titlesPerSecond / (event.step / event.epoch));
    result.losses.push(event.trainLoss);
  }
  console.log('mark');
  result.tensors = memory().numTensors;
  trainer.dispose();
  return result;
}

/** N = 288 tokens in 32 titles of 9. */
async function measureKernels(H: number, F: number, heads: number): Promise<Record<string, number>> {
  const random = new Random(1);
  const filled = (...shape: number[]): Tensor =>
    tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
      shape,
    );
  const N = 288;
  const starts = Uint32Array.from({ length: 33 }, (_, i) => i * 9);
  const rows = { wordRow: new Int32Array(1), words: 1500, positions: 9 };
  const titles = { ids: new Int32Array(N), starts };
  const batch = uploadBatch(
    packTitles(
      titles,
      Array.from({ length: 32 }, (_, i) => i),
      rows,
    ),
    rows,
    true,
  );
  const x = filled(N, H);
  const [gain, bias] = [filled(H), filled(H)];
  const cases: [string, Tensor[], (...inputs: Tensor[]) => Tensor][] = [
    [
      'linear qkv',
      [x, filled(3 * H, H), filled(3 * H)],
      (a, w, b) => linear(a as Tensor2D, w as Tensor2D, b as Tensor1D),
    ],
    ['linear H to H', [x, filled(H, H), filled(H)], (a, w, b) => linear(a as Tensor2D, w as Tensor2D, b as Tensor1D)],
    ['linear H to F', [x, filled(F, H), filled(F)], (a, w, b) => linear(a as Tensor2D, w as Tensor2D, b as Tensor1D)],
    [
      'linear F to H',
      [filled(N, F), filled(H, F), filled(H)],
      (a, w, b) => linear(a as Tensor2D, w as Tensor2D, b as Tensor1D),
    ],
    ['gelu', [filled(N, F)], (a) => activation(a as Tensor2D, 'gelu', noDropout)],
    ['attention', [filled(N, 3 * H)], (a) => attention(a as Tensor2D, batch.tokens, heads, { rate: 0.1, seed: 1 })],
    [
      'residual norm',
      [x, filled(N, H), gain, bias],
      (a, r, g, b) =>
        residualNorm(a as Tensor2D, r as Tensor2D, g as Tensor1D, b as Tensor1D, 1e-12, { rate: 0.1, seed: 1 }),
    ],
  ];
  const table = filled(1500, H);
  const embedding = (...[w, p, g, c]: Tensor[]): Tensor =>
    embed(w as Tensor2D, p as Tensor2D, g as Tensor1D, c as Tensor1D, batch.tokens, batch, 1e-12, {
      rate: 0.1,
      seed: 1,
    });
  cases.push(['embedding', [table, filled(9, H), gain, bias], embedding]);
  const times: Record<string, number> = {};
  for (const [name, inputs, op] of cases) {
    const dy = tidy(() => ones(op(...inputs).shape));
    times[name] = await fastest(name, () => valueAndGrads((...values: Tensor[]) => op(...values))(inputs, dy).grads[0]);
  }
  const sizes = [1500 * H, ...Array.from({ length: 4 }, () => [3 * H * H, H * H, H * F, F * H]).flat()];
  const moments = zeroMoments(sizes);
  const items = sizes.map((size, i) => ({
    parameter: filled(size),
    gradient: filled(size),
    moments: moments[i],
    decayed: true,
    rateFactor: 1,
  }));
  const settings = { learningRate: 1e-3, weightDecay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  times.AdamW = await fastest('AdamW', () => {
    adamWStep(items, { ...settings, maxGradientNorm: 1, step: 3 });
    return items[0].parameter.clone();
  });
  return times;
}

async function fastest(name: string, work: () => Tensor): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < 16; i++) {
    if (i === 1) console.log(`mark ${name}`);
    const from = performance.now();
    const last = tidy(work);
    await last.data();
    last.dispose();
    best = Math.min(best, performance.now() - from);
  }
  console.log('mark');
  return best;
}
