/**
 * Self-distillation across folds: the training rows are dealt into folds, each row is answered by a model that was trained without its
 * fold, and those answers are learnt beside the labels by the one model that is kept. A label that other rows contradict then counts for
 * less, which is what helps on labels with mistakes in them (Das & Sanghavi 2023, "Understanding self-distillation in the presence of
 * label noise"); the student takes part of what averaging the models would give (Furlanello et al. 2018, "Born-again neural networks"), and
 * stays one model.
 */
import { kFold } from '../data/split.ts';
import type { Examples, NamedArrays } from '../shared/arrays.ts';
import type { Dataset } from '../shared/dataset.ts';
import { foldModelCount, foldModelSteps } from '../shared/epochs.ts';
import type { TrainingConfig } from '../shared/training.ts';
import { sigmoid } from '../metrics/classification.ts';
import type { ModelConfig } from '../models/model.ts';
import { stepsPerEpoch } from '../training/batches.ts';
import { nothingAfter } from '../training/options.ts';
import { createTrainer, type TrainerOptions } from '../training/trainer.ts';

type Settings = Pick<TrainingConfig, 'distillationFolds' | 'ensembleFolds' | 'epochs' | 'batchSize' | 'seed'>;

export interface FoldModelsInput {
  dataset: Dataset;
  /** Rows of the training side. */
  rows: Uint32Array;
  settings: Settings;
  examplesOf: (rows: Uint32Array) => Examples;
  validation: Examples;
  architecture: ModelConfig;
  weights: NamedArrays;
  /** Of each fold model; `after`: what is trained once all of them are. */
  options: TrainerOptions;
  signal: AbortSignal;
  gate: () => Promise<void>;
}

export interface FoldModelStep {
  /** From 1. */
  fold: number;
  folds: number;
  /** Steps done in all. */
  step: number;
  /** Until all of them, and what comes after, are trained; null until the first steps of a fold model are timed. */
  secondsLeft: number | null;
}

/** A row of the table that a fold model answered; rows by hand are learnt as they are written. */
export interface OutOfFold {
  /** Positions in `rows`. */
  positions: number[];
  /** positions x labels, 0 or 1. */
  actual: Uint8Array<ArrayBuffer>;
  /** positions x labels */
  probabilities: Float32Array<ArrayBuffer>;
  /** Seconds of training, pauses left out. */
  seconds: number;
}

/** Yields how far it is; null when the signal ended it. @throws RungError as a training does */
export async function* answerOutOfFold(input: FoldModelsInput): AsyncGenerator<FoldModelStep, OutOfFold | null> {
  const { dataset, rows, settings, examplesOf, validation, architecture, weights, options, signal, gate } = input;
  const width = dataset.labelNames.length;
  const folds = foldModelCount(settings, rows.length);
  const all = foldModelSteps(settings, rows.length);
  const { after = nothingAfter } = options;
  const { labels } = examplesOf(rows);
  const groups = Uint32Array.from(rows, (row) => dataset.groups[row]);
  const foldOf = kFold(labels, width, groups, folds, settings.seed);
  const answers = new Float32Array(labels.length);
  let step = 0;
  let seconds = 0;
  for (let fold = 0; fold < folds; fold++) {
    const outside = [...rows.keys()].filter((position) => foldOf[position] === fold);
    const learnt = examplesOf(rows.filter((_, position) => foldOf[position] !== fold));
    // A seed of its own: the order of rows and dropout differ from model to model.
    yield { fold: fold + 1, folds, step, secondsLeft: null };
    const own = settings.epochs * stepsPerEpoch(learnt.starts.length - 1, settings.batchSize);
    const trainer = createTrainer(architecture, weights, {
      ...options,
      after: {
        steps: Math.max(0, all - step - own) + after.steps,
        evaluations: (folds - fold - 1) * settings.epochs + after.evaluations,
      },
      seed: settings.seed + fold + 1,
    });
    try {
      const before = step;
      let ended = 0;
      for await (const event of trainer.run(learnt, validation, signal, gate)) {
        if (event.type === 'epoch') ended = event.seconds;
        if (event.type !== 'step') continue;
        step = before + event.step;
        yield { fold: fold + 1, folds, step, secondsLeft: event.secondsLeft };
      }
      step = before + own;
      seconds += ended;
      if (signal.aborted) return null;
      const held = examplesOf(Uint32Array.from(outside, (position) => rows[position]));
      const probabilities = sigmoid(await trainer.logits(held));
      for (const [i, position] of outside.entries())
        answers.set(probabilities.subarray(i * width, (i + 1) * width), position * width);
    } finally {
      trainer.dispose();
    }
  }
  const positions = [...rows.keys()].filter((position) => dataset.rowNumbers[rows[position]] > 0);
  const actual = new Uint8Array(positions.length * width);
  const probabilities = new Float32Array(positions.length * width);
  for (const [i, position] of positions.entries()) {
    actual.set(labels.subarray(position * width, (position + 1) * width), i * width);
    probabilities.set(answers.subarray(position * width, (position + 1) * width), i * width);
  }
  return { positions, actual, probabilities, seconds };
}

/** What is learnt instead of the labels. @param share of the answers in it */
export function mixedTargets(
  labels: Uint8Array,
  { positions, actual, probabilities }: Pick<OutOfFold, 'positions' | 'actual' | 'probabilities'>,
  share: number,
): Float32Array<ArrayBuffer> {
  const targets = Float32Array.from(labels);
  const width = positions.length === 0 ? 0 : actual.length / positions.length;
  for (const [i, position] of positions.entries()) {
    for (let label = 0; label < width; label++) {
      const at = i * width + label;
      targets[position * width + label] = (1 - share) * actual[at] + share * probabilities[at];
    }
  }
  return targets;
}
