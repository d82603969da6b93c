/** What is folded away under a line that says what it is. */
import { Collapse, Text, UnstyledButton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import css from './Fold.module.css';

export interface FoldProps {
  title: string;
  /** Beside the title, quietly: what is inside, in a few words. */
  note?: string;
  /** The note says that something is wrong. */
  wrong?: boolean;
  /** At the end of the line, not a part of the button. */
  beside?: ReactNode;
  children: ReactNode;
}

/** @see FoldProps */
export function Fold({ title, note, wrong = false, beside, children }: FoldProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className={css.line}>
        <UnstyledButton className={css.fold} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          <ChevronRight size={16} className={css.chevron} aria-hidden="true" />
          <span className={css.words}>
            <span>{title}</span>
            {note !== undefined && (
              <Text span size="sm" c={wrong ? 'var(--danger)' : 'var(--muted)'} fw={400}>
                {note}
              </Text>
            )}
          </span>
        </UnstyledButton>
        {beside}
      </div>
      <Collapse expanded={open} id={id} transitionDuration={0}>
        {children}
      </Collapse>
    </>
  );
}
