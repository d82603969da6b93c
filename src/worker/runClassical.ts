/** A search of classical classifiers from request to record. Nothing of it is kept before its end: half a search predicts nothing. */
import { splitDataset } from '../data/split.ts';
import { allLearnt, classical } from '../recipes/classical.ts';
import { classicalFileName, classicalFiles } from '../recipes/classicalModel.ts';
import { withExtraRows } from '../recipes/extraRows.ts';
import { settingsOf } from '../recipes/oneClassifierPerLabel.ts';
import type { ClassicalConfig } from '../shared/classical.ts';
import { RungError } from '../shared/errors.ts';
import type { ClassicalRun } from '../shared/training.ts';
import { fail, Keeper, newRecord, plannedRows, requireRows } from './keeper.ts';
import { secondsLeft, throttled } from './progress.ts';
import type { TrainingRequest } from './protocol.ts';
import type { TrainingSurroundings } from './surroundings.ts';

/** @throws RungError; the record is then kept with status 'failed'. */
export async function runClassical(
  request: TrainingRequest,
  config: ClassicalConfig,
  { archive, live, onEvent }: Pick<TrainingSurroundings, 'archive' | 'live' | 'onEvent'>,
): Promise<ClassicalRun> {
  const { labels, labelNames, groups } = request.dataset;
  const ofTable = request.split ?? splitDataset(labels, labelNames.length, groups, config.split, config.seed);
  requireRows(ofTable);
  const { dataset, split } = withExtraRows(request.dataset, allLearnt(ofTable), config.extraRows, 'refuse');
  const run: ClassicalRun = {
    ...newRecord(request, live.id),
    kind: 'classical',
    config,
    plan: { ...plannedRows(ofTable), trainRows: split.train.length - ofTable.validation.length },
    chosen: [],
  };
  const keep = new Keeper(run, request.persist ? archive : null, onEvent);
  await keep.record();
  await keep.titles(dataset, split.train);
  onEvent({
    type: 'started',
    plan: { runId: run.id, labelNames, ...run.plan, stepsPerEpoch: 0, totalSteps: 0, device: null },
  });
  const tell = throttled(onEvent);
  const started = performance.now();
  const clock = (): number => (performance.now() - started) / 1000 - live.pausedSeconds;
  try {
    const recipe = classical({ dataset, split, settings: settingsOf(config), signal: live.signal, gate: live.gate });
    let next = await recipe.next();
    for (; !next.done; next = await recipe.next()) {
      const { value: event } = next;
      if (event.type === 'chosen') run.chosen = [...run.chosen, event.record];
      tell(event.type === 'phase' ? { ...event, secondsLeft: secondsLeft(clock(), event.fraction) } : event);
    }
    const { model, chosen, thresholds, validation, report, testRows } = next.value;
    Object.assign(run, {
      status: 'finished',
      finishedAt: Date.now(),
      seconds: clock(),
      chosen,
      thresholds,
      chosenThresholds: thresholds,
      validation,
      test: { report, rows: testRows },
    } satisfies Partial<ClassicalRun>);
    await keep.files(classicalFiles(run, model), (name) => name === classicalFileName);
    await keep.record();
    return run;
  } catch (thrown) {
    if (!(thrown instanceof RungError && thrown.code === 'aborted')) throw await fail(run, keep, thrown);
    run.status = 'stopped';
    run.finishedAt = Date.now();
    run.seconds = clock();
    await keep.record();
    return run;
  }
}
