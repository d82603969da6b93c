/** Predicted against actual, label by label: where a label is found, what titles are given instead, and what gets nothing. */
import { formatCount, formatCounted } from '../../ui/format.ts';
import { LabelMarkIcon } from '../../ui/LabelChip.tsx';
import { MatrixCell } from './MatrixCell.tsx';
import type { LabelOrNone, MatrixRow, WrongFilter } from './outcomes.ts';
import classes from './LabelMatrix.module.css';

export interface LabelMatrixProps {
  matrix: MatrixRow[];
  labelNames: string[];
  hovered: number | null;
  onHover: (label: number | null) => void;
  /** Shows the titles behind a cell. */
  onShow: (filter: Pick<WrongFilter, 'kind' | 'label' | 'pair'>) => void;
}

/** More than this many labels make a picture that nobody reads. */
const maxLabels = 24;

/** @see LabelMatrixProps */
export function LabelMatrix({ matrix, labelNames, hovered, onHover, onShow }: LabelMatrixProps) {
  const columns = shownColumns(matrix, labelNames.length);
  const rows = matrix.filter(({ actual }) => actual === 'none' || columns.includes(actual));
  return (
    <>
      <p className={classes.lead}>
        Each row is all test titles that carry one label. Blue: the label was found. Orange: they were given a label
        that they do not carry, or the label was missed. A title can count more than once; choose a cell to see its
        titles.
        {columns.length < labelNames.length &&
          ` Shown are the ${maxLabels} labels with most rows of ${formatCount(labelNames.length)}.`}
      </p>
      <div className={classes.scroll}>
        <table className={classes.matrix}>
          <thead>
            <tr>
              <td aria-hidden="true" />
              <th scope="colgroup" colSpan={columns.length} className={classes.group}>
                given this label
              </th>
              <td aria-hidden="true" colSpan={2} />
            </tr>
            <tr>
              <th scope="col" className={classes.corner}>
                titles that carry
              </th>
              {columns.map((label) => (
                <th key={label} scope="col" data-hovered={hovered === label}>
                  <LabelMarkIcon index={label} />
                  <span>{labelNames[label]}</span>
                </th>
              ))}
              <th scope="col" className={classes.apart}>
                missed
              </th>
              <th scope="col">given nothing</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <MatrixLine key={row.actual} {...{ row, columns, labelNames, hovered, onHover, onShow }} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function shownColumns(matrix: MatrixRow[], labels: number): number[] {
  const all = Array.from({ length: labels }, (_, label) => label);
  if (labels <= maxLabels) return all;
  const support = (label: number): number => matrix[label].support;
  return all
    .toSorted((a, b) => support(b) - support(a))
    .slice(0, maxLabels)
    .toSorted((a, b) => a - b);
}

function nameOf(label: LabelOrNone, names: string[]): string {
  return label === 'none' ? 'no label' : names[label];
}

function MatrixLine(props: Omit<LabelMatrixProps, 'matrix'> & { row: MatrixRow; columns: number[] }) {
  const { row, columns, labelNames, hovered, onHover, onShow } = props;
  const { actual, support } = row;
  const own = actual === 'none' ? null : actual;
  const name = nameOf(actual, labelNames);
  return (
    <tr
      data-hovered={hovered !== null && hovered === own}
      onPointerEnter={() => onHover(own)}
      onPointerLeave={() => onHover(null)}
    >
      <th scope="row">
        {own !== null && <LabelMarkIcon index={own} />}
        <span>
          {name} <small>{formatCount(support)}</small>
        </span>
      </th>
      {columns.map((label) => (
        <MatrixCell
          key={label}
          count={row.predicted[label]}
          support={support}
          right={label === actual}
          words={`${formatCounted(row.predicted[label], 'title')} with ${name} given ${labelNames[label]}`}
          onShow={
            label === actual ? null : () => onShow({ kind: 'all', label: null, pair: { actual, predicted: label } })
          }
        />
      ))}
      <MatrixCell
        count={row.missed ?? 0}
        support={row.missed === null ? 0 : support}
        apart
        words={`${formatCounted(row.missed ?? 0, 'title')} with ${name} where it was missed`}
        onShow={own === null ? null : () => onShow({ kind: 'missed', label: own, pair: null })}
      />
      <MatrixCell
        count={row.nothing}
        support={support}
        right={actual === 'none'}
        words={`${formatCounted(row.nothing, 'title')} with ${name} given nothing`}
        onShow={
          actual === 'none' ? null : () => onShow({ kind: 'all', label: null, pair: { actual, predicted: 'none' } })
        }
      />
    </tr>
  );
}
