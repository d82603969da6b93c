/** The folded settings of a recipe: how many were changed, the way back, and the fields. */
import { Button } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Fold } from '../../ui/Fold.tsx';
import classes from './TrainScreen.module.css';

export interface AdjustFoldProps {
  /** Settings that are not as at first, and those that cannot be used. */
  changed: number;
  wrong: number;
  onReset: () => void;
  children: ReactNode;
}

/** @see AdjustFoldProps */
export function AdjustFold({ changed, wrong, onReset, children }: AdjustFoldProps) {
  const reset = (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      className={classes.reset}
      leftSection={<RotateCcw size={14} aria-hidden="true" />}
      disabled={changed === 0 && wrong === 0}
      onClick={onReset}
    >
      Reset<span className={classes.wideOnly}>&nbsp;to defaults</span>
    </Button>
  );
  return (
    <section className={classes.panel}>
      <Fold title="Adjust" note={foldedText(changed, wrong)} wrong={wrong > 0} beside={reset}>
        {children}
      </Fold>
    </section>
  );
}

function foldedText(changed: number, wrong: number): string {
  if (wrong > 0) return wrong === 1 ? '1 setting cannot be used' : `${wrong} settings cannot be used`;
  if (changed === 0) return 'all settings at their defaults';
  return changed === 1 ? '1 setting changed' : `${changed} settings changed`;
}

/** A group of fields under its name. */
export function FieldGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={classes.fields}>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
