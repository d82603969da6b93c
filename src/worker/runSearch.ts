/** A search for settings from request to trials. It keeps no run: the settings that are best are trained as any others are. */
import { splitDataset } from '../data/split.ts';
import { withHead, type Encoder } from '../recipes/encoder.ts';
import { withExtraRows } from '../recipes/extraRows.ts';
import { finetune } from '../recipes/finetune.ts';
import { searchSettings } from '../recipes/search.ts';
import type { Split } from '../shared/dataset.ts';
import { epochsFor } from '../shared/epochs.ts';
import { RungError } from '../shared/errors.ts';
import type { SearchEvent, SearchTrial } from '../shared/search.ts';
import { figureOf, type TrainingConfig, type TrainingEvent } from '../shared/training.ts';
import { plannedRows, requireRows } from './keeper.ts';
import { throttled } from './progress.ts';
import type { SearchRequest } from './protocol.ts';
import { totalSteps, withoutWeights } from './runFinetune.ts';
import type { TrainingSurroundings } from './surroundings.ts';

/** The trials that are done, also when it is stopped. @throws RungError as a training does */
export async function runSearch(
  request: SearchRequest,
  around: TrainingSurroundings,
  onEvent: (event: TrainingEvent | SearchEvent) => void,
): Promise<SearchTrial[]> {
  const { dataset, config, plan } = request;
  const { live } = around;
  const device = await around.startDevice(config.backend);
  onEvent({ type: 'phase', message: 'Loading the encoder', fraction: null });
  const encoder = await around.encoders.load(config.encoder);
  const { labels, labelNames, groups } = dataset;
  const split = splitDataset(labels, labelNames.length, groups, config.split, config.seed);
  requireRows(split);
  const tell = throttled(onEvent);
  const started = performance.now();
  const clock = (): number => (performance.now() - started) / 1000 - live.pausedSeconds;
  async function* trainOne(tried: TrainingConfig, own: Split): AsyncGenerator<TrainingEvent, number | null> {
    // Trials are compared by one model: fold models or averaged ones would take as many times longer.
    const settings = { ...tried, distillationFolds: 0, ensembleFolds: 0, epochs: epochsFor(tried, own.train.length) };
    const steps = totalSteps(dataset, own, settings);
    const stepsPerEpoch = steps / settings.epochs;
    yield {
      type: 'started',
      plan: { runId: live.id, labelNames, ...plannedRows(own), stepsPerEpoch, totalSteps: steps, device },
    };
    return yield* trial(request, own, settings, encoder, around);
  }
  const search = searchSettings({ dataset, split, config, plan, signal: live.signal, clock, trainOne });
  let next = await search.next();
  for (; !next.done; next = await search.next()) tell(next.value);
  return next.value;
}

/** One training; its F1 on the validation side in the epoch that the settings would keep. Null when it was stopped. */
async function* trial(
  request: SearchRequest,
  ofTrial: Split,
  settings: TrainingConfig,
  encoder: Encoder,
  { live }: TrainingSurroundings,
): AsyncGenerator<TrainingEvent, number | null> {
  const { dataset, split } = withExtraRows(request.dataset, ofTrial, settings.extraRows, 'leave-out');
  const { architecture, weights } = withHead(encoder, dataset.labelNames.length, { ...settings, keepHead: false });
  const { tokenizer } = encoder;
  const { signal, gate } = live;
  let score: number | null = null;
  let epochs = 0;
  for await (const event of finetune({ dataset, split, settings, architecture, weights, tokenizer, signal, gate })) {
    // What comes after the epochs is the measurement of test rows: there are none, and it is left out.
    if (event.type === 'phase' && epochs > 0) break;
    if (event.type === 'epoch') {
      epochs++;
      if (event.kept) score = event.record[figureOf(settings)];
    }
    yield withoutWeights(event);
  }
  if (signal.aborted) return null;
  if (score === null) throw new RungError('internal', 'Searching for settings: a training ended without an epoch.');
  return score;
}
