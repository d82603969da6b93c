/** Trains a model of the shipped size an epoch at a time, whenever it is told to: one side of `inTurn.ts`. */
import { startBackend } from '../src/kernels/backend.ts';
import { initialParameters, parseModelConfig } from '../src/models/model.ts';
import type { Backend } from '../src/shared/training.ts';
import { learnableExamples } from '../src/testing/examples.ts';
import { createTrainer } from '../src/training/trainer.ts';

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
  const labels = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [i, `label ${i}`]));
  const config = parseModelConfig({ model_type: 'distilbert', id2label: labels, ...model });
  const trainer = createTrainer(config, initialParameters(config, 1), {
    epochs: 1000,
    batchSize: 32,
    learningRate: 1e-3,
    schedule: 'linear',
    warmup: 0.1,
    weightDecay: 0.01,
    dropout: 0.1,
    posWeight: null,
    maxGradientNorm: 1,
    seed: 1,
  });
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
