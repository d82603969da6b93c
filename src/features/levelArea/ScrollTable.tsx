import type { ReactNode } from 'react';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';
import css from './LevelArea.module.css';

/** A table that scrolls in its own frame, by keyboard too. */
export function ScrollTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ScrollRegion label={label} className={css.scroll}>
      <table className={css.table}>{children}</table>
    </ScrollRegion>
  );
}
