/** The folded settings of a recipe: how many were changed, the way back, and the fields. */
import { Button, Collapse, Group, Text, UnstyledButton } from '@mantine/core';
import { ChevronRight, RotateCcw } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
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
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <section className={classes.panel}>
      <Group justify="space-between" wrap="nowrap">
        <UnstyledButton className={classes.fold} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          <ChevronRight size={16} className={classes.chevron} aria-hidden="true" />
          <span>Adjust</span>
          <Text span size="sm" c={wrong > 0 ? 'var(--danger)' : 'var(--muted)'} fw={400}>
            {foldedText(changed, wrong)}
          </Text>
        </UnstyledButton>
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
      </Group>
      <Collapse expanded={open} id={id} transitionDuration={0}>
        {children}
      </Collapse>
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
