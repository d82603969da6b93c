/** Training and prediction as the recipes see them: a model on the device with a loop to run, and the errors of a device that goes away. */
import type { ModelConfig } from '../models/model.ts';
import type { Examples, NamedArrays, TokenisedTitles } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import { DeviceModel } from './deviceModel.ts';
import { alongPath, type EmbeddingPath, type PathValues } from './embeddingPath.ts';
import type { LoopEvent } from './events.ts';
import type { TrainerOptions } from './options.ts';
import { TrainingRun } from './trainingRun.ts';
import { watchedDevice, type WatchedDevice } from './watchedDevice.ts';

export type ProgressOfTitles = (done: number, total: number) => void;

/** After a failure of the device (`onDeviceFailure`) every call throws it; dispose of the object and make a new one. */
export interface Predictor {
  /** Logits, titles x labels in the order given, dropout off. @throws RungError `aborted` soon after `signal` is. */
  logits(
    titles: TokenisedTitles,
    onProgress?: ProgressOfTitles,
    signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>>;
  dispose(): void;
}

export interface Trainer extends Predictor {
  /**
   * Trains to the end, or until `signal` is aborted or the caller breaks out; can be run once. `gate` is awaited before every step.
   * @throws RungError `training-diverged`, `device-lost`, `out-of-memory`.
   */
  run(
    train: Examples,
    validation: Examples,
    signal: AbortSignal,
    gate?: () => Promise<void>,
  ): AsyncGenerator<LoopEvent, void>;
  /** All parameters as they stand, under their Hugging Face names. */
  parameters(): Promise<NamedArrays>;
}

/** @throws RungError `weights-mismatch`. The caller disposes of the trainer. */
export function createTrainer(config: ModelConfig, weights: NamedArrays, options: TrainerOptions): Trainer {
  const { dropout } = options;
  const classifierDropout = dropout === 0 ? 0 : config.classifierDropout;
  const model = new DeviceModel({ ...config, dropout, attentionDropout: dropout, classifierDropout }, weights);
  const guard = watchedDevice();
  let ran = false;
  return {
    run(train, validation, signal, gate) {
      if (ran) throw new RungError('internal', 'This trainer has run already; make a new one.');
      ran = true;
      return guardedRun(guard, new TrainingRun(model, options, train, validation), signal, gate);
    },
    logits: (...request) => guard.watch(() => model.logits(...request)),
    parameters: () => guard.watch(() => model.read()),
    dispose() {
      guard.release();
      model.dispose();
    },
  };
}

/** What a trained model says of titles, and why. */
export interface Reader extends Predictor {
  /** Embeddings, titles x hidden size: the mean of each title's last hidden states. */
  embeddings: Predictor['logits'];
  /** Logits and slopes on the way from other tokens to those of a title; see `EmbeddingPath`. */
  alongPath(path: EmbeddingPath, alphas: Float64Array): Promise<PathValues>;
}

/** Predictions from weights that are not trained further. @throws RungError `weights-mismatch`. The caller disposes of it. */
export function createPredictor(config: ModelConfig, weights: NamedArrays): Reader {
  const model = new DeviceModel(config, weights);
  const guard = watchedDevice();
  return {
    logits: (...request) => guard.watch(() => model.logits(...request)),
    embeddings: (...request) => guard.watch(() => model.embeddings(...request)),
    alongPath: (...request) => guard.watch(() => alongPath(model, ...request)),
    dispose() {
      guard.release();
      model.dispose();
    },
  };
}

async function* guardedRun(
  guard: WatchedDevice,
  run: TrainingRun,
  signal: AbortSignal,
  gate: (() => Promise<void>) | undefined,
): AsyncGenerator<LoopEvent, void> {
  const events = run.events(signal, async () => {
    await gate?.();
    // Without a device, a step would run on another backend with tensors that are gone.
    guard.check();
  });
  try {
    for (;;) {
      const next = await guard.watch(() => events.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await events.return();
    run.dispose();
  }
}

export type { EpochEvent, LoopEvent, StepEvent } from './events.ts';
export type { EmbeddingPath } from './embeddingPath.ts';
export type { LossKind } from './loss.ts';
export type { TrainerOptions } from './options.ts';
