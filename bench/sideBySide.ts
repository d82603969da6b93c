/**
 * Rung's training step and that of plain stock tfjs, in turn, in one page, on one adapter, on the same titles: DistilBERT's shape with
 * 6 layers, 32 titles a step.
 */
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { engine, getKernelsForBackend, registerBackend, registerKernel, setBackend } from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu';
import { startBackend } from '../src/kernels/backend.ts';
import { initialParameters, parseModelConfig } from '../src/models/model.ts';
import type { Examples } from '../src/shared/arrays.ts';
import { createTrainer, type Trainer } from '../src/training/trainer.ts';
import { median } from './median.ts';
import { batchSize, drawnTitles, labelCount, seed, titlesAt, titlesBetween, trainingBatches } from './lengths.ts';
import { GpuMeter, type Counts } from './meter.ts';
import { StockModel } from './stockModel.ts';

export interface BenchRequest {
  hidden: number;
  /** Steps before the first that is measured, each. */
  warmup: { rung: number; stock: number };
  /** Steps measured, each. */
  steps: number;
  /** Leave stock tfjs out. */
  alone: boolean;
  /** Every step is logged. */
  verbose: boolean;
}

export interface Side {
  /** A step, in steady state: the most of all measured steps. */
  dispatches: number;
  submissions: number;
  newBuffers: number;
  /** The most bytes of buffers in use at once during a step, looked at before each dispatch. */
  liveBytes: number;
  /** Bytes of all buffers created and not destroyed, at the end of the steps. */
  allocatedBytes: number;
  /** Median. */
  msPerStep: number;
  /** Of the titles, padding not counted; from the median step. */
  tokensPerSecond: number;
  /** Share of the token slots computed that hold no token. */
  padding: number;
  /** Titles a second, dropout off, one at a time and 256 at a time, reading the logits each time: the fastest of 10, and of 2. */
  forward1: number;
  forward256: number;
}

export interface BenchResult {
  adapter: string;
  hidden: number;
  parameters: number;
  steps: number;
  rung: Side;
  stock: Side | null;
}

const layers = 6;

/** What one of the two is asked to do; both count on their own device. */
interface Contender {
  backend: string;
  meter: GpuMeter;
  usedBytes: () => number;
  /** Trains on the next batch, and resolves when the device is done; returns the token slots computed and the tokens in them. */
  step(): Promise<{ slots: number; tokens: number }>;
  logits(titles: Examples): Promise<ArrayLike<number>>;
}

export async function sideBySide(request: BenchRequest): Promise<BenchResult> {
  const { hidden, warmup, steps, alone, verbose } = request;
  const report = await startBackend('webgpu', globalThis.location?.href ?? 'file:///');
  const contenders = {
    rung: startRung(hidden, warmup.rung + steps + 1),
    stock: alone ? null : await startStock(hidden, warmup, steps),
  };
  await run(contenders.rung, warmup.rung, verbose);
  if (contenders.stock) await run(contenders.stock, warmup.stock, verbose);
  const taken: Record<'rung' | 'stock', StepRecord[]> = { rung: [], stock: [] };
  // In turn, so that what else the machine does hits both.
  for (let step = 0; step < steps; step++) {
    taken.rung.push(...(await run(contenders.rung, 1, verbose)));
    if (contenders.stock) taken.stock.push(...(await run(contenders.stock, 1, verbose)));
  }
  const rung = await sideOf(contenders.rung, taken.rung);
  const stock = contenders.stock ? await sideOf(contenders.stock, taken.stock) : null;
  return { adapter: report.name, hidden, parameters: parameterCount(hidden), steps, rung, stock };
}

interface StepRecord extends Counts {
  ms: number;
  slots: number;
  tokens: number;
  liveBytes: number;
}

async function run(contender: Contender, steps: number, verbose: boolean): Promise<StepRecord[]> {
  const { meter } = contender;
  await setBackend(contender.backend);
  const records: StepRecord[] = [];
  for (let step = 0; step < steps; step++) {
    let liveBytes = 0;
    meter.onDispatch = () => {
      liveBytes = Math.max(liveBytes, contender.usedBytes());
    };
    meter.take();
    const from = performance.now();
    const { slots, tokens } = await contender.step();
    records.push({ ...meter.take(), ms: performance.now() - from, slots, tokens, liveBytes });
    if (verbose) console.log(`${contender.backend}: ${JSON.stringify(records.at(-1))}`);
    meter.onDispatch = () => {};
  }
  return records;
}

async function sideOf(contender: Contender, records: StepRecord[]): Promise<Side> {
  await setBackend(contender.backend);
  const most = (pick: (record: StepRecord) => number): number => Math.max(...records.map(pick));
  const sum = (pick: (record: StepRecord) => number): number =>
    records.reduce((total, record) => total + pick(record), 0);
  const msPerStep = median(records.map(({ ms }) => ms));
  const tokensAStep = sum(({ tokens }) => tokens) / records.length;
  const { allocatedBytes } = contender.meter;
  const one = drawnTitles(10, labelCount, 7);
  const many = drawnTitles(256, labelCount, 8);
  return {
    dispatches: most(({ dispatches }) => dispatches),
    submissions: most(({ submissions }) => submissions),
    newBuffers: most(({ newBuffers }) => newBuffers),
    liveBytes: most((record) => record.liveBytes),
    allocatedBytes,
    msPerStep,
    tokensPerSecond: (tokensAStep / msPerStep) * 1000,
    padding: 1 - sum(({ tokens }) => tokens) / sum(({ slots }) => slots),
    forward1: 1 / (await fastest(10, (i) => contender.logits(titlesBetween(one, i, i + 1)))),
    forward256: 256 / (await fastest(2, () => contender.logits(many))),
  };
}

async function fastest(times: number, work: (i: number) => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    await work(i);
    best = Math.min(best, (performance.now() - from) / 1000);
  }
  return best;
}

const headSize = 64;

function modelOf(hidden: number): ReturnType<typeof parseModelConfig> {
  return parseModelConfig({
    model_type: 'distilbert',
    vocab_size: 30522,
    max_position_embeddings: 512,
    n_layers: layers,
    n_heads: hidden / headSize,
    dim: hidden,
    hidden_dim: 4 * hidden,
    id2label: Object.fromEntries(Array.from({ length: labelCount }, (_, i) => [i, `label ${i}`])),
  });
}

function parameterCount(hidden: number): number {
  let count = 0;
  for (const { data } of initialParameters(modelOf(hidden), 1).values()) count += data.length;
  return count;
}

/** The training loop of the app, held at its gate between the steps, one of which is never taken: the evaluation comes after it. */
function startRung(hidden: number, steps: number): Contender {
  const backend = engine().backend as unknown as { device: GPUDevice; pool: { numBytesUsed: number } };
  const config = modelOf(hidden);
  const meter = new GpuMeter(backend.device);
  const trainer: Trainer = createTrainer(config, initialParameters(config, 1), {
    epochs: 1,
    batchSize,
    learningRate: 5e-5,
    schedule: 'linear',
    warmup: 0.1,
    weightDecay: 0.01,
    dropout: 0.1,
    posWeight: null,
    maxGradientNorm: 1,
    seed,
  });
  const { titles, batches } = trainingBatches(steps);
  const gates = new Gates();
  const events = trainer.run(titles, titlesBetween(titles, 0, 1), new AbortController().signal, () => gates.wait());
  const finished = (async () => {
    for await (const event of events) if (event.type === 'epoch') break;
  })();
  let taken = 0;
  const tokensOf = (indices: Uint32Array): number =>
    indices.reduce((sum, i) => sum + titles.starts[i + 1] - titles.starts[i], 0);
  return {
    backend: 'webgpu',
    meter,
    usedBytes: () => backend.pool.numBytesUsed,
    async step() {
      await Promise.race([gates.next(), finished]);
      await backend.device.queue.onSubmittedWorkDone();
      const tokens = tokensOf(batches[taken++]);
      return { tokens, slots: Math.ceil(tokens / 32) * 32 };
    },
    logits: (wanted) => trainer.logits(wanted),
  };
}

/** Lets the training loop take one step at a time. */
class Gates {
  private open: (() => void) | null = null;
  private arrived: (() => void) | null = null;

  /** What the loop awaits before a step. */
  wait(): Promise<void> {
    this.arrived?.();
    return new Promise((resolve) => {
      this.open = resolve;
    });
  }

  /** Opens the gate (waiting for the loop to reach it the first time); resolves when the loop has come round to it. */
  async next(): Promise<void> {
    if (!this.open) await this.reached();
    const back = this.reached();
    this.open?.();
    await back;
  }

  private reached(): Promise<void> {
    return new Promise((resolve) => {
      this.arrived = resolve;
    });
  }
}

/** Stock tfjs under a backend name of its own, on a device of its own made as tfjs makes it. */
async function startStock(hidden: number, warmup: BenchRequest['warmup'], steps: number): Promise<Contender> {
  const adapter = (await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }))!;
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  const meter = new GpuMeter(device);
  const stock = new WebGPUBackend(device, adapter.info);
  for (const config of stockKernels) registerKernel({ ...config, backendName: 'stock' });
  registerBackend('stock', () => stock);
  await setBackend('stock');
  const model = new StockModel(
    {
      vocabSize: 30522,
      positions: 512,
      layers,
      heads: hidden / headSize,
      hidden,
      feedForward: 4 * hidden,
      labels: labelCount,
      dropout: 0.1,
      headDropout: 0.2,
    },
    5e-5,
  );
  // The batches that the other is measured on are measured here too.
  const { titles, batches } = trainingBatches(warmup.rung + steps + 1);
  let at = Math.max(0, warmup.rung - warmup.stock);
  return {
    backend: 'stock',
    meter,
    usedBytes: () => (stock as unknown as { bufferManager: { numBytesUsed: number } }).bufferManager.numBytesUsed,
    async step() {
      const batch = titlesAt(titles, batches[at++]);
      const { loss, slots } = model.step(batch);
      // What is recorded must be sent off; else the rest of a step would be measured with the next.
      if ((stock as unknown as { commandEncoder: unknown }).commandEncoder) {
        stock.endComputePassEncoder();
        stock.submitQueue();
      }
      await device.queue.onSubmittedWorkDone();
      loss.dispose();
      return { slots, tokens: batch.ids.length };
    },
    logits: (wanted) => model.logits(wanted),
  };
}

/** Taken before the engine puts kernels of its own in the place of any. */
const stockKernels = getKernelsForBackend('webgpu');
