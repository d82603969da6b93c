import { learntRowCount } from '../../shared/epochs.ts';
import { minimumSupport, type Interval, type ClassicalRun, type FinetunedRun } from '../../shared/training.ts';
import { modelNameOf } from '../../shared/runMethod.ts';
import { formatCounted, formatFigure, formatInterval, formatMoment } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import css from './ExportScreen.module.css';

/** What the model card will say of this run. */
export function CardFigures({ run }: { run: FinetunedRun | ClassicalRun }) {
  const { data, createdAt, test } = run;
  const classical = run.kind === 'classical';
  return (
    <section className={css.panel} aria-label={classical ? 'Its figures' : 'What the model card says'}>
      <h2 className={css.subheading}>{classical ? 'Its figures' : 'What the model card says'}</h2>
      <dl className={css.facts}>
        <Fact term="Learnt from">{`${formatCounted(learntRowCount(run), 'row')} of ${data.name}`}</Fact>
        <Fact term={classical ? 'Model' : 'Encoder'}>{modelNameOf(run)}</Fact>
        <Fact term="Trained">{formatMoment(createdAt)}</Fact>
        {test && (
          <>
            <Fact term="Measured on">{formatCounted(test.report.rows, 'test row')} that training did not see</Fact>
            <Figure term="Micro-F1" interval={test.report.microF1} />
            <Figure term="Macro-F1" interval={test.report.macroF1} />
            <Figure
              term={`Macro-F1, labels of ${minimumSupport} rows or more`}
              interval={test.report.macroF1Supported}
            />
            <Figure term="Whole label set right" interval={test.report.exactMatch} />
            <Fact term="Best constant answer">micro-F1 {formatFigure(test.report.constantMicroF1, 2)}</Fact>
          </>
        )}
      </dl>
      {test ? (
        <table className={css.labels}>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col">F1</th>
              <th scope="col">Test rows</th>
              <th scope="col">Threshold</th>
            </tr>
          </thead>
          <tbody>
            {test.report.perLabel.map(({ name, f1, support, threshold }, index) => (
              <tr key={name}>
                <th scope="row">
                  <LabelChip name={name} index={index} quiet />
                </th>
                <td>{f1 ? formatInterval(f1) : <span className={css.quiet}>not enough rows to say</span>}</td>
                <td data-name="rows">{support}</td>
                <td data-name="from">{formatFigure(threshold, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className={css.quiet}>
          This run was never measured on its test rows, and the card says so: it makes no claim how good the model is.
        </p>
      )}
    </section>
  );
}

function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  );
}

function Figure({ term, interval }: { term: string; interval: Interval | null }) {
  return <Fact term={term}>{interval ? formatInterval(interval) : 'not enough rows to say'}</Fact>;
}
