/** A dialogue in which a row gets other labels. Everything in it can be reached by keyboard; Enter keeps, Escape leaves it as it was. */
import { Button, Checkbox, Group, Modal, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { formatCounted } from './format.ts';
import css from './EditLabels.module.css';
import { LabelChip } from './LabelChip.tsx';

export interface EditedRow {
  row: number;
  title: string;
  labels: readonly string[];
}

export interface EditLabelsProps {
  /** Null: closed. */
  row: EditedRow | null;
  /** All labels of the table, in their order. */
  labelNames: readonly string[];
  /** How many labels a row of this table can carry. */
  most: number;
  onSave: (labels: string[]) => void;
  onClose: () => void;
}

const filteredFrom = 12;

/** @see EditLabelsProps */
export function EditLabels({ row, onClose, ...rest }: EditLabelsProps) {
  return (
    <Modal
      opened={row !== null}
      onClose={onClose}
      title={row ? `Labels of row ${row.row}` : ''}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {row && <Choice key={row.row} row={row} onClose={onClose} {...rest} />}
    </Modal>
  );
}

function Choice({ row, labelNames, most, onSave, onClose }: EditLabelsProps & { row: EditedRow }) {
  const [chosen, setChosen] = useState<readonly string[]>(row.labels);
  const [search, setSearch] = useState('');
  const sought = search.trim().toLowerCase();
  const full = chosen.length >= most && most > 1;
  const toggle = (name: string): void => {
    if (chosen.includes(name)) setChosen(chosen.filter((other) => other !== name));
    // Where a row carries one label, another takes its place.
    else setChosen(most === 1 ? [name] : [...chosen, name]);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(labelNames.filter((name) => chosen.includes(name)));
      }}
    >
      <p className={css.title}>{row.title.trim() === '' ? '(empty title)' : row.title}</p>
      {labelNames.length > filteredFrom && (
        <TextInput
          aria-label="Search labels"
          placeholder="Search labels"
          mb="xs"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <fieldset className={css.labels}>
        <legend className={css.legend}>
          {Number.isFinite(most)
            ? `At most ${formatCounted(most, 'label')} a row in this table`
            : 'Any number of labels'}
        </legend>
        {labelNames.map((name, index) => (
          <Checkbox
            key={name}
            hidden={!name.toLowerCase().includes(sought)}
            // The first thing a keyboard should reach is what the dialogue is for.
            data-autofocus={index === 0 || undefined}
            label={<LabelChip name={name} index={index} quiet />}
            checked={chosen.includes(name)}
            disabled={full && !chosen.includes(name)}
            onChange={() => toggle(name)}
            onKeyDown={(event) => {
              // A checkbox does not submit its form by itself.
              if (event.key === 'Enter') event.currentTarget.form?.requestSubmit();
            }}
          />
        ))}
      </fieldset>
      <Text size="sm" c="var(--muted)" mt="sm" className={css.note}>
        {chosen.length === 0 ? 'Without a label.' : ''}
      </Text>
      <Group justify="flex-end" mt="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit">Save labels</Button>
      </Group>
    </form>
  );
}
