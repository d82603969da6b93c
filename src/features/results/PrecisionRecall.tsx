import { useMemo } from 'react';
import { formatCount, formatFigure } from '../../ui/format.ts';
import { labelStyle } from '../../ui/labelStyle.ts';
import { UnitChart } from '../../ui/UnitChart.tsx';
import { enoughRows, figuresAt, nearestStop, stopsOf, thresholdText, tooFew, type JudgedRows } from './labelCurves.ts';

export interface PrecisionRecallProps {
  name: string;
  label: number;
  threshold: number;
  chosen: number;
  judged: JudgedRows;
  onThreshold: (threshold: number) => void;
}

/** Precision over recall with the threshold on it, to be dragged. */
export function PrecisionRecall({ name, label, threshold, chosen, judged, onThreshold }: PrecisionRecallProps) {
  const stops = useMemo(() => (enoughRows(judged) ? stopsOf(judged) : []), [judged]);
  const place = (at: number) => {
    const { precision, recall } = figuresAt(judged, at);
    // Where nothing is given the label, the curve ends at precision 1 by convention.
    return { x: recall ?? 0, y: precision ?? 1 };
  };
  const here = place(threshold);
  const text = `${thresholdText(threshold)}: precision ${formatFigure(here.y, 2)}, recall ${formatFigure(here.x, 2)}`;
  return (
    <UnitChart
      title={`Precision and recall, ${judged.kind} rows`}
      xName="recall"
      yName="precision"
      colour={labelStyle(label).colour}
      curve={stops}
      rings={
        chosen === threshold
          ? []
          : [{ ...place(chosen), name: `chosen without the test rows: ${thresholdText(chosen)}` }]
      }
      handle={{
        ...here,
        name: `Threshold of ${name}`,
        text,
        stops,
        index: nearestStop(stops, threshold),
        onMove: (index) => onThreshold(stops[index].threshold),
      }}
      table={{
        columns: ['Threshold', 'Precision', 'Recall'],
        rows: stops.map((stop) => [thresholdText(stop.threshold), formatFigure(stop.y, 2), formatFigure(stop.x, 2)]),
      }}
      waiting={tooFew(judged, name)}
      note={`On ${formatCount(judged.rows)} ${judged.kind} rows, ${formatCount(judged.positives)} of which carry ${name}.`}
    />
  );
}
