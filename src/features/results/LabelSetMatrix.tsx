/** Predicted against actual, each title in one cell: by the whole set of labels that it carries and the whole set that it was given. */
import type { LabelSetConfusion } from '../../metrics/labelSets.ts';
import { formatCount, formatCounted } from '../../ui/format.ts';
import { LabelMarkIcon } from '../../ui/LabelChip.tsx';
import classes from './LabelMatrix.module.css';
import { MatrixCell } from './MatrixCell.tsx';
import type { WrongFilter } from './outcomes.ts';
import { setText } from './WrongTitles.tsx';

export interface LabelSetMatrixProps {
  confusion: LabelSetConfusion;
  labelNames: string[];
  /** Shows the titles behind a cell. */
  onShow: (filter: Pick<WrongFilter, 'sets'>) => void;
}

/** More sets than this make a picture that nobody reads; the rest are counted together. */
const maxSets = 10;

/** @see LabelSetMatrixProps */
export function LabelSetMatrix({ confusion, labelNames, onShow }: LabelSetMatrixProps) {
  const { sets, cells } = confusion;
  const shown = sets.slice(0, maxSets);
  const folded = sets.length > maxSets;
  // One place more for all the other sets.
  const size = shown.length + (folded ? 1 : 0);
  const counts = Array.from({ length: size }, () => Array<number>(size).fill(0));
  for (const cell of cells) counts[Math.min(cell.actual, maxSets)][Math.min(cell.predicted, maxSets)] += cell.rows;
  const lines = Array.from({ length: size }, (_, i) => ({
    name: i < maxSets ? setText(sets[i], labelNames) : `any of ${sets.length - maxSets} other sets`,
    set: i < maxSets ? sets[i] : [],
    rows: counts[i].reduce((total, count) => total + count, 0),
  }));
  return (
    <>
      <p className={classes.lead}>
        Each title is counted once: in the row of all the labels that it carries, under all that it was given. Blue:
        exactly right.
        {folded &&
          ` Shown by themselves are the ${maxSets} sets that most titles carry or were given, of ${formatCount(sets.length)}.`}
      </p>
      <div className={classes.scroll}>
        <table className={classes.matrix} aria-label="Sets of labels">
          <thead>
            <tr>
              <td aria-hidden="true" />
              <th scope="colgroup" colSpan={size} className={classes.group}>
                given exactly
              </th>
            </tr>
            <tr>
              <th scope="col" className={classes.corner}>
                titles that carry exactly
              </th>
              {lines.map(({ name, set }) => (
                <th key={name} scope="col">
                  <Marks set={set} />
                  <span>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ name, set, rows }, i) => (
              <tr key={name}>
                <th scope="row">
                  <Marks set={set} />
                  <span>
                    {name} <small>{formatCount(rows)}</small>
                  </span>
                </th>
                {lines.map((column, j) => (
                  <MatrixCell
                    key={column.name}
                    count={counts[i][j]}
                    support={rows}
                    // Of the folded sets some may have been taken for one another.
                    right={i === j && i === maxSets ? null : i === j}
                    words={`${formatCounted(counts[i][j], 'title')} with ${name} given ${column.name}`}
                    onShow={
                      i === j || i === maxSets || j === maxSets
                        ? null
                        : () => onShow({ sets: { actual: sets[i], predicted: sets[j] } })
                    }
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Marks({ set }: { set: readonly number[] }) {
  return (
    <span className={classes.marks}>
      {set.map((label) => (
        <LabelMarkIcon key={label} index={label} />
      ))}
    </span>
  );
}
