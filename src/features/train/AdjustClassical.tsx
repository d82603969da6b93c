/** The settings of the classical recipe. */
import { Checkbox, NativeSelect } from '@mantine/core';
import { classifierKinds, type ClassicalConfig } from '../../shared/classical.ts';
import { AdjustFold, FieldGroup } from './AdjustFold.tsx';
import { changedClassical, classicalProblems } from './configProblems.ts';
import { ExtraRowsField } from './ExtraRowsField.tsx';
import { knobs } from './knobs.ts';
import { NumberField } from './NumberField.tsx';
import { SplitFields } from './SplitFields.tsx';
import classes from './TrainScreen.module.css';

export interface AdjustClassicalProps {
  config: ClassicalConfig;
  /** Those of the table. */
  labelNames: readonly string[];
  onChange: (config: ClassicalConfig) => void;
  onReset: () => void;
}

const step = (value: number, direction: 1 | -1): number => value + direction;

/** @see AdjustClassicalProps */
export function AdjustClassical({ config, labelNames, onChange, onReset }: AdjustClassicalProps) {
  const problems = classicalProblems(config);
  return (
    <AdjustFold changed={changedClassical(config)} wrong={Object.keys(problems).length} onReset={onReset}>
      <FieldGroup title="Search">
        <Checkbox.Group
          label="Kinds of classifier"
          description="Each is tried for each label; the best on the inner folds is taken. More kinds take more time."
          value={config.kinds}
          error={problems.kinds}
          className={classes.kinds}
          onChange={(kinds) => onChange({ ...config, kinds: classifierKinds.filter((kind) => kinds.includes(kind)) })}
        >
          <div className={classes.kindList}>
            {classifierKinds.map((kind) => (
              <Checkbox key={kind} value={kind} label={kind} />
            ))}
          </div>
        </Checkbox.Group>
        <NumberField
          label="Settings tried of each"
          description="How many settings of each kind are drawn. Time grows in step."
          value={config.trials}
          step={step}
          error={problems.trials}
          onChange={(trials) => onChange({ ...config, trials })}
        />
        <NumberField
          label="Inner folds"
          description="Parts of the training rows that candidates are compared on. More are steadier and slower."
          value={config.innerFolds}
          step={step}
          error={problems.innerFolds}
          onChange={(innerFolds) => onChange({ ...config, innerFolds })}
        />
        <NativeSelect
          label="Titles"
          description="In normal form “Sr. Mgr” and “senior manager” count the same. Costs nothing."
          value={config.normalise ? 'normal' : 'plain'}
          data={[
            { value: 'normal', label: 'in normal form' },
            { value: 'plain', label: 'as they are' },
          ]}
          onChange={(event) => onChange({ ...config, normalise: event.currentTarget.value === 'normal' })}
        />
      </FieldGroup>
      <FieldGroup title="Data">
        <SplitFields
          text="Training and validation rows are both learnt from: inner folds do what validation does elsewhere. Test rows are kept for the final figures."
          split={config.split}
          problem={problems.split}
          onChange={(split) => onChange({ ...config, split })}
        />
        <NumberField
          label={knobs.seed.label}
          description={knobs.seed.description}
          value={config.seed}
          step={step}
          error={problems.seed}
          onChange={(seed) => onChange({ ...config, seed })}
        />
        <ExtraRowsField
          rows={config.extraRows}
          labelNames={labelNames}
          problem={problems.extraRows}
          onChange={(extraRows) => onChange({ ...config, extraRows })}
        />
      </FieldGroup>
    </AdjustFold>
  );
}
