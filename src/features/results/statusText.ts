import { epochsOfAll } from '../../shared/epochs.ts';
import type { FinetunedRun, RunRecord, RunStatus } from '../../shared/training.ts';
import { formatCounted } from '../../ui/format.ts';
import { keptWeights } from '../../ui/keptWeights.ts';

export interface StatusText {
  title: string;
  detail: string;
}

function keptText(run: RunRecord): string {
  if (run.kind === 'cross-validation') {
    return run.folds.length === 0
      ? 'No fold was done; there are no figures.'
      : `The figures are those of ${run.folds.length === 1 ? 'the fold that was' : 'the folds that were'} done.`;
  }
  if (run.kind === 'classical') return 'A search that was not ended leaves no model.';
  const unfinished = run.bestEpoch === null;
  if (run.weightBytes === 0)
    return unfinished ? 'No epoch was finished; no weights were kept.' : 'Its weights were not kept.';
  const kept = unfinished ? `No epoch was finished: ${keptWeights(run)}` : sentence(keptWeights(run));
  const measured = run.test ? '; the figures are theirs' : '';
  return `${kept} are kept and can be used${measured}.`;
}

function plannedFolds({ folds, seeds }: { folds: number; seeds: number[] }): number {
  return folds * seeds.length;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How far it came: "3 epochs of 8". */
function doneText(run: RunRecord): string {
  switch (run.kind) {
    case 'finetune':
      return `${formatCounted(run.epochs.length, 'epoch')} of ${epochsOfAll(run.config, run.plan)}`;
    case 'classical':
      return `${formatCounted(run.chosen.length, 'label')} of ${run.data.labelNames.length}`;
    case 'cross-validation':
      return `${formatCounted(run.folds.length, 'fold')} of ${plannedFolds(run.crossValidation)}`;
  }
}

type Explain = (run: RunRecord, done: string) => StatusText;

const unfinished: Record<Exclude<RunStatus, 'finished'>, Explain> = {
  running: () => ({
    title: 'This run is still training',
    detail: 'Its figures on the test rows come when it is done.',
  }),
  stopped: (run, done) => ({ title: `Stopped by hand after ${done}`, detail: keptText(run) }),
  interrupted: (run, done) => ({
    title: `Interrupted after ${done}: the page was closed while it trained`,
    detail: `${keptText(run)} Train again with the same settings and seed to get the whole run.`,
  }),
  failed: (run, done) => ({
    title: `Failed after ${done}`,
    detail: `${run.error?.message ?? 'The reason is not known.'} ${keptText(run)}`,
  }),
};

/** Why a run is not simply finished, and what that means; null when it is. */
export function statusText(run: RunRecord): StatusText | null {
  const done = doneText(run);
  if (run.status !== 'finished') return unfinished[run.status](run, done);
  if (run.test === null) return { title: 'This run was not measured on test rows', detail: keptText(run) };
  return run.kind === 'finetune' ? endedEarlyText(run, done) : null;
}

function endedEarlyText({ epochs, config, plan }: FinetunedRun, done: string): StatusText | null {
  if (epochs.length >= epochsOfAll(config, plan) || config.earlyStoppingPatience === null) return null;
  return {
    title: `Ended by itself after ${done}`,
    detail: `Validation F1 had not risen for ${formatCounted(config.earlyStoppingPatience, 'epoch')}, as early stopping asks.`,
  };
}
