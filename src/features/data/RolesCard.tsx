import { MultiSelect, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ColumnRoles, LabelLayout } from '../../shared/dataset.ts';
import { describeLabels, describeTitle, withKind, withLabels, withTitle } from './roles.ts';
import { SettingsCard } from './SettingsCard.tsx';

export interface RolesCardProps {
  columns: readonly string[];
  roles: ColumnRoles;
  onRoles: (roles: ColumnRoles) => void;
  disabled: boolean;
}

const kinds: { value: LabelLayout['kind']; label: string }[] = [
  { value: 'columns', label: 'Several columns' },
  { value: 'separated', label: 'One column' },
  { value: 'indicators', label: '0/1 columns' },
];

const kindMeaning: Record<LabelLayout['kind'], string> = {
  columns: 'Each cell of these columns holds one label or nothing.',
  separated: 'One cell holds all labels of its row.',
  indicators: 'Each of these columns is one label, named by its header.',
};

/** Which column is what, in a sentence each, and the controls to correct it. */
export function RolesCard({ columns, roles, onRoles, disabled }: RolesCardProps) {
  const { title, labels } = roles;
  const choices = columns.map((name, index) => ({ value: String(index), label: name }));
  const setLabels = (next: LabelLayout | null) => onRoles(withLabels(roles, next));
  return (
    <SettingsCard
      title="Columns"
      disabled={disabled}
      forced={title === null || labels === null}
      summary={
        <>
          <p>{describeTitle(roles, columns)}</p>
          <p>{describeLabels(labels, columns)}</p>
        </>
      }
    >
      <Select
        label="Titles are in"
        placeholder="Choose a column"
        data={choices}
        value={title === null ? null : String(title)}
        onChange={(value) => value !== null && onRoles(withTitle(roles, Number(value)))}
        allowDeselect={false}
        searchable={columns.length > 12}
        disabled={disabled}
      />
      <div>
        <Text component="div" size="sm" fw={500} mb={4} id="label-layout">
          Labels are in
        </Text>
        <SegmentedControl
          aria-labelledby="label-layout"
          fullWidth
          size="xs"
          data={kinds}
          value={labels?.kind ?? ''}
          onChange={(value) => value !== '' && setLabels(withKind(value, roles, columns.length))}
          disabled={disabled}
        />
        {labels && (
          <Text size="xs" mt={6} c="dimmed">
            {kindMeaning[labels.kind]}
          </Text>
        )}
      </div>
      {labels?.kind === 'separated' && (
        <SeparatedControls layout={labels} choices={choices} onLayout={setLabels} disabled={disabled} />
      )}
      {labels && labels.kind !== 'separated' && (
        <MultiSelect
          label="Label columns"
          placeholder={labels.columns.length === 0 ? 'Choose columns' : undefined}
          data={choices.filter((choice) => choice.value !== String(title))}
          value={labels.columns.map(String)}
          onChange={(values) => setLabels({ kind: labels.kind, columns: values.map(Number).toSorted((a, b) => a - b) })}
          searchable={columns.length > 12}
          disabled={disabled}
        />
      )}
    </SettingsCard>
  );
}

const separators = [
  { value: '', label: 'Nothing: one label in a cell' },
  { value: ';', label: '; semicolon' },
  { value: ',', label: ', comma' },
  { value: '|', label: '| bar' },
  { value: '/', label: '/ slash' },
  { value: '\n', label: 'Line break' },
];
const another = 'another';

interface SeparatedControlsProps {
  layout: Extract<LabelLayout, { kind: 'separated' }>;
  choices: { value: string; label: string }[];
  onLayout: (layout: LabelLayout) => void;
  disabled: boolean;
}

function SeparatedControls({ layout, choices, onLayout, disabled }: SeparatedControlsProps) {
  const known = separators.some((separator) => separator.value === layout.separator);
  const [own, setOwn] = useState(!known);
  return (
    <>
      <Select
        label="Label column"
        data={choices}
        value={String(layout.column)}
        onChange={(value) => value !== null && onLayout({ ...layout, column: Number(value) })}
        allowDeselect={false}
        disabled={disabled}
      />
      <Select
        label="Between two labels"
        data={[...separators, { value: another, label: 'Something else' }]}
        value={own ? another : layout.separator}
        onChange={(value) => {
          setOwn(value === another);
          if (value !== null && value !== another) onLayout({ ...layout, separator: value });
        }}
        allowDeselect={false}
        disabled={disabled}
      />
      {own && (
        <CommittedText
          label="What stands between two labels"
          initial={known ? '' : layout.separator}
          onCommit={(separator) => onLayout({ ...layout, separator })}
          disabled={disabled}
        />
      )}
    </>
  );
}

export interface CommittedTextProps {
  label: string;
  initial: string;
  /** Called on Enter and on leaving the box, when the text has changed and is not empty. */
  onCommit: (text: string) => void;
  disabled: boolean;
}

/** A text box that speaks when it is done, so that a long analysis does not run for each key. */
export function CommittedText({ label, initial, onCommit, disabled }: CommittedTextProps) {
  const [text, setText] = useState(initial);
  const commit = () => text !== '' && text !== initial && onCommit(text);
  return (
    <TextInput
      label={label}
      value={text}
      maxLength={80}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
      disabled={disabled}
    />
  );
}
