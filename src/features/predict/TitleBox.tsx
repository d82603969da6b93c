import { Alert, Button, TextInput } from '@mantine/core';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { labelStyle } from '../../ui/labelStyle.ts';
import { ProbabilityBar } from '../../ui/ProbabilityBar.tsx';
import { formatFigure } from '../../ui/format.ts';
import type { ModelInfo } from '../../shared/training.ts';
import { ExplainPanel } from './ExplainPanel.tsx';
import type { Explainer } from './question.ts';
import type { Predict } from './filePrediction.ts';
import css from './PredictScreen.module.css';
import { useTitlePrediction } from './useTitlePrediction.ts';

const examples = [
  'VP & Chief Information Officer',
  'Regional Sales Manager',
  'Senior Software Engineer',
  'Director of Nursing',
  'Owner / General Manager',
];

export interface TitleBoxProps {
  model: ModelInfo;
  text: string;
  onText: (text: string) => void;
  predict: Predict;
  explainer: Explainer;
  /** Why prediction is not possible now. */
  busy: string | null;
}

/** One title, predicted while it is typed. */
export function TitleBox({ model, text, onText, predict, explainer, busy }: TitleBoxProps) {
  const { probabilities, error } = useTitlePrediction(model, predict, text, busy === null);
  return (
    <section className={css.panel} aria-label="One title">
      <TextInput
        label="Job title"
        placeholder="Type a job title"
        size="lg"
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onText('');
        }}
        autoComplete="off"
        spellCheck={false}
        maxLength={10_000}
      />
      <div className={css.examples}>
        <span className={css.quiet}>Try</span>
        {examples.map((example) => (
          <Button key={example} variant="default" size="compact-sm" fw={400} onClick={() => onText(example)}>
            {example}
          </Button>
        ))}
      </div>
      {error ? (
        <Alert color="red" title={error.message}>
          {error.hint}
        </Alert>
      ) : (
        <Verdict model={model} probabilities={probabilities} empty={text.trim() === ''} busy={busy} />
      )}
      <ProbabilityTable model={model} probabilities={probabilities} />
      <ExplainPanel {...{ model, explainer, text, probabilities, onText }} />
    </section>
  );
}

interface VerdictProps {
  model: ModelInfo;
  probabilities: Float32Array | null;
  empty: boolean;
  busy: string | null;
}

/** The labels that hold, or why there are none; its height is reserved. */
function Verdict({ model, probabilities, empty, busy }: VerdictProps) {
  const holding = model.labelNames.flatMap((name, index) =>
    probabilities && probabilities[index] >= model.thresholds[index] ? [{ name, index }] : [],
  );
  let words: string | null = null;
  if (busy !== null) words = `Predictions wait: ${busy}.`;
  else if (empty) words = 'Its labels show here while you type.';
  else if (probabilities && holding.length === 0)
    words = 'None of the labels: every probability is below its threshold.';
  return (
    <output className={css.verdict}>
      {words === null ? (
        holding.map(({ name, index }) => <LabelChip key={name} name={name} index={index} />)
      ) : (
        <span className={css.quiet}>{words}</span>
      )}
    </output>
  );
}

function ProbabilityTable({ model, probabilities }: { model: ModelInfo; probabilities: Float32Array | null }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls when a model has many labels
    <section className={css.probabilities} tabIndex={0} aria-label="Probability of each label">
      <table>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="colgroup" colSpan={2}>
              Probability
            </th>
            <th scope="col" className={css.figure} title="The label is given from this probability on.">
              Needed
            </th>
          </tr>
        </thead>
        <tbody>
          {model.labelNames.map((name, index) => {
            const probability = probabilities ? probabilities[index] : null;
            const holds = probability !== null && probability >= model.thresholds[index];
            const digits = digitsApart(probability, model.thresholds[index]);
            return (
              <tr key={name} data-holds={holds}>
                <th scope="row">
                  <LabelChip name={name} index={index} quiet />
                </th>
                <td className={css.bar}>
                  <ProbabilityBar
                    probability={probability}
                    threshold={model.thresholds[index]}
                    colour={labelStyle(index).colour}
                  />
                </td>
                <td className={css.figure}>{formatFigure(probability, digits)}</td>
                <td className={`${css.figure} ${css.quiet}`}>{formatFigure(model.thresholds[index], digits)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Two, or as many as it takes to see that a label is just missed. */
function digitsApart(probability: number | null, threshold: number): number {
  let digits = 2;
  if (probability === null || probability >= threshold) return digits;
  while (digits < 6 && formatFigure(probability, digits) === formatFigure(threshold, digits)) digits++;
  return digits;
}
