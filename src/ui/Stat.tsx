import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Stat.module.css';
import { Term } from './Term.tsx';

export interface StatProps {
  label: string;
  /** The figure, with its unit. */
  value: ReactNode;
  /** What it is measured against: "of 448", "best so far 0.91 in epoch 5". One line is reserved for it when given, even when empty. */
  context?: string;
  /** Explains the term on hover and focus. */
  help?: string;
}

/** One figure with its name and context. A list of them is a `<dl>`: put them in `StatRow`. */
export function Stat({ label, value, context, help }: StatProps) {
  return (
    <div className={classes.stat}>
      <dt>{help === undefined ? label : <Term name={label} help={help} />}</dt>
      <dd className="tabular">
        {value}
        {context !== undefined && (
          <Text component="span" className={classes.context} title={context}>
            {context || '\u00a0'}
          </Text>
        )}
      </dd>
    </div>
  );
}

/** Figures side by side; they wrap on narrow pages. */
export function StatRow({ children }: { children: ReactNode }) {
  return <dl className={classes.row}>{children}</dl>;
}
