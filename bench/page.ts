/** The page that `step.ts`, `kernels.ts` and `predict.ts` open: passes one request to a worker, as the app does, and its answer back. */
import type { KernelRequest, KernelResult } from './kernels.worker.ts';
import type { PredictAnswer, PredictCommand } from './predict.worker.ts';
import type { BenchRequest, BenchResult } from './step.worker.ts';

function ask<Result>(worker: Worker, request: BenchRequest | KernelRequest | PredictCommand): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent<Result | string>): void => {
      if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    };
    worker.addEventListener('message', onMessage, { once: true });
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(request, []);
  });
}

const stepWorker = (): Worker => new Worker(new URL('step.worker.ts', import.meta.url), { type: 'module' });
const kernelWorker = (): Worker => new Worker(new URL('kernels.worker.ts', import.meta.url), { type: 'module' });
/** One for all questions: it holds both models. */
let predictor: Worker | null = null;
const predictWorker = (): Worker =>
  (predictor ??= new Worker(new URL('predict.worker.ts', import.meta.url), { type: 'module' }));

Object.assign(window, {
  measureSteps: (request: BenchRequest): Promise<BenchResult> => ask(stepWorker(), request),
  measureKernels: (request: KernelRequest): Promise<KernelResult> => ask(kernelWorker(), request),
  askPredictor: (command: PredictCommand): Promise<PredictAnswer> => ask(predictWorker(), command),
});
