/** What a cross-validation came to: figures of all rows together, the folds one by one, each label, every title that was answered wrongly. */
import { Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { minimumSupport, type CrossValidatedRun, type LabelReport, type TestRow } from '../../shared/training.ts';
import { FoldTable } from '../../ui/FoldTable.tsx';
import { formatCount, formatCounted, formatFigure, formatInterval, formatShare } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { BigFigure } from './BigFigure.tsx';
import { F1Cell } from './F1Cell.tsx';
import { noFilter, outcomesOf, wrongOutcomes, type WrongFilter } from './outcomes.ts';
import classes from './ResultsScreen.module.css';
import { WrongTitles } from './WrongTitles.tsx';

export interface CrossValidatedProps {
  run: CrossValidatedRun;
  test: NonNullable<CrossValidatedRun['test']>;
}

/** @see CrossValidatedProps */
export function CrossValidated({ run, test }: CrossValidatedProps) {
  const [filter, setFilter] = useState<WrongFilter>(noFilter);
  const { labelNames } = run.data;
  const wrong = useMemo(() => wrongInFolds(run, test.rows), [run, test.rows]);
  return (
    <>
      <Figures run={run} test={test} />
      <section className={classes.panel} aria-labelledby="fold-by-fold">
        <h2 id="fold-by-fold">Fold by fold</h2>
        <p className={classes.note}>
          Each fold’s model was trained from the start on the other folds, with its epoch and thresholds chosen there.
          The mean is over folds, ± their standard deviation; the figures above are over all rows together.
        </p>
        <FoldTable folds={run.folds} planned={run.crossValidation} current={null} ended />
      </section>
      <Labels labels={test.report.perLabel} />
      <WrongTitles
        wrong={wrong}
        rows={test.rows.length}
        labelNames={labelNames}
        filter={filter}
        onFilter={setFilter}
        nearTitles={null}
      />
    </>
  );
}

/** Every row at the thresholds of the fold it was in. */
function wrongInFolds(run: CrossValidatedRun, rows: readonly TestRow[]) {
  const outcomes = run.folds.flatMap(({ thresholds }, fold) =>
    outcomesOf(
      rows.filter((row) => row.fold === fold),
      thresholds,
    ),
  );
  return wrongOutcomes(outcomes);
}

function Figures({ run, test }: CrossValidatedProps) {
  const { report } = test;
  const { folds, seeds } = run.crossValidation;
  const several = new Set(run.folds.map(({ seed }) => seed)).size > 1;
  return (
    <section className={classes.panel} aria-label="Summary">
      <p className={classes.sentence}>
        {formatCounted(Math.round(report.rows), 'title')}, each answered by a model that has not seen it:{' '}
        {formatShare(report.exactMatch.value, report.rows)} got exactly the right labels. Giving every title the same
        labels would reach micro-F1 {formatFigure(report.constantMicroF1, 2)}; this recipe reaches{' '}
        {formatFigure(report.microF1.value, 2)}.
      </p>
      <div className={classes.figures}>
        <BigFigure
          name="Micro-F1"
          interval={report.microF1}
          floor={{ value: report.constantMicroF1, name: 'best constant answer' }}
          help="Balance of precision and recall over all labels given, so common labels count more. 1 is perfect."
          context={`best constant answer ${formatFigure(report.constantMicroF1, 2)}`}
        />
        <BigFigure
          name="Macro-F1"
          interval={report.macroF1}
          help="Mean of the F1 of each label, so a rare label counts as much as a common one."
          context={
            report.macroF1Supported === null
              ? `no label has ${minimumSupport} rows`
              : `${formatFigure(report.macroF1Supported.value, 2)} with labels under ${minimumSupport} rows left out`
          }
        />
        <BigFigure
          name="Exact match"
          interval={report.exactMatch}
          help="Share of titles for which every label is right, none missed and none too many."
          context={`${formatCount(Math.round(report.exactMatch.value * report.rows))} of ${formatCounted(Math.round(report.rows), 'title')}`}
        />
      </div>
      <Text size="xs" c="var(--muted)" mt="md">
        Bands are 95 % bootstrap intervals over titles, near duplicates drawn together.
        {several &&
          ` Figures and bands are means over ${formatCount(seeds.length)} seeds; titles below are those of seed ${seeds[0]}.`}
        {run.folds.length < folds &&
          ` Done were ${run.folds.length} of ${folds} folds: titles of the others are not counted.`}
      </Text>
    </section>
  );
}

function Labels({ labels }: { labels: LabelReport[] }) {
  return (
    <section className={classes.panel} aria-labelledby="per-label">
      <h2 id="per-label">Label by label</h2>
      <div className={classes.scroll}>
        <table className={classes.labels}>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col" className={classes.wide}>
                F1
              </th>
              <th scope="col" className={classes.number}>
                Precision
              </th>
              <th scope="col" className={classes.number}>
                Recall
              </th>
              <th scope="col" className={classes.number}>
                Rows
              </th>
              <th scope="col" className={classes.number}>
                Given
              </th>
            </tr>
          </thead>
          <tbody>
            {labels.map((label, i) => (
              <tr key={label.name}>
                <th scope="row">
                  <LabelChip name={label.name} index={i} quiet />
                </th>
                <LabelFigures label={label} index={i} />
                <td className={classes.number}>{formatCount(Math.round(label.support))}</td>
                <td className={classes.number}>{formatCount(Math.round(label.predicted))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function LabelFigures({ label, index }: { label: LabelReport; index: number }) {
  if (label.f1 === null) {
    return (
      <td colSpan={3} className={classes.unsaid}>
        not enough rows to say (it takes {minimumSupport})
      </td>
    );
  }
  return (
    <>
      <F1Cell label={label.name} index={index} f1={label.f1} />
      <td className={classes.number} title={label.precision ? formatInterval(label.precision) : ''}>
        {formatFigure(label.precision?.value, 2)}
      </td>
      <td className={classes.number} title={label.recall ? formatInterval(label.recall) : ''}>
        {formatFigure(label.recall?.value, 2)}
      </td>
    </>
  );
}
