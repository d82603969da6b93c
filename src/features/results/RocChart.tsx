import { useMemo } from 'react';
import type { LabelRanking } from '../../metrics/rankingReport.ts';
import { rank, rocCurve } from '../../metrics/ranking.ts';
import { formatFigure, formatInterval } from '../../ui/format.ts';
import { labelStyle } from '../../ui/labelStyle.ts';
import { UnitChart } from '../../ui/UnitChart.tsx';
import { thinned } from '../../ui/unitGeometry.ts';
import { enoughRows, figuresAt, thresholdText, tooFew, type LabelRows } from './labelCurves.ts';

export interface RocChartProps {
  name: string;
  label: number;
  threshold: number;
  /** The test rows. */
  rows: LabelRows & { kind: 'test' };
  ranking: LabelRanking;
}

/** Of the titles with the label the share that is given it, over that of those without. */
export function RocChart({ name, label, threshold, rows, ranking }: RocChartProps) {
  const points = useMemo(() => {
    const curve = enoughRows(rows) ? rocCurve(rank(rows.actual, rows.probabilities)) : null;
    if (curve === null) return [];
    const { falsePositiveRate, truePositiveRate, thresholds } = curve;
    const all = falsePositiveRate.map((x, i) => ({ x, y: truePositiveRate[i], threshold: thresholds[i] }));
    return thinned(all, 0.004).map((i) => all[i]);
  }, [rows]);
  const { fp, recall } = figuresAt(rows, threshold);
  const here = { x: fp / Math.max(1, rows.rows - rows.positives), y: recall ?? 0 };
  return (
    <UnitChart
      title="ROC curve, test rows"
      xName="false positive rate"
      yName="true positive rate"
      colour={labelStyle(label).colour}
      curve={points}
      diagonal={points.length > 0 ? 'chance' : undefined}
      rings={[{ ...here, name: `threshold ${thresholdText(threshold)}` }]}
      table={{
        columns: ['Score at least', 'False positive rate', 'True positive rate'],
        rows: points.map((point) => [
          Number.isFinite(point.threshold) ? formatFigure(point.threshold, 4) : 'none',
          formatFigure(point.x, 3),
          formatFigure(point.y, 3),
        ]),
      }}
      waiting={tooFew(rows, name)}
      note={
        ranking.rocAuc && ranking.averagePrecision
          ? `ROC-AUC ${formatInterval(ranking.rocAuc)}; average precision ${formatInterval(ranking.averagePrecision)}. The ring is the threshold.`
          : 'ROC-AUC: not enough rows to say.'
      }
    />
  );
}
