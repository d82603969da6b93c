import { useMemo } from 'react';
import { calibrationCurve, type CalibrationBin } from '../../metrics/calibration.ts';
import { calibrationBins, type LabelRanking } from '../../metrics/rankingReport.ts';
import { wilson } from '../../metrics/resample.ts';
import { formatCount, formatFigure, formatInterval } from '../../ui/format.ts';
import { labelStyle } from '../../ui/labelStyle.ts';
import { UnitChart } from '../../ui/UnitChart.tsx';
import { enoughRows, tooFew, type LabelRows } from './labelCurves.ts';

export interface CalibrationProps {
  name: string;
  label: number;
  /** The test rows. */
  rows: LabelRows & { kind: 'test' };
  ranking: LabelRanking;
}

/** Whether titles that are given a probability of 0.7 carry the label 70 times in 100. */
export function Calibration({ name, label, rows, ranking }: CalibrationProps) {
  const bins = useMemo(
    () => (enoughRows(rows) ? calibrationCurve(rows.actual, rows.probabilities, calibrationBins, 'uniform') : []),
    [rows],
  );
  return (
    <UnitChart
      title="Calibration, test rows"
      xName="probability given"
      yName="share that carries it"
      colour={labelStyle(label).colour}
      curve={bins.map((bin) => ({ x: bin.predicted, y: bin.observed }))}
      dots
      diagonal={bins.length > 0 ? 'perfect' : undefined}
      table={{
        columns: ['Probability', 'Rows', 'Mean given', 'Carry it', '95 % interval'],
        rows: bins.map(binRow),
      }}
      waiting={tooFew(rows, name)}
      note={
        ranking.calibrationError && ranking.brier
          ? `Expected calibration error ${formatInterval(ranking.calibrationError)}: how far dots are from the line, by their rows; chance alone keeps it above 0. Brier score ${formatInterval(ranking.brier)}.`
          : 'Expected calibration error: not enough rows to say.'
      }
    />
  );
}

function binRow({ from, to, rows, positives, predicted, observed }: CalibrationBin): (string | number)[] {
  const [low, high] = wilson(positives, rows);
  return [
    `${formatFigure(from, 1)} to ${formatFigure(to, 1)}`,
    formatCount(rows),
    formatFigure(predicted, 2),
    formatFigure(observed, 2),
    `${formatFigure(low, 2)} to ${formatFigure(high, 2)}`,
  ];
}
