import { Radio, Stack, Switch } from '@mantine/core';
import type { DataSettings, UnlabelledPolicy } from '../../shared/dataset.ts';
import { describeUnlabelled } from './roles.ts';
import { CommittedText } from './RolesCard.tsx';
import { SettingsCard } from './SettingsCard.tsx';

export interface TrainRowsCardProps {
  settings: DataSettings;
  onConfigure: (change: Partial<DataSettings>) => void;
  disabled: boolean;
}

const policies: { value: UnlabelledPolicy['kind']; label: string; description: string }[] = [
  { value: 'drop', label: 'Leave out', description: 'The model never sees them.' },
  {
    value: 'label',
    label: 'Give a label of their own',
    description: 'The model learns to recognise them as that label.',
  },
  { value: 'none', label: 'Keep as “none”', description: 'The model learns to give them no label at all.' },
];

const defaultName = 'Not Required';

/** Which rows go to training: what happens to those without a label, and which are left out. */
export function TrainRowsCard({ settings, onConfigure, disabled }: TrainRowsCardProps) {
  const { unlabelled, filter } = settings;
  const left = [filter.invalidTitles && 'unreadable titles', filter.exactDuplicates && 'repeated rows'].filter(Boolean);
  const setPolicy = (kind: string) =>
    onConfigure({
      unlabelled: kind === 'label' ? { kind, name: defaultName } : { kind: kind === 'none' ? 'none' : 'drop' },
    });
  return (
    <SettingsCard
      title="Rows to train on"
      disabled={disabled}
      summary={
        <>
          <p>{describeUnlabelled(unlabelled)}</p>
          <p>{left.length > 0 ? `Also left out: ${left.join(' and ')}.` : 'All other rows are used as they are.'}</p>
        </>
      }
    >
      <Radio.Group label="Rows without a label" value={unlabelled.kind} onChange={setPolicy}>
        <Stack gap={8} mt={6}>
          {policies.map(({ value, label, description }) => (
            <Radio key={value} size="sm" value={value} label={label} description={description} disabled={disabled} />
          ))}
        </Stack>
      </Radio.Group>
      {unlabelled.kind === 'label' && (
        <CommittedText
          key={unlabelled.name}
          label="Name of that label"
          initial={unlabelled.name}
          onCommit={(name) => onConfigure({ unlabelled: { kind: 'label', name } })}
          disabled={disabled}
        />
      )}
      <Switch
        size="sm"
        label="Leave out unreadable titles"
        description="Empty ones, and those of only digits or symbols."
        checked={filter.invalidTitles}
        onChange={(event) => onConfigure({ filter: { ...filter, invalidTitles: event.currentTarget.checked } })}
        disabled={disabled}
      />
      <Switch
        size="sm"
        label="Leave out repeated rows"
        description="All but the first of rows with the same title and the same labels."
        checked={filter.exactDuplicates}
        onChange={(event) => onConfigure({ filter: { ...filter, exactDuplicates: event.currentTarget.checked } })}
        disabled={disabled}
      />
    </SettingsCard>
  );
}
