/** What a model reached on its test titles: agreement with the keywords, and accuracy where true labels are known. */
import type { HeadReport, LevelAreaModel } from '../../shared/levelArea.ts';
import type { SplitReport } from '../../shared/training.ts';
import { formatCount, formatCounted, formatFigure, formatInterval } from '../../ui/format.ts';
import { IntervalBar } from '../../ui/IntervalBar.tsx';
import { LossChart } from './LearnPanel.tsx';
import css from './LevelArea.module.css';
import { ScrollTable } from './ScrollTable.tsx';
import { headNames, heads } from './levelAreaSession.ts';

export function ModelResults({ model }: { model: LevelAreaModel }) {
  const { data, epochs, bestEpoch, stopped, config } = model;
  return (
    <section className={css.panel} aria-labelledby="level-area-results">
      <h2 id="level-area-results" className={css.name}>
        4. Results of {model.name}
      </h2>
      <p className={css.quiet}>
        Learnt from {formatCounted(data.trained, 'title')} of {data.name}, measured on others, near duplicates of one
        side left out of the other. {stopped ? 'Stopped by hand; epoch' : 'Epoch'} {bestEpoch} of {epochs.length} was
        kept.
      </p>
      <div className={css.figures}>
        {heads.map((head) => (
          <HeadFigures key={head} name={headNames[head]} report={model.report[head]} />
        ))}
      </div>
      <LossChart epochs={epochs} of={Math.min(config.epochs, epochs.length)} best={bestEpoch} />
    </section>
  );
}

function HeadFigures({ name, report: { agreement, truth } }: { name: string; report: HeadReport }) {
  return (
    <section className={css.panel} aria-label={`Results of the ${name.toLowerCase()}`}>
      <h3>{name}</h3>
      <ScrollTable label={`${name}: figures`}>
        <thead>
          <tr>
            <th scope="col">On test titles</th>
            <th scope="col" className={css.number}>
              Titles
            </th>
            <th scope="col">Share right, 95 % interval</th>
            <th scope="col" className={css.number}>
              Macro-F1
            </th>
          </tr>
        </thead>
        <tbody>
          <Measure name="Agreement with the keywords" report={agreement} />
          {truth && (
            <>
              <Measure name="Accuracy, all with a true label" report={truth.all} />
              <Measure name="Accuracy where a keyword decides" report={truth.decided} />
              <Measure name="Accuracy of the keywords there" report={truth.keywords} />
              <Measure name="Accuracy where none decides" report={truth.undecided} />
            </>
          )}
        </tbody>
      </ScrollTable>
      <p className={css.quiet}>
        {truth
          ? 'Accuracy is against the true labels of the file. Agreement only says how well the keywords were learnt.'
          : 'Agreement says how well the keywords were learnt, not that they are right. How often the answers are true is not known: the file has no true labels.'}
      </p>
      {agreement && <ClassFigures name={name} report={truth?.all ?? agreement} true={truth !== null} />}
    </section>
  );
}

function Measure({ name, report }: { name: string; report: SplitReport | null }) {
  if (!report) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={css.number}>{formatCount(report.rows)}</td>
      <td>
        <span className="tabular">{formatInterval(report.exactMatch)}</span>
        <IntervalBar name={name} interval={report.exactMatch} />
      </td>
      <td className={css.number}>{formatFigure(report.macroF1.value, 2)}</td>
    </tr>
  );
}

function ClassFigures({ name, report, true: known }: { name: string; report: SplitReport; true: boolean }) {
  return (
    <ScrollTable label={`${name}, class by class`}>
      <thead>
        <tr>
          <th scope="col">{known ? 'True label' : 'Class by the keywords'}</th>
          <th scope="col" className={css.number}>
            Titles
          </th>
          <th scope="col" className={`${css.number} ${css.wide}`}>
            Precision
          </th>
          <th scope="col" className={`${css.number} ${css.wide}`}>
            Recall
          </th>
          <th scope="col" className={css.number}>
            F1
          </th>
          <th scope="col" className={css.bar}>
            95 % interval
          </th>
        </tr>
      </thead>
      <tbody>
        {report.perLabel.map(({ name: label, support, precision, recall, f1 }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td className={css.number}>{formatCount(support)}</td>
            <td className={`${css.number} ${css.wide}`}>{formatFigure(precision?.value, 2)}</td>
            <td className={`${css.number} ${css.wide}`}>{formatFigure(recall?.value, 2)}</td>
            <td className={css.number}>{formatFigure(f1?.value, 2)}</td>
            <td className={css.bar}>{f1 && <IntervalBar name={`F1 of ${label}`} interval={f1} />}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
