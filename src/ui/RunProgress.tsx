/** The slim bar that stays in sight while a training runs, whatever screen is open. */
import { ActionIcon, Progress, Tooltip } from '@mantine/core';
import { Pause, Play, Square } from 'lucide-react';
import type { LiveFolds, LiveRun, LiveSearch } from '../shared/live.ts';
import { searchRounds } from '../shared/search.ts';
import { formatCounted, formatPercent, formatTimeLeft } from './format.ts';
import classes from './RunProgress.module.css';

export interface RunProgressProps {
  live: LiveRun;
  onPause: () => void;
  onResume: () => void;
  onStop: () => void;
}

/** Share of the work that is done, 0 to 1; null while it cannot be told. */
export function runFraction(live: LiveRun): number | null {
  const step = live.search?.current;
  if (step) return step.fraction + step.part * (live.plan === null ? 0 : (trainingFraction(live) ?? 0));
  const folds = live.crossValidation;
  if (folds === null || folds.current === null) return trainingFraction(live);
  return (folds.done.length + (betweenFolds(live) ? 0 : (trainingFraction(live) ?? 0))) / plannedFolds(folds);
}

export function plannedFolds({ folds, seeds }: LiveFolds): number {
  return folds * seeds.length;
}

/** The fold that was trained last is done, the next has not begun. */
function betweenFolds({ crossValidation }: LiveRun): boolean {
  const [current, last] = [crossValidation?.current, crossValidation?.done.at(-1)];
  return current?.seed === last?.seed && current?.fold === last?.fold;
}

/** Seconds until all is done; null while it cannot be told. */
export function runSecondsLeft(live: LiveRun): number | null {
  if (live.search) return searchSecondsLeft(live.search);
  const left =
    live.method === 'classical' || live.steps.length === 0
      ? live.secondsLeft
      : (live.steps.at(-1)?.secondsLeft ?? null);
  const folds = live.crossValidation;
  if (folds === null) return left;
  const { done } = folds;
  const fraction = trainingFraction(live) ?? 0;
  const ofOne =
    done.length > 0
      ? done.reduce((sum, { seconds }) => sum + seconds, 0) / done.length
      : left !== null && fraction < 1
        ? left / (1 - fraction)
        : null;
  if (ofOne === null) return null;
  const current = betweenFolds(live) ? 0 : (left ?? ofOne);
  const others = plannedFolds(folds) - done.length - (betweenFolds(live) ? 0 : 1);
  return current + ofOne * others;
}

/** By the trials that are done, the training that runs counted as not begun; null before the first is done. */
function searchSecondsLeft({ current, done }: LiveSearch): number | null {
  if (current === null || done.length === 0 || current.fraction === 0) return null;
  const seconds = done.reduce((sum, trial) => sum + trial.seconds, 0);
  return (seconds / current.fraction) * (1 - current.fraction);
}

/** "Trial 3 of 9, round 1 of 2"; with several folds "…, fold 2 of 3". */
export function searchText({ plan, current }: LiveSearch): string {
  if (current === null) return '';
  const rounds = searchRounds(plan).length;
  const round = rounds > 1 ? `, round ${current.round} of ${rounds}` : '';
  const fold = plan.folds > 1 ? `, fold ${current.fold} of ${plan.folds}` : '';
  return `Settings ${current.number} of ${plan.trials}${round}${fold}`;
}

/** The same of one training. */
function trainingFraction(live: LiveRun): number | null {
  const last = live.steps.at(-1);
  if (live.status === 'preparing' || live.status === 'finishing') return live.fraction;
  if (live.plan === null || live.plan.totalSteps === 0) return live.fraction;
  // Fold models come first, and tell how far they are.
  if (!last && live.fraction !== null) return live.fraction;
  const { totalSteps, stepsBefore = 0 } = live.plan;
  return Math.min(1, (stepsBefore + (last?.step ?? 0)) / (stepsBefore + totalSteps));
}

/** Epochs planned; at least the one that runs. */
export function plannedEpochs(live: LiveRun): number | null {
  if (live.plan === null || live.plan.stepsPerEpoch === 0) return null;
  return Math.max(1, Math.round(live.plan.totalSteps / live.plan.stepsPerEpoch));
}

/** What the run is doing, in a few words: "Paused", "Preparing: splitting rows", "1 min 20 s left". */
export function runActivity(live: LiveRun): string {
  if (live.status === 'preparing') return live.message ?? 'Preparing';
  if (live.status === 'finishing') return live.message ?? 'Finishing';
  if (live.status === 'stopping')
    return live.message === null ? 'Stopping after this step' : `Stopping. ${live.message}`;
  if (live.status === 'paused') return 'Paused';
  const time = formatTimeLeft(runSecondsLeft(live));
  const { method, message, crossValidation, member } = live;
  const what = [
    ...(crossValidation?.current ? [foldText(crossValidation)] : []),
    ...(member ? [memberText(member)] : []),
    ...(live.search?.current ? [searchText(live.search)] : []),
    ...((method === 'classical' || live.steps.length === 0) && message !== null ? [message] : []),
  ];
  return [...what, time].join(' · ');
}

/** "Fold 2 of 5"; with several seeds "Fold 2 of 5, seed 2 of 3". */
export function foldText({ folds, seeds, current }: LiveFolds): string {
  if (current === null) return '';
  const repeat = seeds.length > 1 ? `, seed ${seeds.indexOf(current.seed) + 1} of ${seeds.length}` : '';
  return `Fold ${current.fold} of ${folds}${repeat}`;
}

/** "Model 2 of 3" */
export function memberText({ number, of }: NonNullable<LiveRun['member']>): string {
  return `Model ${number} of ${of}`;
}

export interface RunControls {
  /** Why it cannot be paused now; null when it can. */
  pause: string | null;
  /** Why it cannot be stopped now; null when it can. */
  stop: string | null;
  /** What stopping does. */
  stopText: string;
}

/** What can be done with a run now. It can be stopped from the first moment; what is kept then depends on how far it came. */
export function runControls(live: LiveRun): RunControls {
  const stopText = stopTextOf(live);
  if (live.status === 'finishing') {
    const reason = 'All steps are done: the run is being measured and kept';
    return { pause: reason, stop: reason, stopText };
  }
  if (live.status === 'stopping') return { pause: 'It is stopping', stop: 'It is stopping', stopText };
  return { pause: live.status === 'preparing' ? 'There is nothing to pause yet' : null, stop: null, stopText };
}

function stopTextOf({ crossValidation, search, method, bestEpoch, member }: LiveRun): string {
  if (search)
    return search.done.length === 0 ? 'Stop the search' : `Stop and keep ${formatCounted(search.done.length, 'trial')}`;
  if (crossValidation) {
    const done = crossValidation.done.length;
    return done === 0 ? 'Stop' : `Stop and keep ${formatCounted(done, 'fold')}`;
  }
  if (method === 'classical') return 'Stop the search';
  // One that has not come to its end is not kept beside others.
  if (member && member.number > 1) return `Stop and keep ${formatCounted(member.number - 1, 'model')}`;
  return bestEpoch === null ? 'Stop training' : `Stop and keep epoch ${bestEpoch}`;
}

/** Attributes of a button that keeps the focus and can say why it does nothing; a `disabled` one shows no tooltip. */
export function refusing(reason: string | null): { 'data-disabled'?: true; 'aria-disabled'?: true } {
  return reason === null ? {} : { 'data-disabled': true, 'aria-disabled': true };
}

/** @see RunProgressProps */
export function RunProgress({ live, onPause, onResume, onStop }: RunProgressProps) {
  const fraction = runFraction(live);
  const epochs = plannedEpochs(live);
  const epoch = live.steps.at(-1)?.epoch ?? 1;
  const controls = runControls(live);
  const paused = live.status === 'paused';
  const toggle = paused ? onResume : onPause;
  return (
    <section className={classes.bar} aria-label={`Training ${live.name}`}>
      <Progress.Root size={4} radius={0} className={classes.progress}>
        <Progress.Section
          value={fraction === null ? 100 : fraction * 100}
          animated={fraction === null}
          striped={fraction === null}
          color="var(--accent)"
          aria-label={`Progress of ${live.name}`}
          aria-valuetext={fraction === null ? runActivity(live) : formatPercent(fraction)}
        />
      </Progress.Root>
      <span className={classes.name} title={live.name}>
        {live.name}
      </span>
      <span className={`${classes.facts} tabular`}>
        {epochs !== null && live.crossValidation === null && live.search === null && live.status !== 'finishing' && (
          <span>
            epoch {epoch} of {epochs}
          </span>
        )}
        {fraction !== null && live.status !== 'preparing' && <span>{formatPercent(fraction)}</span>}
        <span className={classes.activity}>{runActivity(live)}</span>
      </span>
      <span className={classes.buttons}>
        <Tooltip label={controls.pause ?? (paused ? 'Resume' : 'Pause')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            {...refusing(controls.pause)}
            aria-label={paused ? 'Resume training' : 'Pause training'}
            onClick={controls.pause === null ? toggle : undefined}
          >
            {paused ? <Play size={16} /> : <Pause size={16} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label={controls.stop ?? controls.stopText}>
          <ActionIcon
            variant="subtle"
            color="gray"
            {...refusing(controls.stop)}
            aria-label={controls.stopText}
            onClick={controls.stop === null ? onStop : undefined}
          >
            <Square size={16} />
          </ActionIcon>
        </Tooltip>
      </span>
    </section>
  );
}
