/** A cross-validation from request to record. Each fold that is done is kept at once: what stops it takes nothing away. */
import { allLearnt, classical } from '../recipes/classical.ts';
import { crossValidate, measured, type FoldAnswers, type FoldResult } from '../recipes/crossValidate.ts';
import { withHead } from '../recipes/encoder.ts';
import { leftOutText, withExtraRows } from '../recipes/extraRows.ts';
import { finetune } from '../recipes/finetune.ts';
import { settingsOf } from '../recipes/oneClassifierPerLabel.ts';
import type { ClassicalConfig } from '../shared/classical.ts';
import type { Split } from '../shared/dataset.ts';
import { epochsFor, epochsOfAll, foldModelSteps, rowsOfOneModel } from '../shared/epochs.ts';
import { RungError } from '../shared/errors.ts';
import {
  type CrossValidatedRun,
  type CrossValidation,
  type DeviceReport,
  type TrainingConfig,
  type TrainingEvent,
  type TrainingPlan,
} from '../shared/training.ts';
import { fail, Keeper, newRecord, plannedRows, requireRows } from './keeper.ts';
import { secondsLeft, throttled } from './progress.ts';
import type { TrainingRequest } from './protocol.ts';
import { encoderName, totalSteps, withoutWeights } from './runFinetune.ts';
import type { TrainingSurroundings } from './surroundings.ts';

type TrainFold = (split: Split, seed: number) => AsyncGenerator<TrainingEvent, FoldResult>;

/** @throws RungError; the record is then kept with status 'failed', with the folds that were done. */
export async function runCrossValidation(
  request: TrainingRequest,
  crossValidation: CrossValidation,
  around: TrainingSurroundings,
): Promise<CrossValidatedRun> {
  const { dataset, method } = request;
  const { live } = around;
  const finetuned = method.kind === 'finetune';
  const device = finetuned ? await around.startDevice(method.config.backend) : null;
  const run: CrossValidatedRun = {
    ...newRecord(request, live.id),
    kind: 'cross-validation',
    method,
    encoderName: finetuned ? await encoderName(method.config, around.encoders) : null,
    device,
    crossValidation,
    folds: [],
  };
  const keep = new Keeper(run, request.persist ? around.archive : null, around.onEvent);
  await keep.record();
  const tell = throttled(around.onEvent);
  const started = performance.now();
  const clock = (): number => (performance.now() - started) / 1000 - live.pausedSeconds;
  try {
    const trainFold = finetuned
      ? await finetunedFold(request, method.config, device, around)
      : classicalFold(request, method.config, around, clock);
    const { train, validation } = method.config.split;
    const split = { train, validation };
    const answers: (FoldAnswers & { seed: number })[] = [];
    for await (const event of crossValidate({
      dataset,
      crossValidation,
      split,
      signal: live.signal,
      clock,
      trainFold,
    })) {
      if (event.type !== 'fold-measured') {
        tell(event);
        continue;
      }
      const { record, testRows } = event;
      answers.push({ seed: record.seed, thresholds: record.thresholds, testRows });
      run.folds = [...run.folds, record];
      run.seconds = clock();
      run.test = measured(answers, crossValidation, dataset.labelNames);
      // Told last: a fold that the page shows is kept, even if the tab is closed at that moment.
      await keep.record();
      tell({ type: 'fold-done', record });
    }
    run.status = run.folds.length < crossValidation.folds * crossValidation.seeds.length ? 'stopped' : 'finished';
    run.finishedAt = Date.now();
    run.seconds = clock();
    await keep.record();
    return run;
  } catch (thrown) {
    throw await fail(run, keep, thrown);
  }
}

/** Every fold starts from the encoder as it was, with a new head. */
async function finetunedFold(
  request: TrainingRequest,
  config: TrainingConfig,
  device: DeviceReport | null,
  { encoders, live }: TrainingSurroundings,
): Promise<TrainFold> {
  const encoder = await encoders.load(config.encoder);
  return async function* trainFold(ofFold, seed) {
    requireRows(ofFold);
    const { dataset, split, leftOut } = withExtraRows(request.dataset, ofFold, config.extraRows, 'leave-out');
    const message = leftOutText(leftOut);
    if (message !== null) yield { type: 'notice', message };
    const settings = { ...config, epochs: epochsFor(config, rowsOfOneModel(config, plannedRows(split))), seed };
    const { architecture, weights } = withHead(encoder, dataset.labelNames.length, { ...settings, keepHead: false });
    const steps = totalSteps(dataset, split, settings);
    const epochs = epochsOfAll(settings, plannedRows(split));
    const plan = planOf(live.id, dataset.labelNames, split, steps, epochs, device);
    yield { type: 'started', plan: { ...plan, stepsBefore: foldModelSteps(settings, split.train.length) } };
    const recipe = finetune({
      dataset,
      split,
      settings,
      architecture,
      weights,
      tokenizer: encoder.tokenizer,
      signal: live.signal,
      gate: live.gate,
      measureTrain: true,
    });
    let next = await recipe.next();
    for (; !next.done; next = await recipe.next()) yield withoutWeights(next.value);
    const { train, ...result } = next.value;
    if (train === null)
      throw new RungError('internal', 'Cross-validating: a fold ended without figures on its training rows.');
    return { ...result, train };
  };
}

function classicalFold(
  request: TrainingRequest,
  config: ClassicalConfig,
  { live }: TrainingSurroundings,
  clock: () => number,
): TrainFold {
  return async function* trainFold(ofFold, seed) {
    const started = clock();
    const { dataset, split, leftOut } = withExtraRows(
      request.dataset,
      allLearnt(ofFold),
      config.extraRows,
      'leave-out',
    );
    const message = leftOutText(leftOut);
    if (message !== null) yield { type: 'notice', message };
    yield { type: 'started', plan: planOf(live.id, dataset.labelNames, split, 0, 1, null) };
    const settings = settingsOf({ ...config, seed });
    const recipe = classical({ dataset, split, settings, signal: live.signal, gate: live.gate });
    let next = await recipe.next();
    for (; !next.done; next = await recipe.next()) {
      const { value: event } = next;
      const seconds = clock() - started;
      yield event.type === 'phase' ? { ...event, secondsLeft: secondsLeft(seconds, event.fraction) } : event;
    }
    return { ...next.value, bestEpoch: null, stopped: false };
  };
}

function planOf(
  runId: string,
  labelNames: string[],
  split: Split,
  steps: number,
  epochs: number,
  device: DeviceReport | null,
): TrainingPlan {
  return { runId, labelNames, ...plannedRows(split), stepsPerEpoch: steps / epochs, totalSteps: steps, device };
}
