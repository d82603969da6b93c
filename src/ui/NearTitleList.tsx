/** Training titles near a title, with their labels: to see what the model has learnt from, and labels that contradict each other. */
import type { NearTitles } from '../shared/explanation.ts';
import { formatCount, formatCounted, formatFigure } from './format.ts';
import { LabelChip } from './LabelChip.tsx';
import css from './NearTitleList.module.css';

export interface NearTitleListProps {
  answer: NearTitles;
  labelNames: readonly string[];
  /** What the titles are near to, for assistive technology. */
  title: string;
}

const reasons = {
  package: 'A downloaded model comes without its training titles. Open the run it was downloaded from to see them.',
  'not-kept':
    'This run keeps no training titles: it was trained with an earlier version. Train again and they are kept with it.',
  classical: 'Classical models have no embeddings by which titles could be near each other.',
};

/** Nearest first, or in words why there are none. */
export function NearTitleList({ answer, labelNames, title }: NearTitleListProps) {
  if (answer.kind === 'none') return <p className={css.quiet}>{reasons[answer.reason]}</p>;
  const { near, kept, total } = answer;
  return (
    <div className={css.near}>
      <ol aria-label={`Training titles nearest to ${title}`} className={css.list}>
        {near.map(({ title: other, row, copies, labels, similarity }) => (
          <li key={`${row} ${labels.join()}`} className={css.item}>
            <span className={css.title}>
              {other} <small>{copies > 1 ? `row ${row} and ${formatCount(copies - 1)} more` : `row ${row}`}</small>
            </span>
            <span className={css.labels}>
              {labels.map((label) => (
                <LabelChip key={label} name={labelNames[label]} index={label} quiet />
              ))}
              {labels.length === 0 && <em>no label</em>}
            </span>
            <span
              className={`${css.similarity} tabular`}
              title="Cosine of the titles' embeddings about the mean of all: 1 is the same direction"
            >
              <span className={css.word}>similarity</span> {formatFigure(similarity, 3)}
            </span>
          </li>
        ))}
      </ol>
      {kept < total && (
        <p className={css.quiet}>
          Among {formatCounted(kept, 'title')} kept of the {formatCount(total)} that were trained on.
        </p>
      )}
    </div>
  );
}
