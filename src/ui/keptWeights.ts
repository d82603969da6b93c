/** Which weights of a run are kept, in words: the same on every screen. */
import type { FinetunedRun } from '../shared/training.ts';
import { formatCount } from './format.ts';

/** "the weights of epoch 3", "the weights of 3 models, whose answers are averaged"; for a run that was stopped before its first epoch ended, "the weights as they stood after step 12". */
export function keptWeights(run: Pick<FinetunedRun, 'bestEpoch' | 'steps' | 'members'>): string {
  if (run.members > 1) return `the weights of ${formatCount(run.members)} models, whose answers are averaged`;
  if (run.bestEpoch !== null) return `the weights of epoch ${formatCount(run.bestEpoch)}`;
  // Steps are reported a few times a second: the last one reported may not be the last one made.
  const last = run.steps.at(-1);
  return last
    ? `the weights as they stood after about step ${formatCount(last.step)}`
    : 'the weights as they stood at its first steps';
}
