/** One training from request to record: the recipe's events are told to the page and kept in this browser as they come. */
import { splitDataset } from '../data/split.ts';
import { withExtraRows } from '../recipes/extraRows.ts';
import { finetune, type FinetuneEvent } from '../recipes/finetune.ts';
import { withHead } from '../recipes/encoder.ts';
import { learntRows, memberSides, tooLargeTogether } from '../recipes/ensemble.ts';
import { packageFiles } from '../recipes/package.ts';
import type { NamedArrays } from '../shared/arrays.ts';
import { epochsFor, epochsOfAll, foldModelSteps, plannedMembers, rowsOfOneModel } from '../shared/epochs.ts';
import { memberStartsAfter } from '../shared/curveParts.ts';
import type { Dataset, Split } from '../shared/dataset.ts';
import {
  withStep,
  type FinetunedRun,
  type TrainingConfig,
  type TrainingEvent,
  type TrainingPlan,
} from '../shared/training.ts';
import { stepsPerEpoch } from '../training/batches.ts';
import type { Encoders } from './encoders.ts';
import { fail, Keeper, newRecord, plannedRows, requireRows } from './keeper.ts';
import type { TrainingRequest } from './protocol.ts';
import type { TrainingSurroundings } from './surroundings.ts';

/** @throws RungError; the record is then kept with status 'failed'. */
export async function runFinetune(
  request: TrainingRequest,
  asked: TrainingConfig,
  around: TrainingSurroundings,
): Promise<FinetunedRun> {
  const { live, onEvent } = around;
  const device = await around.startDevice(asked.backend);
  onEvent({ type: 'phase', message: 'Loading the encoder', fraction: null });
  const encoder = await around.encoders.load(asked.encoder);
  const { labels, labelNames, groups } = request.dataset;
  const labelCount = labelNames.length;
  const ofTable = request.split ?? splitDataset(labels, labelCount, groups, asked.split, asked.seed);
  requireRows(ofTable);
  const { dataset, split } = withExtraRows(request.dataset, ofTable, asked.extraRows, 'refuse');
  const { architecture, weights, unused } = withHead(encoder, labelCount, { ...asked, keepHead: false });
  const tooLarge = tooLargeTogether(weights, plannedMembers(asked, plannedRows(split)));
  if (tooLarge) onEvent({ type: 'notice', message: tooLarge });
  const affordable = tooLarge ? { ...asked, ensembleFolds: 0 } : asked;
  const config = { ...affordable, epochs: epochsFor(affordable, rowsOfOneModel(affordable, plannedRows(split))) };
  const run: FinetunedRun = {
    ...newRecord(request, live.id),
    kind: 'finetune',
    config,
    encoderName: await encoderName(config, around.encoders),
    device,
    plan: { ...plannedRows(split), totalSteps: totalSteps(dataset, split, config) },
    steps: [],
    epochs: [],
    bestEpoch: null,
    members: 1,
    memberStarts: [],
  };
  if (unused.length > 0) {
    onEvent({
      type: 'notice',
      message: `${unused.length} tensors of the checkpoint are not used: ${unused.slice(0, 3).join(', ')} …`,
    });
  }

  const keep = new Keeper(run, request.persist ? around.archive : null, onEvent);
  if (encoder.further.length > 0) {
    const message = `The encoder holds ${1 + encoder.further.length} models that are averaged: training begins with the first.`;
    onEvent({ type: 'notice', message });
  }
  const keepWeights = (members: NamedArrays[]): Promise<void> => {
    run.members = members.length;
    return keep.files(packageFiles(run, architecture, members, encoder.files), (name) => name.endsWith('.safetensors'));
  };
  await keep.record();
  await keep.titles(dataset, learntRows(split, config));
  onEvent({ type: 'started', plan: planOf(run) });
  try {
    const recipe = finetune({
      dataset,
      split,
      settings: config,
      architecture,
      weights,
      tokenizer: encoder.tokenizer,
      signal: live.signal,
      gate: live.gate,
    });
    let next = await recipe.next();
    while (!next.done) {
      const { value: event } = next;
      apply(run, event);
      if (event.type === 'epoch') {
        if (event.kept) await keepWeights(event.kept.members);
        await keep.record();
      }
      // Told last: an epoch that the page shows is kept, even if the tab is closed at that moment.
      onEvent(withoutWeights(event));
      next = await recipe.next();
    }
    const { value: result } = next;
    Object.assign(run, {
      status: result.stopped ? 'stopped' : 'finished',
      finishedAt: Date.now(),
      bestEpoch: result.bestEpoch,
      thresholds: result.thresholds,
      chosenThresholds: result.thresholds,
      validation: result.validation,
      test: { report: result.report, rows: result.testRows },
    } satisfies Partial<FinetunedRun>);
    // The epoch's weights were kept when it ended; thresholds and figures are in the record.
    if (result.bestEpoch === null || result.members.length !== run.members) await keepWeights(result.members);
    await keep.record();
    return run;
  } catch (thrown) {
    throw await fail(run, keep, thrown);
  }
}

/** Writes what happened into the record. */
function apply(run: FinetunedRun, event: FinetuneEvent): void {
  if (event.type === 'step') run.steps = withStep(run.steps, event.record);
  if (event.type === 'member') run.memberStarts = memberStartsAfter(run, event.number);
  if (event.type !== 'epoch') return;
  const { record, kept } = event;
  run.epochs = [...run.epochs, record];
  run.seconds = record.seconds;
  if (!kept) return;
  // Should the training not get to its end, what is kept predicts as that epoch did.
  const { epoch, thresholds, validation } = kept;
  Object.assign(run, {
    bestEpoch: epoch,
    thresholds,
    chosenThresholds: thresholds,
    validation,
  } satisfies Partial<FinetunedRun>);
}

/** As the page gets it. */
export function withoutWeights(event: FinetuneEvent): TrainingEvent {
  return event.type === 'epoch' ? { ...event, kept: event.kept && event.kept.epoch } : event;
}

/** The encoder's name as the page shows it. */
export async function encoderName({ encoder: { kind, id } }: TrainingConfig, encoders: Encoders): Promise<string> {
  return (await encoders.list()).find((e) => e.source.kind === kind && e.source.id === id)?.name ?? id;
}

/** Steps of a whole training, of all models that are averaged. */
export function totalSteps(dataset: Dataset, split: Split, config: TrainingConfig): number {
  const sides = memberSides(dataset, split, config);
  const steps = sides.map(({ learnt }) => stepsPerEpoch(learnt.length, config.batchSize));
  return config.epochs * steps.reduce((sum, count) => sum + count, 0);
}

function planOf({ id, data, plan, config, device }: FinetunedRun): TrainingPlan {
  const perEpoch = plan.totalSteps / epochsOfAll(config, plan);
  const stepsBefore = foldModelSteps(config, plan.trainRows);
  return { runId: id, labelNames: data.labelNames, ...plan, stepsPerEpoch: perEpoch, stepsBefore, device };
}
