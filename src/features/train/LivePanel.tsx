/** A training that runs: how far it is, how well it does, and the buttons to hold or end it. */
import { Alert, Button, Group, Progress, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { Info, Pause, Play, Square } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { LiveFolds, LiveRun } from '../../shared/live.ts';
import { figureOf, type EpochRecord, type TrainingConfig } from '../../shared/training.ts';
import { formatCount, formatCounted, formatFigure, formatPercent, formatSmall } from '../../ui/format.ts';
import { FoldTable } from '../../ui/FoldTable.tsx';
import {
  foldText,
  plannedEpochs,
  plannedFolds,
  refusing,
  runActivity,
  runControls,
  runFraction,
  searchText,
} from '../../ui/RunProgress.tsx';
import { Stat, StatRow } from '../../ui/Stat.tsx';
import { ClassicalLive } from './ClassicalLive.tsx';
import { SearchTable } from './SearchTable.tsx';
import { TrainingCharts } from './TrainingCharts.tsx';
import classes from './TrainScreen.module.css';

export interface LivePanelProps {
  live: LiveRun;
  config: TrainingConfig;
  /** Those of the table, until the plan has come: they keep the room for the names in the charts. */
  labelNames: readonly string[];
  onPause: () => void;
  onResume: () => void;
  onStop: () => void;
}

const statusNames: Record<LiveRun['status'], string> = {
  preparing: 'Preparing',
  running: 'Training',
  paused: 'Paused',
  stopping: 'Stopping',
  finishing: 'Finishing',
};

/** @see LivePanelProps */
export function LivePanel({ live, config: chosen, labelNames, onPause, onResume, onStop }: LivePanelProps) {
  const config = live.search?.current ? { ...chosen, ...live.search.current.settings } : chosen;
  const heading = useRef<HTMLHeadingElement>(null);
  // The Train button that had the focus is gone.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const fraction = runFraction(live);
  return (
    <>
      <section className={classes.panel} aria-label={`${live.name}, progress`}>
        <Group justify="space-between" gap="md">
          <h2 ref={heading} tabIndex={-1} className={classes.liveName}>
            <span className={classes.status} data-status={live.status}>
              {live.search && live.status === 'running' ? 'Searching' : statusNames[live.status]}
            </span>
            {live.name}
          </h2>
          <Controls live={live} onPause={onPause} onResume={onResume} onStop={onStop} />
        </Group>
        <div className={classes.progress}>
          <Progress.Root size={10} radius="sm">
            <Progress.Section
              value={fraction === null ? 100 : fraction * 100}
              striped={fraction === null}
              animated={fraction === null}
              color="var(--accent)"
              aria-label="Training progress"
              aria-valuetext={fraction === null ? runActivity(live) : formatPercent(fraction)}
            />
          </Progress.Root>
          <Group justify="space-between" gap="md" className={classes.progressText}>
            <span>{runActivity(live)}</span>
            <span className="tabular">{fraction === null ? '' : formatPercent(fraction)}</span>
          </Group>
        </div>
        {live.method === 'finetune' && <LiveStats live={live} config={config} />}
        <VisuallyHidden component="output">{news(live)}</VisuallyHidden>
      </section>
      {live.notices.map((notice) => (
        <Alert key={notice} variant="light" color="yellow" icon={<Info size={18} />} className={classes.notice}>
          {notice}
        </Alert>
      ))}
      {live.search && (
        <div className={classes.panel}>
          <SearchTable {...live.search} trials={live.search.done} figure={figureOf(chosen)} />
        </div>
      )}
      {live.crossValidation && <Folds folds={live.crossValidation} />}
      {live.method === 'classical' ? (
        <ClassicalLive live={live} labelNames={live.plan?.labelNames ?? labelNames} />
      ) : (
        <TrainingCharts
          steps={live.steps}
          epochs={live.epochs}
          stepsPerEpoch={live.plan?.stepsPerEpoch ?? null}
          plannedEpochs={plannedEpochs(live) ?? config.epochs}
          labelNames={live.plan?.labelNames ?? labelNames}
          // Of several models each has its own.
          bestEpoch={live.member ? null : live.bestEpoch}
          memberStarts={live.memberStarts}
          peakRate={config.learningRate}
        />
      )}
    </>
  );
}

function Folds({ folds }: { folds: LiveFolds }) {
  const best = folds.done.reduce<number | null>((most, { test }) => Math.max(most ?? 0, test.microF1), null);
  return (
    <section className={classes.panel} aria-label="Cross-validation">
      <Group justify="space-between" gap="md" mb="sm">
        <strong>{foldText(folds) || 'Folds'}</strong>
        <Text size="sm" c="var(--muted)" className="tabular">
          {formatCount(folds.done.length)} of {formatCount(plannedFolds(folds))} done
          {best !== null && `, best micro-F1 ${formatFigure(best)}`}
        </Text>
      </Group>
      <FoldTable folds={folds.done} planned={folds} current={folds.current} />
    </section>
  );
}

/** Said to screen readers once a fold, an epoch or a label, not at every step. */
function news(live: LiveRun): string {
  if (live.crossValidation) return foldText(live.crossValidation);
  if (live.search) return searchText(live.search);
  if (live.method === 'classical') return `${formatCounted(live.chosen.length, 'label')} decided`;
  const last = live.epochs.at(-1);
  if (!last) return '';
  return `Epoch ${last.epoch} is done: micro-F1 ${formatFigure(last.microF1, 2)} on validation rows`;
}

function Controls({ live, onPause, onResume, onStop }: Omit<LivePanelProps, 'config' | 'labelNames'>) {
  const { pause, stop, stopText } = runControls(live);
  const paused = live.status === 'paused';
  const toggle = paused ? onResume : onPause;
  const size = 16;
  return (
    <Group gap="xs" className={classes.controls}>
      <Tooltip label={pause} disabled={pause === null}>
        <Button
          variant="default"
          miw={128}
          {...refusing(pause)}
          leftSection={paused ? <Play size={size} aria-hidden="true" /> : <Pause size={size} aria-hidden="true" />}
          onClick={pause === null ? toggle : undefined}
        >
          {paused ? 'Resume' : 'Pause'}
        </Button>
      </Tooltip>
      <Tooltip label={stop} disabled={stop === null}>
        <Button
          variant="default"
          miw={272}
          {...refusing(stop)}
          leftSection={<Square size={size} aria-hidden="true" />}
          onClick={stop === null ? onStop : undefined}
        >
          {stopText}
        </Button>
      </Tooltip>
    </Group>
  );
}

function bestRecord(live: LiveRun): EpochRecord | undefined {
  return live.epochs.find((record) => record.epoch === live.bestEpoch);
}

function LiveStats({ live, config }: { live: LiveRun; config: TrainingConfig }) {
  const step = live.steps.at(-1);
  const latest = config.bestBy === 'last' || live.member !== null;
  const shown = latest ? live.epochs.at(-1) : bestRecord(live);
  const figure = figureOf(config);
  const epochs = plannedEpochs(live) ?? config.epochs;
  return (
    <StatRow>
      <Stat
        label="Epoch"
        value={formatCount(step?.epoch ?? Number.NaN)}
        context={`of ${formatCount(epochs)}`}
        help="One epoch is one pass over all titles to learn from."
      />
      <Stat
        label="Step"
        value={formatCount(step?.step ?? Number.NaN)}
        context={live.plan ? `of ${formatCount(live.plan.totalSteps)}` : ''}
        help="One step is one correction of the weights, made from one batch of titles."
      />
      <Stat
        label="Speed"
        value={formatCount(step?.titlesPerSecond ?? Number.NaN)}
        context="titles a second"
        help="Titles read, corrected for and done, each second."
      />
      <Stat
        label="Training loss"
        value={formatFigure(step?.loss)}
        context={live.epochs.length > 0 ? `validation ${formatFigure(live.epochs.at(-1)?.validationLoss)}` : ''}
        help="How far the answers are from the labels; lower is better. When it falls on training rows but rises on validation rows, titles are being learnt by heart."
      />
      <Stat
        label="Learning rate"
        value={step ? formatSmall(step.learningRate) : '–'}
        context={`of ${formatSmall(config.learningRate)} at its peak`}
        help="The size of each correction; it rises in the warm-up and then follows the schedule."
      />
      <Stat
        label={latest ? figureNames[figure] : `Best ${figureNames[figure].replace('M', 'm')}`}
        value={formatFigure(shown?.[figure])}
        context={shown ? `in epoch ${shown.epoch}, on ${rowsText(live)}` : ''}
        help={keptHelp[live.member ? 'ofEach' : config.bestBy === 'last' ? 'last' : 'best']}
      />
    </StatRow>
  );
}

const figureNames = { microF1: 'Micro-F1', macroF1: 'Macro-F1' };

const keptHelp = {
  last: 'How well the validation rows are told, by what was learnt so far. The last epoch is the one that is kept.',
  ofEach:
    'How well this model tells the rows of its fold, which it does not learn. Each model keeps its last epoch, or its best one where Adjust says so; the answers of all are averaged.',
  best: 'The best epoch so far on validation rows: its weights are the ones that are kept.',
};

function rowsText(live: LiveRun): string {
  // A model among several is validated on its own.
  if (live.member) return 'its fold';
  return live.plan ? formatCounted(live.plan.validationRows, 'row') : 'validation rows';
}
