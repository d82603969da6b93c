/** Chosen runs laid over each other: their curves, and what differs between them. */
import { Button, Group, Text } from '@mantine/core';
import { memo, useMemo, useState } from 'react';
import type { EpochRecord, FinetunedRun, RunRecord } from '../../shared/training.ts';
import { epochsOfAll } from '../../shared/epochs.ts';
import { formatFigure } from '../../ui/format.ts';
import { LineChart } from '../../ui/LineChart.tsx';
import type { LinePoint, LineSeries } from '../../ui/lineGeometry.ts';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { ComparedLabels } from './ComparedLabels.tsx';
import { comparedFigures, differingSettings, type ComparedRow } from './compareRuns.ts';
import { RunHeads } from './RunHeads.tsx';
import { SameRowsPanel } from './SameRowsPanel.tsx';
import { runStyle, smoothTrainLoss } from './series.ts';
import { formatEpoch } from './TrainingCharts.tsx';
import classes from './TrainScreen.module.css';

export interface RunComparisonProps {
  /** In the order they were chosen. */
  runs: RunRecord[];
  onClear: () => void;
}

function overlaid(runs: readonly (FinetunedRun | null)[], points: (run: FinetunedRun) => LinePoint[]): LineSeries[] {
  return runs.flatMap((run, i) =>
    run ? [{ id: run.id, name: run.name, points: points(run), starts: run.memberStarts, ...runStyle(i) }] : [],
  );
}

const overEpochs =
  (figure: (record: EpochRecord) => number) =>
  (run: FinetunedRun): LinePoint[] =>
    run.epochs.map((record) => ({ x: record.epoch, y: figure(record) }));

const trainLoss = (run: FinetunedRun): LinePoint[] =>
  smoothTrainLoss({
    ...run,
    stepsPerEpoch: Math.max(1, run.plan.totalSteps / epochsOfAll(run.config, run.plan)),
  });

const pictures = [
  { title: 'Training loss', points: trainLoss, bounded: false },
  { title: 'Validation loss', points: overEpochs((record) => record.validationLoss), bounded: false },
  { title: 'Micro-F1 on validation rows', points: overEpochs((record) => record.microF1), bounded: true },
  { title: 'Macro-F1 on validation rows', points: overEpochs((record) => record.macroF1), bounded: true },
];

const unit = [0, 1] as const;
const three = (figure: number): string => formatFigure(figure);

/** Drawn anew only when other runs are chosen. @see RunComparisonProps */
export const RunComparison = memo(function RunComparison({ runs, onClear }: RunComparisonProps) {
  const [hover, setHover] = useState<number | null>(null);
  const [highlight, setHighlight] = useState<string | null>(null);
  // Each keeps its place among all runs, and so its colour in the table below.
  const finetuned = useMemo(() => runs.map((run) => (run.kind === 'finetune' ? run : null)), [runs]);
  const withCurves = finetuned.some((run) => run !== null);
  const charts = useMemo(
    () => pictures.map(({ title, points, bounded }) => ({ title, bounded, series: overlaid(finetuned, points) })),
    [finetuned],
  );
  const xDomain = useMemo(
    () => [0, Math.max(1, ...finetuned.map((run) => (run ? epochsOfAll(run.config, run.plan) : 0)))] as const,
    [finetuned],
  );
  return (
    <section className={classes.comparison} aria-label="Comparison">
      <Group justify="space-between">
        <h2>{runs.length === 1 ? runs[0].name : `${runs.length} runs beside each other`}</h2>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onClear}>
          Clear
        </Button>
      </Group>
      {runs.length === 1 && (
        <Text size="sm" c="var(--muted)">
          Tick another run to lay it beside this one.
        </Text>
      )}
      {withCurves && (
        <div className={classes.charts}>
          {charts.map(({ title, series, bounded }) => (
            <div key={title} className={classes.panel}>
              <LineChart
                {...{ title, series, xDomain, hover, highlight }}
                {...(bounded ? { yDomain: unit } : {})}
                xName="epoch"
                xStep={1}
                formatX={formatEpoch}
                formatY={three}
                onHover={setHover}
                onHighlight={setHighlight}
              />
            </div>
          ))}
        </div>
      )}
      {runs.length > 1 && <ComparisonTable runs={runs} />}
      {runs.length > 1 && <ComparedLabels runs={runs} />}
      {runs.length > 1 && <SameRowsPanel key={runs.map(({ id }) => id).join()} runs={runs} />}
    </section>
  );
});

function ComparisonTable({ runs }: { runs: RunRecord[] }) {
  const settings = differingSettings(runs);
  return (
    <div className={classes.panel}>
      <ScrollRegion label="Comparison table" className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <RunHeads runs={runs} />
            </tr>
          </thead>
          <tbody>
            <Rows rows={comparedFigures(runs)} runs={runs} />
            <tr>
              <th scope="colgroup" colSpan={runs.length + 1} className={classes.tableGroup}>
                {settings.length === 0 ? 'All settings are the same' : 'Settings that differ'}
              </th>
            </tr>
            <Rows rows={settings} runs={runs} />
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}

function Rows({ rows, runs }: { rows: ComparedRow[]; runs: RunRecord[] }) {
  return rows.map((row) => (
    <tr key={row.name}>
      <th scope="row">{row.name}</th>
      {runs.map((run, i) => (
        <td key={run.id}>{row.values[i]}</td>
      ))}
    </tr>
  ));
}
