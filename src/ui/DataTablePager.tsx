import { Pagination } from '@mantine/core';
import css from './DataTable.module.css';
import type { Section } from './DataTableSections.ts';
import { formatCount } from './format.ts';

export interface DataTablePagerProps {
  section: Section;
  total: number;
  /** Asks for the section that starts at this row. */
  onFirst: (first: number) => void;
}

/** Which section of a very long table is in view, and the way to the others. */
export function DataTablePager({ section, total, onFirst }: DataTablePagerProps) {
  const rows = (index: number) =>
    `${formatCount(index * section.size + 1)} to ${formatCount(Math.min(total, (index + 1) * section.size))}`;
  return (
    <nav className={css.pager} aria-label="Sections of the table">
      <span className="tabular" aria-live="polite">
        Rows {rows(section.index)} of {formatCount(total)}
      </span>
      <Pagination
        size="sm"
        total={section.count}
        value={section.index + 1}
        onChange={(page) => onFirst((page - 1) * section.size)}
        getItemProps={(page) => ({ 'aria-label': `Rows ${rows(page - 1)}` })}
        getControlProps={(control) => ({ 'aria-label': control === 'next' ? 'Next rows' : 'Previous rows' })}
      />
    </nav>
  );
}
