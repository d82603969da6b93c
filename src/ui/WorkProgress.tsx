import { Progress } from '@mantine/core';
import { formatPercent } from './format.ts';
import css from './WorkProgress.module.css';

export interface WorkProgressProps {
  /** What is being done, in words. */
  message: string;
  /** Between 0 and 1; null where it cannot be told. */
  fraction: number | null;
  /** What the bar measures, for those who do not see it. */
  label: string;
}

/** A bar with what is being done under it. */
export function WorkProgress({ message, fraction, label }: WorkProgressProps) {
  return (
    <div className={css.work}>
      <Progress
        value={fraction === null ? 100 : 100 * fraction}
        animated={fraction === null}
        striped={fraction === null}
        size="sm"
        aria-label={label}
        aria-valuetext={fraction === null ? message : formatPercent(fraction)}
      />
      <div className={css.words}>
        <span>{message}</span>
        <span className="tabular">{fraction === null ? '' : formatPercent(fraction)}</span>
      </div>
    </div>
  );
}
