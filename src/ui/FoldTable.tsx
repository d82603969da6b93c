/** The folds of a cross-validation, one a row, and what they come to. */
import type { CrossValidation, FoldRecord } from '../shared/training.ts';
import { spreadOf, type FoldFigure } from './foldFigures.ts';
import classes from './FoldTable.module.css';
import { formatCount, formatDuration, formatFigure } from './format.ts';
import { Term } from './Term.tsx';
import { ScrollRegion } from './ScrollRegion.tsx';

export interface FoldTableProps {
  folds: readonly FoldRecord[];
  planned: CrossValidation;
  /** The fold that is trained now; null when none is. */
  current: { seed: number; fold: number } | null;
  /** Nothing more will come. */
  ended?: boolean;
}

const columns: { side: 'test' | 'train'; figure: FoldFigure; name: string; help: string }[] = [
  { side: 'test', figure: 'microF1', name: 'Micro-F1', help: 'On the rows of the fold, which its model has not seen.' },
  { side: 'test', figure: 'macroF1', name: 'Macro-F1', help: 'The same, every label counting alike.' },
  {
    side: 'test',
    figure: 'exactMatch',
    name: 'Exact match',
    help: 'Share of the fold’s titles with every label right: what others call accuracy.',
  },
  {
    side: 'train',
    figure: 'microF1',
    name: 'Train micro-F1',
    help: 'On the rows that the fold’s model was trained on. Far above the other, titles were learnt by heart.',
  },
  { side: 'train', figure: 'exactMatch', name: 'Train exact match', help: 'Exact match on the same rows.' },
];

/** @see FoldTableProps */
export function FoldTable({ folds, planned, current, ended = false }: FoldTableProps) {
  const rows = planned.seeds.flatMap((seed) =>
    Array.from({ length: planned.folds }, (_, i) => ({ seed, fold: i + 1 })),
  );
  const severalSeeds = planned.seeds.length > 1;
  return (
    <ScrollRegion label="Folds" className={classes.scroll}>
      <table className={`${classes.table} tabular`}>
        <thead>
          <tr>
            <th scope="col">Fold</th>
            {columns.map(({ name, help }) => (
              <th key={name} scope="col">
                <Term name={name} help={help} />
              </th>
            ))}
            <th scope="col">Rows</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ seed, fold }) => {
            const record = folds.find((done) => done.seed === seed && done.fold === fold);
            const running = current?.seed === seed && current.fold === fold && !record;
            return (
              <tr key={`${seed} ${fold}`} data-state={record ? 'done' : running ? 'running' : 'waiting'}>
                <th scope="row">
                  {fold}
                  {severalSeeds && <span className={classes.quiet}> seed {seed}</span>}
                </th>
                {columns.map(({ name, side, figure }) => (
                  <td key={name}>{record ? formatFigure(record[side][figure]) : ''}</td>
                ))}
                <td>{record ? formatCount(record.test.rows) : ''}</td>
                <td>{record ? formatDuration(record.seconds) : running ? 'training' : ended ? 'not done' : 'waits'}</td>
              </tr>
            );
          })}
        </tbody>
        {folds.length > 0 && (
          <tfoot>
            <tr>
              <th scope="row">Mean</th>
              {columns.map(({ name, side, figure }) => (
                <td key={name}>
                  <SpreadText folds={folds} side={side} figure={figure} />
                </td>
              ))}
              <td>{formatCount(folds.reduce((sum, { test }) => sum + test.rows, 0))}</td>
              <td>{formatDuration(folds.reduce((sum, { seconds }) => sum + seconds, 0))}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </ScrollRegion>
  );
}

function SpreadText({
  folds,
  side,
  figure,
}: Pick<FoldTableProps, 'folds'> & { side: 'test' | 'train'; figure: FoldFigure }) {
  const spread = spreadOf(folds, side, figure);
  if (spread === null) return null;
  return (
    <>
      {formatFigure(spread.mean)}
      {spread.deviation !== null && <span className={classes.quiet}> ± {formatFigure(spread.deviation)}</span>}
    </>
  );
}
