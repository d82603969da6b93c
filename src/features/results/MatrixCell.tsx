/** A cell of a confusion matrix: how many titles, as a shade too, and the titles themselves on a press. */
import { formatCount, formatPercent } from '../../ui/format.ts';
import classes from './LabelMatrix.module.css';

export interface MatrixCellProps {
  count: number;
  support: number;
  words: string;
  /** Null: some of them right, some wrong. */
  right?: boolean | null;
  apart?: boolean;
  /** Null: nothing to show behind it. */
  onShow: (() => void) | null;
}

/** @see MatrixCellProps */
export function MatrixCell({ count, support, words, right = false, apart = false, onShow }: MatrixCellProps) {
  const share = support === 0 ? 0 : count / support;
  const colour = right === null ? 'var(--muted)' : right ? 'var(--right)' : 'var(--wrong)';
  // Half strength at most, so that the figure on it stays readable.
  const background =
    count === 0 ? undefined : `color-mix(in srgb, ${colour} ${Math.round(8 + share * 42)}%, transparent)`;
  const content = (
    <>
      {formatCount(count)}
      <small>{formatPercent(share)}</small>
    </>
  );
  if (count === 0)
    return <td className={`${classes.zero} ${apart ? classes.apart : ''}`}>{support === 0 ? '' : '0'}</td>;
  return (
    <td style={{ background }} className={apart ? classes.apart : undefined} title={words}>
      {onShow ? (
        <button type="button" aria-label={`${words}: show them`} onClick={onShow}>
          {content}
        </button>
      ) : (
        <span>{content}</span>
      )}
    </td>
  );
}
