import type { LabelNoiseReport } from '../../shared/labelNoise.ts';
import { minimumSupport } from '../../shared/training.ts';
import { formatCount } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import css from './ReviewScreen.module.css';

export interface LabelTableProps {
  report: LabelNoiseReport;
  /** Of the table: a label's colour goes by its place in it. */
  labelNames: readonly string[];
}

/** How many rows of each label are probably wrong, estimated over all rows together. */
export function LabelTable({ report, labelNames }: LabelTableProps) {
  return (
    <section className={css.panel} aria-labelledby="noise-by-label">
      <h2 id="noise-by-label">Label by label</h2>
      <div className={css.wide}>
        <table className={css.labels}>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col">Rows</th>
              <th scope="col">Probably wrong</th>
              <th scope="col">Probably missing</th>
            </tr>
          </thead>
          <tbody>
            {report.labelNames.map((name, i) => {
              const noise = report.labels[i];
              return (
                <tr key={name}>
                  <th scope="row">
                    <LabelChip name={name} index={labelNames.indexOf(name)} quiet />
                  </th>
                  {noise === null ? (
                    <td colSpan={3} className={css.unsaid}>
                      too few rows to judge (it takes {minimumSupport})
                    </td>
                  ) : (
                    <>
                      <td>{formatCount(noise.given)}</td>
                      <td>{formatCount(noise.wronglyGiven)}</td>
                      <td>{formatCount(noise.missing)}</td>
                    </>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
