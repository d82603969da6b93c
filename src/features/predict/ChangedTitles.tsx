/** Titles a word or two away in which a label turns over. */
import { Button } from '@mantine/core';
import type { Counterfactuals, WordEdit } from '../../shared/explanation.ts';
import { formatCounted, formatFigure } from '../../ui/format.ts';
import { Asking } from './Asking.tsx';
import css from './ExplainPanel.module.css';
import type { Question } from './question.ts';
import { useAnswer } from './useAnswer.ts';

export function ChangedTitles({
  model,
  explainer,
  title,
  label,
  asked,
  onText,
}: Question & { onText: (text: string) => void }) {
  const threshold = model.thresholds[label];
  const key = JSON.stringify([model.id, title, label, threshold]);
  const answer = useAnswer(asked ? key : null, () => explainer.counterfactuals(model.id, title, label, threshold));
  return (
    <Asking answer={answer} doing="Trying other words">
      {(changes) => <Changes changes={changes} name={model.labelNames[changes.label]} onText={onText} />}
    </Asking>
  );
}

/** "Sales out, Marketing in": what happened to the title. */
function editText({ out, into }: WordEdit): string {
  if (out === null) return `“${into}” put in`;
  return into === null ? `“${out}” taken out` : `“${out}” becomes “${into}”`;
}

interface ChangesProps {
  changes: Counterfactuals;
  name: string;
  onText: (text: string) => void;
}

function Changes({ changes: { found, holds, tried, vocabulary }, name, onText }: ChangesProps) {
  const goal = holds ? `take ${name} away` : `give it ${name}`;
  return (
    <>
      {found.length === 0 ? (
        <p className={css.lead}>
          No change of one or two words {holds ? `takes ${name} away` : `gives it ${name}`};{' '}
          {formatCounted(tried, 'title')} tried.
        </p>
      ) : (
        <>
          <p className={css.lead}>
            These changes {goal}, the fewest first; {formatCounted(tried, 'title')} tried.
          </p>
          <ol className={css.changes} aria-label={`Changes that ${goal}`}>
            {found.map(({ title, edits, probability }) => (
              <li key={title}>
                <span className={css.edits}>{edits.map(editText).join(', ')}</span>
                <Button
                  variant="default"
                  size="compact-sm"
                  fw={400}
                  h="auto"
                  py={2}
                  styles={{ label: { whiteSpace: 'normal', textAlign: 'start' } }}
                  className={css.changed}
                  aria-label={`Put “${title}” in the box`}
                  onClick={() => onText(title)}
                >
                  {title}
                </Button>
                <span className={`${css.after} tabular`}>
                  {name} {formatFigure(probability, 2)}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
      {!vocabulary && (
        <p className={css.quiet}>
          Only words of the title were taken out: this model came without training titles, whose words could be put in.
        </p>
      )}
    </>
  );
}
