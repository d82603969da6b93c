import type { ChosenClassifier } from '../../shared/classical.ts';
import { formatCount, formatFigure } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import classes from './ResultsScreen.module.css';

/** Which classifier each label got, and how near the next best one was. */
export function ChosenClassifiers({ chosen }: { chosen: ChosenClassifier[] }) {
  return (
    <section className={classes.panel} aria-labelledby="chosen-classifiers">
      <h2 id="chosen-classifiers">What was chosen for each label</h2>
      <p className={classes.note}>
        By F1 on inner folds of the training rows, which is a little too good for all candidates alike. A label in too
        few rows to compare them takes the first.
      </p>
      <div className={classes.scroll}>
        <table className={classes.labels}>
          <thead>
            <tr>
              <th scope="col">Label</th>
              <th scope="col">Classifier</th>
              <th scope="col" className={classes.number}>
                F1
              </th>
              <th scope="col">Next best of another kind</th>
              <th scope="col" className={classes.number}>
                Tried
              </th>
            </tr>
          </thead>
          <tbody>
            {chosen.map((own, i) => (
              <tr key={own.label}>
                <th scope="row">
                  <LabelChip name={own.label} index={i} quiet />
                </th>
                <td>{own.candidate}</td>
                <td className={classes.number}>{formatFigure(own.f1)}</td>
                <td>{nextBest(own)}</td>
                <td className={classes.number}>{formatCount(own.tried.length)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function nextBest({ kind, tried }: ChosenClassifier): string {
  const [next] = tried.filter(({ candidate }) => !candidate.startsWith(kind)).toSorted((a, b) => b.f1 - a.f1);
  return next ? `${next.candidate}, ${formatFigure(next.f1)}` : '–';
}
