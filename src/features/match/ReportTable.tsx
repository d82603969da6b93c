import { Fragment } from 'react';
import type { MatchingFigures, MatchingReport, MatchingRow } from '../../shared/matching.ts';
import type { Interval } from '../../shared/training.ts';
import { formatCounted, formatFigure } from '../../ui/format.ts';
import { Term } from '../../ui/Term.tsx';
import css from './MatchScreen.module.css';

const figures: { key: keyof MatchingFigures; name: string; help: string }[] = [
  { key: 'top1', name: 'Top-1', help: 'Accuracy: share of the questions whose best entry is the right one.' },
  { key: 'top5', name: 'Top-5', help: 'Share of the questions with the right entry among the best five.' },
  {
    key: 'precision',
    name: 'Precision',
    help: 'Of the titles given an entry, how many belong to it; mean over the entries asked for.',
  },
  {
    key: 'recall',
    name: 'Recall',
    help: 'Of an entry’s titles, how many are given it; mean over the entries asked for.',
  },
  {
    key: 'f1',
    name: 'F1',
    help: 'Harmonic mean of precision and recall of each entry; mean over the entries asked for.',
  },
];

const groups = [
  { id: 'unseen', name: 'Entries not seen in training' },
  { id: 'seen', name: 'Entries seen in training by other titles' },
] as const;

function nameOf({ scoring, when }: MatchingRow): string {
  if (scoring === 'words') return 'Words alone (TF-IDF)';
  return `${scoring === 'both' ? 'Words and encoder' : 'Encoder alone'}, ${when}`;
}

/** One table before and after fine-tuning, with 95 % intervals. */
export function ReportTable({ report }: { report: MatchingReport }) {
  const { rows, entries, trainTitles, questions, notes } = report;
  const asked = questions === 'reported' ? 'titles that people reported' : 'other titles kept from training';
  return (
    <>
      <div className={css.scroll}>
        <table className={css.report}>
          <caption>
            Before and after fine-tuning on {formatCounted(trainTitles, 'title')}: {asked}, among{' '}
            {formatCounted(entries, 'entry', 'entries')}. Small figures: 95 % interval over entries.
          </caption>
          <thead>
            <tr>
              <th scope="col">Scores</th>
              {figures.map(({ key, name, help }) => (
                <th key={key} scope="col">
                  <Term name={name} help={help} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.map(({ id, name }) => (
              <Group key={id} name={name} rows={rows.filter(({ group }) => group === id)} />
            ))}
          </tbody>
        </table>
      </div>
      {notes.map((note) => (
        <p key={note} className={css.note}>
          {note}
        </p>
      ))}
    </>
  );
}

function Group({ name, rows }: { name: string; rows: readonly MatchingRow[] }) {
  const [first] = rows;
  if (!first) return null;
  const size = `${formatCounted(first.questions, 'question')} of ${formatCounted(first.entries, 'entry', 'entries')}`;
  return (
    <Fragment>
      <tr className={css.group}>
        <th scope="rowgroup" colSpan={6}>
          {name} <span className={css.quiet}>{size}</span>
        </th>
      </tr>
      {rows.map((row) => (
        <tr key={nameOf(row)} data-after={row.when === 'after' || undefined}>
          <th scope="row">{nameOf(row)}</th>
          {figures.map(({ key }) => (
            <td key={key}>
              <Figure interval={row.figures[key]} />
            </td>
          ))}
        </tr>
      ))}
    </Fragment>
  );
}

function Figure({ interval: { value, low, high } }: { interval: Interval }) {
  return (
    <>
      <span>{formatFigure(value)}</span>
      <small>
        {formatFigure(low)} to {formatFigure(high)}
      </small>
    </>
  );
}
