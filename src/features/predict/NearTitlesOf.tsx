import { useState } from 'react';
import { NearTitleList } from '../../ui/NearTitleList.tsx';
import { Asking } from './Asking.tsx';
import css from './ExplainPanel.module.css';
import type { Question } from './question.ts';
import { useAnswer } from './useAnswer.ts';

/** The training titles nearest to the title. */
export function NearTitlesOf({ model, explainer, title, asked }: Question) {
  const [progress, setProgress] = useState('Reading training titles');
  const key = JSON.stringify([model.id, title]);
  const answer = useAnswer(asked ? key : null, () => explainer.nearestTitles(model.id, title, setProgress));
  return (
    <Asking answer={answer} doing={progress}>
      {(near) => (
        <>
          {near.kind === 'found' && (
            <p className={css.lead}>What the model was taught of titles that it reads alike, the nearest first.</p>
          )}
          <NearTitleList answer={near} labelNames={model.labelNames} title={title} />
        </>
      )}
    </Asking>
  );
}
