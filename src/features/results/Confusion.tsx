/** Predicted against actual, label by label or by whole sets of labels. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { LabelSetConfusion } from '../../metrics/labelSets.ts';
import { LabelMatrix, type LabelMatrixProps } from './LabelMatrix.tsx';
import classes from './LabelMatrix.module.css';
import { LabelSetMatrix } from './LabelSetMatrix.tsx';
import type { WrongFilter } from './outcomes.ts';

export interface ConfusionProps extends Omit<LabelMatrixProps, 'onShow'> {
  sets: LabelSetConfusion;
  /** Shows the titles behind a cell. */
  onShow: (filter: Partial<WrongFilter>) => void;
}

const views = ['By label', 'By set of labels'];

/** @see ConfusionProps */
export function Confusion({ sets, ...matrix }: ConfusionProps) {
  const [view, setView] = useState(views[0]);
  return (
    <section className={classes.panel} aria-labelledby="matrix">
      <div className={classes.head}>
        <h2 id="matrix">Predicted against actual</h2>
        <SegmentedControl aria-label="Count titles" value={view} data={views} onChange={setView} />
      </div>
      {view === views[0] ? (
        <LabelMatrix {...matrix} />
      ) : (
        <LabelSetMatrix confusion={sets} labelNames={matrix.labelNames} onShow={matrix.onShow} />
      )}
    </section>
  );
}
