/** Trains a model of the shipped size an epoch at a time, whenever it is told to: one side of `inTurn.ts`. */
import { startBackend } from '../src/kernels/backend.ts';
import type { Backend } from '../src/shared/training.ts';
import { learnableExamples } from '../src/testing/examples.ts';
import { randomTrainer } from './randomTrainer.ts';

export interface TurnRequest {
  backend: Backend;
  /** Sizes of the model; names as in config.json. */
  model: Record<string, number>;
  /** An epoch, in batches of 32. */
  titles: number;
}

/** One epoch, or the first, which compiles. */
export interface Turn {
  secondsAStep: number;
  loss: number;
}

/** Lets the trainer out of its gate. */
let go: () => void = () => {};

self.addEventListener('message', ({ data }: MessageEvent<TurnRequest | 'go'>) => {
  if (data === 'go') go();
  else trainInTurns(data).catch((thrown: unknown) => self.postMessage(String(thrown), { transfer: [] }));
});

async function trainInTurns({ backend, model, titles }: TurnRequest): Promise<void> {
  await startBackend(backend, self.location.href);
  const trainer = randomTrainer(model, 1000, 32);
  const steps = Math.ceil(titles / 32);
  const train = learnableExamples(titles, 6, 1500, 1, 12);
  const validation = learnableExamples(32, 6, 1500, 2, 12);
  for await (const event of trainer.run(train, validation, new AbortController().signal)) {
    if (event.type !== 'epoch') continue;
    const turn: Turn = { secondsAStep: titles / event.titlesPerSecond / steps, loss: event.trainLoss };
    const released = new Promise<void>((resolve) => {
      go = resolve;
    });
    self.postMessage(turn, { transfer: [] });
    await released;
  }
}
