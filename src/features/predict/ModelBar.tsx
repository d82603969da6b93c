import { Select, Text } from '@mantine/core';
import { PackageOpen } from 'lucide-react';
import { FileButton } from '../../ui/DropArea.tsx';
import css from './PredictScreen.module.css';

/** What a model package may consist of: one zip, or the files of a Hugging Face folder. */
export const packageFileTypes = '.zip,.safetensors,.json,.txt';

export interface ModelChoice {
  id: string;
  name: string;
  detail: string;
}

export interface ModelBarProps {
  current: string | null;
  models: readonly ModelChoice[];
  onSelectModel: (id: string) => void;
  onOpenPackage: (files: File[]) => void;
  disabled: boolean;
}

/** Which model predicts. */
export function ModelBar({ current, models, onSelectModel, onOpenPackage, disabled }: ModelBarProps) {
  const details = new Map(models.map(({ id, detail }) => [id, detail]));
  return (
    <div className={css.modelBar}>
      {models.length > 0 && (
        <Select
          label="Model"
          placeholder="Choose a model"
          data={models.map(({ id, name }) => ({ value: id, label: name }))}
          value={current}
          onChange={(id) => {
            if (id !== null && id !== current) onSelectModel(id);
          }}
          allowDeselect={false}
          disabled={disabled}
          maxDropdownHeight={360}
          renderOption={({ option }) => (
            <span>
              <Text size="sm">{option.label}</Text>
              <span className={css.quiet}>{details.get(option.value)}</span>
            </span>
          )}
        />
      )}
      <FileButton
        accept={packageFileTypes}
        multiple
        variant="default"
        leftSection={<PackageOpen size={16} aria-hidden="true" />}
        onFiles={onOpenPackage}
      >
        Open a model
      </FileButton>
    </div>
  );
}
