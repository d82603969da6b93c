import type { RunRecord, RunStatus } from '../../shared/training.ts';
import { formatCounted } from '../../ui/format.ts';
import { keptWeights } from '../../ui/keptWeights.ts';

export interface StatusText {
  title: string;
  detail: string;
}

function keptText(run: RunRecord): string {
  const unfinished = run.bestEpoch === null;
  if (run.weightBytes === 0)
    return unfinished ? 'No epoch was finished; no weights were kept.' : 'Its weights were not kept.';
  const kept = unfinished
    ? `No epoch was finished: ${keptWeights(run)}`
    : `${sentence(keptWeights(run))}, the best until then,`;
  const measured = run.test ? '; the figures are theirs' : '';
  return `${kept} are kept and can be used${measured}.`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
  const done = `${formatCounted(run.epochs.length, 'epoch')} of ${run.config.epochs}`;
  return run.status === 'finished' ? finishedText(run, done) : unfinished[run.status](run, done);
}

function finishedText(run: RunRecord, done: string): StatusText | null {
  if (run.test === null) return { title: 'This run was not measured on test rows', detail: keptText(run) };
  if (run.epochs.length >= run.config.epochs || run.config.earlyStoppingPatience === null) return null;
  return {
    title: `Ended by itself after ${done}`,
    detail: `Validation F1 had not risen for ${formatCounted(run.config.earlyStoppingPatience, 'epoch')}, as early stopping asks.`,
  };
}
