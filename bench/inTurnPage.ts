/** The page of each side of `inTurn.ts`. */
import type { Turn, TurnRequest } from './inTurn.worker.ts';

let worker: Worker | null = null;

/** Asks the worker, and resolves with its next epoch. */
function turn(request: TurnRequest | 'go'): Promise<Turn> {
  const asked = worker!;
  return new Promise((resolve, reject) => {
    asked.addEventListener(
      'message',
      ({ data }: MessageEvent<Turn | string>) => {
        if (typeof data === 'string') reject(new Error(data));
        else resolve(data);
      },
      { once: true },
    );
    asked.postMessage(request, []);
  });
}

Object.assign(window, {
  startTraining: (request: TurnRequest): Promise<Turn> => {
    worker = new Worker(new URL('inTurn.worker.ts', import.meta.url), { type: 'module' });
    return turn(request);
  },
  nextEpoch: (): Promise<Turn> => turn('go'),
});
