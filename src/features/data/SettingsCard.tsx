import { UnstyledButton } from '@mantine/core';
import { useId, useState, type ReactNode } from 'react';
import css from './SettingsCard.module.css';

export interface SettingsCardProps {
  title: string;
  /** The settings as they are, in words. */
  summary: ReactNode;
  /** The controls, folded away until asked for. */
  children: ReactNode;
  /** Keeps the controls in view: something must be chosen. */
  forced?: boolean;
  disabled: boolean;
}

/** Settings in words, with the controls behind "Change". */
export function SettingsCard({ title, summary, children, forced = false, disabled }: SettingsCardProps) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  const shown = opened || forced;
  return (
    <section aria-labelledby={id}>
      <div className={css.head}>
        <h2 id={id} className={css.title}>
          {title}
        </h2>
        {!forced && (
          <UnstyledButton
            className={css.change}
            aria-expanded={shown}
            aria-label={shown ? `${title}: done` : `${title}: change`}
            onClick={() => setOpened(!opened)}
          >
            {shown ? 'Done' : 'Change'}
          </UnstyledButton>
        )}
      </div>
      <div className={css.summary}>{summary}</div>
      {shown && (
        <fieldset className={css.controls} disabled={disabled} aria-label={title}>
          {children}
        </fieldset>
      )}
    </section>
  );
}
