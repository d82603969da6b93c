/** A trainer of a randomly initialised DistilBERT with six labels, as the workers of `step.ts` and `inTurn.ts` time it. */
import { initialParameters, parseModelConfig } from '../src/models/model.ts';
import { createTrainer, type Trainer } from '../src/training/trainer.ts';

/** @param model sizes, names as in config.json */
export function randomTrainer(model: Record<string, number>, epochs: number, batchSize: number): Trainer {
  const labels = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [i, `label ${i}`]));
  const config = parseModelConfig({ model_type: 'distilbert', id2label: labels, ...model });
  return createTrainer(config, initialParameters(config, 1), {
    epochs,
    batchSize,
    learningRate: 1e-3,
    schedule: 'linear',
    warmup: 0.1,
    weightDecay: 0.01,
    dropout: 0.1,
    posWeight: null,
    maxGradientNorm: 1,
    seed: 1,
  });
}
