/** The run that trains now, event by event, and what it was estimated to cost. */
import { memberStartsAfter } from '../shared/curveParts.ts';
import type { LiveRun } from '../shared/live.ts';
import { epochsOf, foldModelCount, memberCount, sharesOfFold } from '../shared/epochs.ts';
import type { FoldPlan } from '../shared/recipe.ts';
import type { SearchEvent } from '../shared/search.ts';
import { withStep, type Estimate, type TrainingConfig, type TrainingEvent } from '../shared/training.ts';

/** Of a training that has just begun. */
export const freshTraining = {
  steps: [],
  epochs: [],
  trials: [],
  chosen: [],
  bestEpoch: null,
  member: null,
  memberStarts: [],
} satisfies Partial<LiveRun>;

/** The live run after one more event. */
export function liveAfter(live: LiveRun, event: TrainingEvent | SearchEvent): LiveRun {
  switch (event.type) {
    case 'phase':
      return {
        ...live,
        message: event.message,
        fraction: event.fraction,
        secondsLeft: event.secondsLeft ?? null,
        status: isFinishing(live) ? 'finishing' : live.status,
      };
    case 'started':
      return {
        ...live,
        status: live.status === 'stopping' ? 'stopping' : 'running',
        message: null,
        fraction: null,
        plan: event.plan,
      };
    case 'member':
      return {
        ...live,
        member: { number: event.number, of: event.of },
        memberStarts: memberStartsAfter(live, event.number),
      };
    case 'step':
      return {
        ...live,
        status: live.status === 'finishing' ? 'running' : live.status,
        steps: withStep(live.steps, event.record),
      };
    case 'epoch':
      return {
        ...live,
        epochs: [...live.epochs, event.record],
        bestEpoch: event.kept ?? live.bestEpoch,
      };
    case 'trial':
      return { ...live, trials: [...live.trials, event.record] };
    case 'chosen':
      return { ...live, chosen: [...live.chosen, event.record] };
    case 'fold': {
      const { seed, fold } = event;
      const crossValidation = live.crossValidation && { ...live.crossValidation, current: { seed, fold } };
      return { ...live, ...freshTraining, crossValidation };
    }
    case 'fold-done': {
      const folds = live.crossValidation;
      return { ...live, crossValidation: folds && { ...folds, done: [...folds.done, event.record] } };
    }
    case 'search-step': {
      const { type: _, ...current } = event;
      return {
        ...live,
        ...freshTraining,
        search: live.search && { ...live.search, current },
      };
    }
    case 'search-trial': {
      const { search } = live;
      return { ...live, search: search && { ...search, done: [...search.done, event.record] } };
    }
    case 'paused':
      return { ...live, status: 'paused' };
    case 'resumed':
      return { ...live, status: 'running' };
    case 'notice':
      return { ...live, notices: [...live.notices, event.message] };
  }
}

/** Work after the steps: there is nothing left to stop. That of a fold or a trial is not the run's. */
function isFinishing({ plan, epochs, status, crossValidation, search }: LiveRun): boolean {
  return plan !== null && epochs.length > 0 && status !== 'stopping' && crossValidation === null && search === null;
}

/** Seconds and bytes of a training with these settings, from what was measured on this device. */
export function estimateOf(
  measured: Estimate | null,
  rows: number,
  config: TrainingConfig,
  foldPlan: FoldPlan | null = null,
): { seconds: number; bytes: number } | null {
  if (!measured || rows === 0) return null;
  const { train, validation, test } = foldPlan ? sharesOfFold(config.split, foldPlan) : config.split;
  const trainings = foldPlan ? foldPlan.folds * foldPlan.repeats : 1;
  const perEpoch = measured.secondsPerTitle * rows * train + measured.secondsPerTitleForward * rows * validation;
  // Folds measure their training rows, too.
  const report = measured.secondsPerTitleForward * rows * (validation + test + (foldPlan ? train : 0));
  // All models of folds together learn from every row one time less than there are of them.
  const passes = Math.max(1, foldModelCount(config, Math.round(rows * train)));
  const members = memberCount(config, Math.round(rows * (train + validation)));
  const learning =
    members > 1
      ? (members - 1) * measured.secondsPerTitle * rows * (train + validation) +
        measured.secondsPerTitleForward * rows * (train + validation)
      : passes * perEpoch;
  return {
    seconds: trainings * (learning * epochsOf(rows, config, foldPlan) + report * members),
    bytes: measured.bytes,
  };
}
