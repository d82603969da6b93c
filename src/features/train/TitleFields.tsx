/** How titles are brought into normal form: the steps, and the list of abbreviations, a line each. */
import { Checkbox, Textarea } from '@mantine/core';
import { useState } from 'react';
import { normalisationSteps, type NormalisationOptions } from '../../shared/normalisation.ts';
import { normalisationNames } from '../../ui/configText.ts';
import { formatCounted } from '../../ui/format.ts';
import { abbreviationLines, readAbbreviations } from './abbreviationText.ts';
import classes from './TrainScreen.module.css';

export interface TitleFieldsProps {
  value: NormalisationOptions;
  onChange: (value: NormalisationOptions) => void;
}

/** @see TitleFieldsProps */
export function TitleFields({ value, onChange }: TitleFieldsProps) {
  const { steps, abbreviations } = value;
  const [text, setText] = useState(() => abbreviationLines(abbreviations));
  const [shown, setShown] = useState(abbreviations);
  if (shown !== abbreviations) {
    // From outside (reset, another recipe): the text follows. What is being typed already means it, and stays.
    setShown(abbreviations);
    if (abbreviationLines(readAbbreviations(text).found) !== abbreviationLines(abbreviations))
      setText(abbreviationLines(abbreviations));
  }
  const { problem } = readAbbreviations(text);
  return (
    <>
      <Checkbox.Group
        label="Titles"
        description="What is done to titles before they are read, in training and in prediction. Costs nothing."
        value={[...steps]}
        className={classes.kinds}
        onChange={(chosen) => onChange({ ...value, steps: normalisationSteps.filter((step) => chosen.includes(step)) })}
      >
        <div className={classes.kindList}>
          {normalisationSteps.map((step) => (
            <Checkbox key={step} value={step} label={normalisationNames[step]} />
          ))}
        </div>
      </Checkbox.Group>
      {steps.includes('abbreviations') && (
        <Textarea
          label={`Abbreviations and misspellings: ${formatCounted(Object.keys(abbreviations).length, 'entry', 'entries')}`}
          description="One a line, “sr = senior”, in lower case and without dots. The list is kept with the run."
          value={text}
          error={problem}
          minRows={6}
          maxRows={12}
          autosize
          className={classes.kinds}
          onChange={(event) => {
            setText(event.currentTarget.value);
            onChange({ ...value, abbreviations: readAbbreviations(event.currentTarget.value).found });
          }}
        />
      )}
    </>
  );
}
