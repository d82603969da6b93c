/** The slim bar that stays in sight while a training runs, whatever screen is open. */
import { ActionIcon, Progress, Tooltip } from '@mantine/core';
import { Pause, Play, Square } from 'lucide-react';
import type { LiveRun } from '../shared/live.ts';
import { formatPercent, formatTimeLeft } from './format.ts';
import classes from './RunProgress.module.css';

export interface RunProgressProps {
  live: LiveRun;
  onPause: () => void;
  onResume: () => void;
  onStop: () => void;
}

/** Share of the steps that are done, 0 to 1; null while it cannot be told. */
export function runFraction(live: LiveRun): number | null {
  const last = live.steps.at(-1);
  if (live.status === 'preparing' || live.status === 'finishing') return live.fraction;
  if (live.plan === null || live.plan.totalSteps === 0) return live.fraction;
  return Math.min(1, (last?.step ?? 0) / live.plan.totalSteps);
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
  if (live.status === 'stopping') return 'Stopping after this step';
  if (live.status === 'paused') return 'Paused';
  return formatTimeLeft(live.steps.at(-1)?.secondsLeft ?? null);
}

/** @see RunProgressProps */
export function RunProgress({ live, onPause, onResume, onStop }: RunProgressProps) {
  const fraction = runFraction(live);
  const epochs = plannedEpochs(live);
  const epoch = live.steps.at(-1)?.epoch ?? 1;
  const stoppable = live.status === 'running' || live.status === 'paused';
  const paused = live.status === 'paused';
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
        {epochs !== null && live.status !== 'finishing' && (
          <span>
            epoch {epoch} of {epochs}
          </span>
        )}
        {fraction !== null && live.status !== 'preparing' && <span>{formatPercent(fraction)}</span>}
        <span className={classes.activity}>{runActivity(live)}</span>
      </span>
      <span className={classes.buttons}>
        <Tooltip label={paused ? 'Resume' : 'Pause'}>
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={!stoppable}
            aria-label={paused ? 'Resume training' : 'Pause training'}
            onClick={paused ? onResume : onPause}
          >
            {paused ? <Play size={16} /> : <Pause size={16} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Stop and keep the best epoch">
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={!stoppable}
            aria-label="Stop training and keep the best epoch"
            onClick={onStop}
          >
            <Square size={16} />
          </ActionIcon>
        </Tooltip>
      </span>
    </section>
  );
}
