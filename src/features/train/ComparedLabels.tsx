/** F1 of each label on the test rows, a bar for each run. */
import type { LabelReport, RunRecord } from '../../shared/training.ts';
import { formatFigure } from '../../ui/format.ts';
import { IntervalBar } from '../../ui/IntervalBar.tsx';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import { comparedLabels } from './compareRuns.ts';
import { RunHeads } from './RunHeads.tsx';
import { runStyle } from './series.ts';
import classes from './TrainScreen.module.css';

/** Nothing where no run was tested. */
export function ComparedLabels({ runs }: { runs: RunRecord[] }) {
  const labels = comparedLabels(runs);
  if (labels.length === 0) return null;
  return (
    <section className={classes.panel} aria-labelledby="compared-labels">
      <h3 id="compared-labels" className={classes.subheading}>
        F1 of each label on the test rows
      </h3>
      <ScrollRegion label="F1 of each label" className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <RunHeads runs={runs} />
            </tr>
          </thead>
          <tbody>
            {labels.map(({ name, reports }, i) => (
              <tr key={name}>
                <th scope="row">
                  <LabelChip name={name} index={i} quiet />
                </th>
                {reports.map((report, run) => (
                  <td key={runs[run].id} className={classes.barCell}>
                    <Figure report={report} run={run} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

function Figure({ report, run }: { report: LabelReport | null; run: number }) {
  if (report === null) return '–';
  if (report.f1 === null) return <span className={classes.tooFew}>too few rows</span>;
  return (
    <div className={classes.figureBar}>
      <IntervalBar name="F1" interval={report.f1} colour={runStyle(run).colour} />
      <span aria-hidden="true">{formatFigure(report.f1.value)}</span>
    </div>
  );
}
