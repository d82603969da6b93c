/**
 * `window.run({hidden: 768})` measures Rung beside stock tfjs: the whole bench as one classic script without page or worker, for headless
 * Chromium (bench.ts) and for Dawn on a bare machine with a graphics card (see README.md).
 */
import { sideBySide, type BenchRequest, type BenchResult } from './sideBySide.ts';

declare global {
  interface Window {
    run: (request: Partial<BenchRequest>) => Promise<BenchResult>;
  }
}

window.run = (request) =>
  sideBySide({ hidden: 128, warmup: { rung: 40, stock: 2 }, steps: 10, alone: false, verbose: false, ...request });
