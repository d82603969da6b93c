import type { ReactNode } from 'react';
import css from './LevelArea.module.css';

/** A table that scrolls in its own frame, by keyboard too. */
export function ScrollTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    // A frame that scrolls must be reachable without a pointer.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={css.scroll} tabIndex={0} aria-label={label}>
      <table className={css.table}>{children}</table>
    </section>
  );
}
