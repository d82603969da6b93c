/** The page that `bench/step.ts` opens: passes one request to a worker, as the app does, and its answer back. */
import type { BenchRequest, BenchResult } from './step.worker.ts';

function measure(request: BenchRequest): Promise<BenchResult> {
  const worker = new Worker(new URL('step.worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<BenchResult | string>) => {
      if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    });
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(request, []);
  });
}

Object.assign(window, { measure });
