import { WorkProgress } from '../../ui/WorkProgress.tsx';
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
      <WorkProgress {...{ message, fraction }} label="Progress" />
    </section>
  );
}
