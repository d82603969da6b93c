/** A short training that is thrown away: how long a title takes on this device, for the estimate before a run. */
import type { NamedArrays, TokenisedTitles } from '../shared/arrays.ts';
import { RungError } from '../shared/errors.ts';
import type { Estimate, TrainingConfig } from '../shared/training.ts';
import type { ModelConfig } from '../models/model.ts';
import { rateFactorOf } from '../training/parameterGroups.ts';
import { createTrainer } from '../training/trainer.ts';
import { withHead, type Encoder } from './encoder.ts';
import { pickExamples } from './finetune.ts';
import { Random } from '../shared/random.ts';

const seconds = 2;
/** The head is a thousandth of the work: any number of labels gives the same figure. */
const labelCount = 6;

/**
 * @param titles a sample that stands for the data set: its lengths decide the figure.
 * @param signal ends the measurement early; then null.
 */
export async function measure(
  encoder: Encoder,
  titles: string[],
  settings: TrainingConfig,
  signal: AbortSignal,
): Promise<Estimate | null> {
  if (titles.length === 0) throw new RungError('too-few-rows', 'Measuring the device needs at least one title.');
  const { architecture, weights } = withHead(encoder, labelCount, {
    keepHead: false,
    seed: 1,
    dropout: settings.dropout,
  });
  const tokens = encoder.tokenizer.encodeMany(titles, Math.min(settings.maxTokens, architecture.maxPositions));
  const random = new Random(1);
  // Batches are as long as the data set's; the epoch is long enough never to end within the two seconds.
  const rows = Uint32Array.from({ length: settings.batchSize * 400 }, () => random.int(titles.length));
  const labels = new Uint8Array(titles.length * labelCount);
  const examples = pickExamples(tokens, labels, labelCount, rows);
  const forwardRows = rows.subarray(0, Math.min(rows.length, 8 * settings.batchSize));
  const trainer = createTrainer(architecture, weights, {
    epochs: 1,
    batchSize: settings.batchSize,
    learningRate: 1e-6,
    schedule: 'constant',
    warmup: 0,
    weightDecay: 0,
    dropout: settings.dropout,
    posWeight: null,
    maxGradientNorm: 1,
    gradientAccumulation: settings.gradientAccumulation,
    frozenLayers: settings.frozenLayers,
    seed: 1,
  });
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  try {
    // The first events hold the compilation of shaders: what counts is the pace after them.
    let first: { step: number; at: number } | null = null;
    let last = { step: 0, at: 0 };
    for await (const event of trainer.run(examples, examples, either)) {
      if (event.type === 'notice') continue;
      if (event.type !== 'step') break;
      last = { step: event.step, at: performance.now() };
      first ??= last;
      if (last.step > first.step && last.at - first.at >= seconds * 1000) break;
    }
    if (signal.aborted || !first || last.step === first.step) return null;
    const secondsPerTitle = (last.at - first.at) / 1000 / ((last.step - first.step) * settings.batchSize);

    const started = performance.now();
    await trainer.logits(pickExamples(tokens, labels, labelCount, forwardRows));
    const secondsPerTitleForward = (performance.now() - started) / 1000 / forwardRows.length;
    return {
      secondsPerTitle,
      secondsPerTitleForward,
      bytes: trainingBytes(architecture, weights, tokens, settings),
    };
  } finally {
    own.abort();
    trainer.dispose();
  }
}

/**
 * Device memory of a training: weights, gradients and two moments (weights alone where frozen), four bytes each, and what the backward
 * pass keeps of the part of a batch that is read at once (per token and layer about 14 rows of the hidden size and 3 of the feed-forward
 * size).
 */
function trainingBytes(
  architecture: ModelConfig,
  weights: NamedArrays,
  tokens: TokenisedTitles,
  settings: TrainingConfig,
): number {
  let parameterBytes = 0;
  for (const [name, { data }] of weights) {
    parameterBytes += data.length * (rateFactorOf(architecture, name, settings) === null ? 4 : 16);
  }
  const titles = Math.ceil(settings.batchSize / settings.gradientAccumulation);
  const tokensAtOnce = (tokens.ids.length / (tokens.starts.length - 1)) * titles;
  const { layers, dim, hiddenDim } = architecture;
  return parameterBytes + tokensAtOnce * layers * (14 * dim + 3 * hiddenDim) * 4;
}
