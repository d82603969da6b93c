/** An answer that is dear: what stands while it is waited for, when it is old, and when it failed. */
import { Alert, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './ExplainPanel.module.css';
import type { Answer } from './useAnswer.ts';

/** Space is kept for the answer, and the last one stays, paler, until the next is there. */
export function Asking<T>({
  answer,
  doing,
  children,
}: {
  answer: Answer<T>;
  /** "Reading the words": told until the first answer is there. */
  doing: string;
  children: (value: T) => ReactNode;
}) {
  const { value, settled, error } = answer;
  if (error) {
    return (
      <Alert color="red" title={error.message} mt="sm">
        {error.hint}
      </Alert>
    );
  }
  return (
    <div className={css.answer} aria-busy={!settled} data-old={value !== null && !settled}>
      {value === null ? (
        <output className={css.waiting}>
          <Loader size="xs" /> {doing}
        </output>
      ) : (
        children(value)
      )}
    </div>
  );
}
