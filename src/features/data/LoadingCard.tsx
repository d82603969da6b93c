import { Progress } from '@mantine/core';
import { formatPercent } from '../../ui/format.ts';
import css from './DataScreen.module.css';

export interface LoadingCardProps {
  name: string;
  message: string;
  /** Null where it cannot be told. */
  fraction: number | null;
}

/** What is being read, and how far it is. */
export function LoadingCard({ name, message, fraction }: LoadingCardProps) {
  return (
    <section className={css.loadingCard} aria-label={`Reading ${name}`} aria-live="polite">
      <h1 className={css.loadingName}>Reading {name}</h1>
      <Progress
        aria-label="Progress"
        value={fraction === null ? 100 : 100 * fraction}
        animated={fraction === null}
        striped={fraction === null}
        size="sm"
      />
      <div className={css.loadingMessage}>
        <span>{message}</span>
        <span className="tabular">{fraction === null ? '' : formatPercent(fraction)}</span>
      </div>
    </section>
  );
}
