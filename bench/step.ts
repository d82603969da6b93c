/**
 * Seconds a training step takes, in a worker of a production build under the page's content security policy, headless Chromium:
 *   node tools/run.mjs bench/step.ts [--backend wasm|webgpu] [--epochs 2] [--titles 1792] [--batch 32] [--no-isolation]
 */
import { parseArgs } from 'node:util';
import { onBenchPage } from './benchPage.ts';
import { descendantSeconds } from './processorTime.ts';
import type { BenchRequest, BenchResult } from './step.worker.ts';

/** 4 layers of 192: the shipped encoder. */
const shipped = {
  vocab_size: 8000,
  max_position_embeddings: 64,
  n_layers: 4,
  n_heads: 6,
  dim: 192,
  hidden_dim: 768,
};

declare global {
  interface Window {
    measureSteps: (request: BenchRequest) => Promise<BenchResult>;
  }
}

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string', default: 'wasm' },
      epochs: { type: 'string', default: '2' },
      titles: { type: 'string', default: '1792' },
      batch: { type: 'string', default: '32' },
      'no-isolation': { type: 'boolean', default: false },
    },
  });
  const request: BenchRequest = {
    backend: values.backend === 'webgpu' ? 'webgpu' : 'wasm',
    model: shipped,
    batchSize: Number(values.batch),
    titles: Number(values.titles),
    epochs: Number(values.epochs),
  };
  const result = await inBrowser(request, !values['no-isolation']);
  console.log(JSON.stringify(result, null, 1));
  return 0;
}

async function inBrowser(
  request: BenchRequest,
  isolated: boolean,
): Promise<BenchResult & { processorSeconds: Record<string, number> }> {
  const meter = new ProcessorMeter();
  const result = await onBenchPage(isolated, (page) => {
    page.on('console', (message) => {
      const [, name] = /^mark ?(.*)$/.exec(message.text()) ?? [];
      if (name !== undefined) meter.mark(name);
    });
    return page.evaluate((sent) => window.measureSteps(sent), request);
  });
  return { ...result, processorSeconds: meter.seconds };
}

/** Processor time of all processes below this one (Linux), between marks: what a busy machine does not blur. */
class ProcessorMeter {
  readonly seconds: Record<string, number> = {};
  private open: { name: string; from: number } | null = null;

  /** Ends what is measured; a name starts the next. */
  mark(name: string): void {
    const now = descendantSeconds();
    if (this.open) this.seconds[this.open.name] = now - this.open.from;
    this.open = name ? { name, from: now } : null;
  }
}
