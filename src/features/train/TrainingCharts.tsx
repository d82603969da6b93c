/** The four pictures of a training. They share x (epochs), the crosshair and the label that stands out. */
import { useThrottledValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { EpochRecord, StepRecord } from '../../shared/training.ts';
import { formatFigure, formatSmall } from '../../ui/format.ts';
import { LineChart } from '../../ui/LineChart.tsx';
import { labelSeries, learningRateSeries, lossSeries, scoreSeries } from './series.ts';
import classes from './TrainScreen.module.css';

export interface TrainingChartsProps {
  steps: readonly StepRecord[];
  epochs: readonly EpochRecord[];
  /** Null before the plan is known: the axes then show one epoch. */
  stepsPerEpoch: number | null;
  plannedEpochs: number;
  labelNames: readonly string[];
  bestEpoch: number | null;
  /** Epochs after which another model begins, where several are averaged. */
  memberStarts: readonly number[];
  /** Highest learning rate of the schedule: the scale of its picture. */
  peakRate: number;
}

const unit = [0, 1] as const;
const three = (figure: number): string => formatFigure(figure);

/** Where a run is, as its charts say it: whole epochs plainly, steps between them with two digits. */
export function formatEpoch(epoch: number): string {
  return Number.isInteger(epoch) ? String(epoch) : epoch.toFixed(2);
}

/** Milliseconds between two drawings of a live run: reports come up to ten times a second, which no eye follows. */
const drawEvery = 500;

/** The records as the charts draw them: at most twice a second, the last ones always. */
function useDrawnRecords({ steps, epochs, stepsPerEpoch, bestEpoch, memberStarts }: TrainingChartsProps) {
  const records = useMemo(
    () => ({ steps, epochs, stepsPerEpoch: stepsPerEpoch ?? 1, bestEpoch, memberStarts }),
    [steps, epochs, stepsPerEpoch, bestEpoch, memberStarts],
  );
  return useThrottledValue(records, drawEvery);
}

/** @see TrainingChartsProps */
export function TrainingCharts(props: TrainingChartsProps) {
  const { plannedEpochs, labelNames, peakRate } = props;
  const { steps, epochs, stepsPerEpoch, bestEpoch, memberStarts } = useDrawnRecords(props);
  const [hover, setHover] = useState<number | null>(null);
  const byStep = useMemo(
    () => ({ steps, epochs, stepsPerEpoch, memberStarts }),
    [steps, epochs, stepsPerEpoch, memberStarts],
  );
  // Only with a new epoch: these lines do not change with every report of steps.
  const byEpoch = useMemo(
    () => ({ steps: [], epochs, stepsPerEpoch, memberStarts }),
    [epochs, stepsPerEpoch, memberStarts],
  );
  const loss = useMemo(() => lossSeries(byStep), [byStep]);
  const rate = useMemo(() => learningRateSeries(byStep), [byStep]);
  const scores = useMemo(() => scoreSeries(byEpoch), [byEpoch]);
  const labels = useMemo(() => labelSeries(byEpoch, labelNames), [byEpoch, labelNames]);

  const xDomain = useMemo(() => [0, Math.max(1, plannedEpochs)] as const, [plannedEpochs]);
  const rateDomain = useMemo(() => [0, peakRate] as const, [peakRate]);
  const marker = useMemo(
    () => (bestEpoch === null ? null : { x: bestEpoch, label: `kept: epoch ${bestEpoch}` }),
    [bestEpoch],
  );
  const parts = useMemo(() => memberStarts.map((x, i) => ({ x, label: `model ${i + 2}` })), [memberStarts]);
  const shared = {
    xDomain,
    xName: 'epoch',
    xStep: 1,
    formatX: formatEpoch,
    hover,
    onHover: setHover,
    marker,
    parts,
    height: 248,
  };
  return (
    <div className={classes.charts}>
      <div className={classes.panel}>
        <LineChart
          {...shared}
          title="Loss"
          series={loss}
          formatY={three}
          waiting="The first steps draw the first line"
        />
      </div>
      <div className={classes.panel}>
        <LineChart
          {...shared}
          title="F1 on validation rows"
          series={scores}
          yDomain={unit}
          formatY={three}
          waiting="The first figures come after the first epoch"
        />
      </div>
      <div className={classes.panel}>
        <LineChart
          {...shared}
          title="F1 of each label"
          series={labels}
          yDomain={unit}
          formatY={three}
          waiting="The first figures come after the first epoch"
        />
      </div>
      <div className={classes.panel}>
        <LineChart
          {...shared}
          title="Learning rate"
          series={rate}
          yDomain={rateDomain}
          formatY={formatSmall}
          formatTickY={formatSmall}
          waiting="The first steps draw the first line"
        />
      </div>
    </div>
  );
}
