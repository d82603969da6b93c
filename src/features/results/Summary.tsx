/** The figures of a run on its test rows, each with its interval and what it is measured against. */
import { Text } from '@mantine/core';
import type { Evaluation } from '../../metrics/bootstrap.ts';
import { minimumSupport, type Interval, type SplitReport } from '../../shared/training.ts';
import { formatCount, formatCounted, formatFigure, formatShare } from '../../ui/format.ts';
import { BigFigure } from './BigFigure.tsx';
import classes from './ResultsScreen.module.css';

/** How sure the figures are, said by the micro-F1 interval. */
function sureness({ rows, microF1 }: SplitReport): string {
  return `With ${formatCounted(rows, 'title')} to test on, chance alone leaves it anywhere from ${formatFigure(microF1.low, 2)} to ${formatFigure(microF1.high, 2)}.`;
}

export interface SummaryProps {
  evaluation: Evaluation;
  labelRanking: Interval;
  /** False while rough intervals stand in. */
  settled: boolean;
  /** Some thresholds are not those that were chosen without the test rows. */
  moved: boolean;
}

/** The figures on the test rows and one sentence on them. */
export function Summary({ evaluation, labelRanking, moved, settled }: SummaryProps) {
  const { report, weightedF1, samplesF1, hammingLoss } = evaluation;
  const { microF1, macroF1, macroF1Supported, exactMatch, constantMicroF1 } = report;
  const floor = { value: constantMicroF1, name: 'best constant answer' };
  return (
    <section className={classes.panel} aria-label="Summary" aria-busy={!settled}>
      <p className={classes.sentence}>
        On {formatCounted(report.rows, 'title')} that it never saw, {formatShare(exactMatch.value, report.rows)} got
        exactly the right labels. Giving every title the same labels would reach micro-F1{' '}
        {formatFigure(constantMicroF1, 2)}; this model reaches {formatFigure(microF1.value, 2)}. {sureness(report)}
      </p>
      <div className={classes.figures}>
        <BigFigure
          name="Micro-F1"
          interval={microF1}
          floor={floor}
          help="Balance of precision and recall over all labels given, so common labels count more. 1 is perfect."
          context={`best constant answer ${formatFigure(constantMicroF1, 2)}`}
        />
        <BigFigure
          name="Macro-F1"
          interval={macroF1}
          help="Mean of the F1 of each label that occurs in the test rows, so a rare label counts as much as a common one."
          context={supportedText(macroF1Supported)}
        />
        <BigFigure
          name="Weighted F1"
          interval={weightedF1}
          help="Mean of the F1 of each label, each counting by the test rows that carry it."
          context="labels count by their rows"
        />
        <BigFigure
          name="Samples F1"
          interval={samplesF1}
          help="Mean over titles of the F1 of each title's own labels. A title that carries no label counts 0, even when it is rightly given none, as in scikit-learn."
          context={`${formatFigure(hammingLoss.value, 3)} of all yes-or-no decisions wrong (Hamming loss)`}
        />
        <BigFigure
          name="Label ranking"
          interval={labelRanking}
          help="Label ranking average precision: of the labels that score at least as high as one the title carries, the share that it carries too. Whatever the thresholds."
          context="average precision; whatever the thresholds"
        />
        <BigFigure
          name="Exact match"
          interval={exactMatch}
          help="Share of titles for which every label is right, none missed and none too many."
          context={`${formatCount(Math.round(exactMatch.value * report.rows))} of ${formatCounted(report.rows, 'title')}`}
        />
      </div>
      <Text size="xs" c="var(--muted)" mt="md" className={classes.bands}>
        Bands are 95 % bootstrap intervals: had other rows been kept aside, the figure would very likely be inside.
        {moved &&
          ' Some thresholds were moved by hand: if the test rows were looked at meanwhile, figures are optimistic.'}
      </Text>
    </section>
  );
}

function supportedText(macroF1: Interval | null): string {
  const left = `labels under ${minimumSupport} rows left out`;
  return macroF1 === null ? `${left}: not enough rows to say` : `${formatFigure(macroF1.value, 2)} with ${left}`;
}
