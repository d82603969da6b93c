/** One label closely: its threshold on the precision-recall curve, what a mistake may cost, how well it ranks, what its probabilities mean. */
import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import type { LabelRanking } from '../../metrics/rankingReport.ts';
import type { ScoredRows } from '../../shared/training.ts';
import { formatCount } from '../../ui/format.ts';
import { Calibration } from './Calibration.tsx';
import { labelRows, type JudgedRows, type Split } from './labelCurves.ts';
import classes from './OneLabel.module.css';
import { PrecisionRecall } from './PrecisionRecall.tsx';
import { RocChart } from './RocChart.tsx';
import { ThresholdPanel } from './ThresholdPanel.tsx';

export interface OneLabelProps {
  label: number;
  labelNames: string[];
  onLabel: (label: number) => void;
  threshold: number;
  /** As chosen without the test rows. */
  chosen: number;
  onThreshold: (threshold: number) => void;
  onReset: () => void;
  /** Null in runs of earlier versions: the test rows stand in. */
  validation: ScoredRows | null;
  test: Split;
  /** Its figures on the test rows. */
  ranking: LabelRanking;
}

/** @see OneLabelProps */
export function OneLabel(props: OneLabelProps) {
  const { label, labelNames, onLabel, threshold, chosen, validation, test, ranking } = props;
  const labels = labelNames.length;
  const name = labelNames[label];
  const onTest = useMemo(
    () => ({ ...labelRows(test, labels, label), kind: 'test' as const, split: test }),
    [test, labels, label],
  );
  const judged = useMemo(
    (): JudgedRows =>
      validation ? { ...labelRows(validation, labels, label), kind: 'validation', split: validation } : onTest,
    [validation, onTest, labels, label],
  );
  const shared = { name, label, threshold };
  return (
    <section className={classes.panel} aria-labelledby="one-label">
      <div className={classes.head}>
        <h2 id="one-label">One label closely</h2>
        <NativeSelect
          aria-label="Label to look at"
          value={label}
          data={labelNames.map((text, i) => ({ value: String(i), label: text }))}
          onChange={(event) => onLabel(Number(event.currentTarget.value))}
        />
      </div>
      <p className={classes.lead}>{sourceText(judged)}</p>
      <div className={classes.grid}>
        <PrecisionRecall {...shared} judged={judged} chosen={chosen} onThreshold={props.onThreshold} />
        <ThresholdPanel
          // Typed digits and costs of one label mean nothing for the next.
          key={label}
          {...shared}
          {...{ judged, onTest, chosen, labels }}
          onThreshold={props.onThreshold}
          onReset={props.onReset}
        />
        <RocChart {...shared} rows={onTest} ranking={ranking} />
        <Calibration {...shared} rows={onTest} ranking={ranking} />
      </div>
    </section>
  );
}

function sourceText({ kind, rows }: JudgedRows): string {
  const follow = 'Everything on this page follows, and Predict and the download go by it.';
  return kind === 'validation'
    ? `Drag the point: it is the threshold, on the ${formatCount(rows)} validation rows, which the model that answers them has not learnt. ${follow} A threshold that is moved by looking at the test rows makes the test figures optimistic; the curve is safe to look at.`
    : `Drag the point: it is the threshold. ${follow} This run kept no answers on its validation rows, so the curve is drawn on the test rows themselves: a threshold that is moved by it makes the test figures optimistic.`;
}
