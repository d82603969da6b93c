/** Every setting of a training, folded away until wanted: the defaults come first. */
import { NativeSelect, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { withEncoder } from '../../shared/encoderChoice.ts';
import type { RecipeInfo } from '../../shared/recipe.ts';
import { oneModelConfig, type EncoderInfo, type TrainingConfig } from '../../shared/training.ts';
import {
  backendNames,
  bestByNames,
  classWeightNames,
  lossNames,
  scheduleNames,
  thresholdNames,
} from '../../ui/configText.ts';
import { AdjustFold, FieldGroup } from './AdjustFold.tsx';
import { changedSettings, type ConfigProblems } from './configProblems.ts';
import { EncoderField } from './EncoderField.tsx';
import { ExtraRowsField } from './ExtraRowsField.tsx';
import type { HubFieldProps } from './HubField.tsx';
import { knobs, withNumber, type NumericSetting } from './knobs.ts';
import { NumberField } from './NumberField.tsx';
import { SplitFields } from './SplitFields.tsx';
import { TitleFields } from './TitleFields.tsx';
import classes from './TrainScreen.module.css';

export interface AdjustProps {
  config: TrainingConfig;
  problems: ConfigProblems;
  encoders: EncoderInfo[];
  /** Whose settings are the usual ones; undefined until they are known. */
  recipe: RecipeInfo | undefined;
  onChange: (config: TrainingConfig) => void;
  onReset: () => void;
  /** Of the table that is open. */
  labelNames: readonly string[];
  onDropEncoder: (files: File[]) => void;
  hub: HubFieldProps;
}

/** @see AdjustProps */
export function Adjust(props: AdjustProps) {
  const { config, problems, recipe, onReset } = props;
  const changed = changedSettings(config, recipe?.method.kind === 'finetune' ? recipe.method.config : undefined);
  const wrong = Object.keys(problems).length;
  return (
    <AdjustFold changed={changed} wrong={wrong} onReset={onReset}>
      <Fields {...props} />
    </AdjustFold>
  );
}

// Numbers that go with a choice begin anew when another is made: one that is wrong must not stay where it is not seen.
const { plateauFactor, plateauPatience, focalGamma, asymmetricGamma, asymmetricMargin } = oneModelConfig;

function Fields({ config, problems, encoders, recipe, labelNames, onChange, onDropEncoder, hub }: AdjustProps) {
  const number = (setting: NumericSetting): ReactNode => {
    const { label, description, scale, step } = knobs[setting];
    return (
      <NumberField
        label={label}
        description={description}
        value={Number((config[setting] * scale).toPrecision(10))}
        step={step}
        error={problems[setting]}
        onChange={(value) => onChange(withNumber(config, setting, value / scale))}
      />
    );
  };
  return (
    <>
      <FieldGroup title="Model">
        <EncoderField
          encoders={encoders}
          value={config.encoder}
          onChange={(encoder) => onChange(withEncoder(config, encoder, recipe?.learningRates ?? undefined))}
          onDrop={onDropEncoder}
          hub={hub}
        />
        {number('maxTokens')}
        <NativeSelect
          label="Device"
          description="A graphics card is many times faster; the processor works everywhere. The same result either way."
          value={config.backend ?? ''}
          data={[
            { value: '', label: 'Automatic: the best there is' },
            ...(['webgpu', 'wasm'] as const).map((value) => ({ value, label: backendNames[value] })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...config, backend: value === 'webgpu' || value === 'wasm' ? value : null })
          }
        />
      </FieldGroup>
      <FieldGroup title="Learning">
        {number('epochs')}
        {number('minimumSteps')}
        {number('batchSize')}
        {number('learningRate')}
        <Choice
          label="Schedule"
          description="How the learning rate goes after the warm-up. Falling lets the model settle. Costs nothing."
          value={config.schedule}
          names={scheduleNames}
          onChange={(schedule) => onChange({ ...config, schedule, plateauFactor, plateauPatience })}
        />
        {config.schedule === 'plateau' && number('plateauFactor')}
        {config.schedule === 'plateau' && number('plateauPatience')}
        {number('warmup')}
        {number('weightDecay')}
        {number('dropout')}
        {number('maxGradientNorm')}
        {number('layerDecay')}
        {number('frozenLayers')}
        {number('gradientAccumulation')}
      </FieldGroup>
      <FieldGroup title="Labels and what is kept">
        <Choice
          label="Loss"
          description="What is made small. The other two help where labels are rare; probabilities then say less. Costs nothing."
          value={config.loss}
          names={lossNames}
          onChange={(loss) => onChange({ ...config, loss, focalGamma, asymmetricGamma, asymmetricMargin })}
        />
        {config.loss === 'focal' && number('focalGamma')}
        {config.loss === 'asymmetric' && number('asymmetricGamma')}
        {config.loss === 'asymmetric' && number('asymmetricMargin')}
        {number('labelSmoothing')}
        {number('ensembleFolds')}
        {config.ensembleFolds === 0 && number('distillationFolds')}
        {config.ensembleFolds === 0 && config.distillationFolds > 0 && number('distillationShare')}
        <Choice
          label="Class weights"
          description="Makes rare labels count more: they are found more often, at the price of more false alarms."
          value={config.classWeights}
          names={classWeightNames}
          onChange={(classWeights) => onChange({ ...config, classWeights })}
        />
        <Choice
          label="Epoch that is kept"
          description="The last one, or the best by a figure on validation rows, which is the surer the more rows there are."
          value={config.bestBy}
          names={bestByNames}
          onChange={(bestBy) => onChange({ ...config, bestBy })}
        />
        <Choice
          label="Thresholds"
          description="From where on a label is given. .5 is steadiest after plain cross-entropy; other losses and weights want chosen ones."
          value={config.thresholds}
          names={thresholdNames}
          onChange={(thresholds) => onChange({ ...config, thresholds })}
        />
        <EarlyStopping config={config} problem={problems.earlyStoppingPatience} onChange={onChange} />
      </FieldGroup>
      <FieldGroup title="Data">
        <SplitFields
          split={config.split}
          problem={problems.split}
          onChange={(split) => onChange({ ...config, split })}
        />
        {number('seed')}
        {config.normalisation && (
          <TitleFields
            value={config.normalisation}
            onChange={(normalisation) => onChange({ ...config, normalisation })}
          />
        )}
        <ExtraRowsField
          rows={config.extraRows}
          labelNames={labelNames}
          problem={problems.extraRows}
          onChange={(extraRows) => onChange({ ...config, extraRows })}
        />
      </FieldGroup>
    </>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  description: string;
  value: Value;
  names: Record<Value, string>;
  onChange: (value: Value) => void;
}

function Choice<Value extends string>({ label, description, value, names, onChange }: ChoiceProps<Value>) {
  const values = Object.keys(names).filter((name): name is Value => name in names);
  return (
    <NativeSelect
      label={label}
      description={description}
      value={value}
      data={values.map((name) => ({ value: name, label: names[name] }))}
      onChange={(event) => {
        const chosen = values.find((name) => name === event.currentTarget.value);
        if (chosen) onChange(chosen);
      }}
    />
  );
}

interface PartProps {
  config: TrainingConfig;
  problem: string | undefined;
  onChange: (config: TrainingConfig) => void;
}

function EarlyStopping({ config, problem, onChange }: PartProps) {
  const patience = config.earlyStoppingPatience;
  return (
    <div className={classes.pair}>
      <NativeSelect
        label="Early stopping"
        description="Stops when that figure has not risen for a while. Saves time; may stop too soon."
        value={patience === null ? 'off' : 'on'}
        data={[
          { value: 'on', label: 'on' },
          { value: 'off', label: 'off' },
        ]}
        onChange={(event) =>
          onChange({
            ...config,
            earlyStoppingPatience:
              event.currentTarget.value === 'off' ? null : (oneModelConfig.earlyStoppingPatience ?? 3),
          })
        }
      />
      <NumberField
        label="Patience"
        rightSection={<Text size="xs">epochs</Text>}
        rightSectionWidth={60}
        rightSectionPointerEvents="none"
        value={patience ?? Number.NaN}
        disabled={patience === null}
        step={(value, direction) => value + direction}
        error={problem}
        onChange={(value) => onChange({ ...config, earlyStoppingPatience: value })}
      />
    </div>
  );
}
