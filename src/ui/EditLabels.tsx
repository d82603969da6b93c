/** A dialogue in which a row gets other labels. Everything in it can be reached by keyboard; Enter keeps, Escape leaves it as it was. */
import { Button, Checkbox, Group, Modal, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { labelKey, newLabelProblem } from '../shared/labelNames.ts';
import { collapseSpaces, isBlank } from '../shared/strings.ts';
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
  /** As `CorrectionState`. */
  separator: string | null;
  onSave: (labels: string[]) => void;
  onClose: () => void;
}

const filteredFrom = 12;

/** Where a row carries one label, another takes its place. */
function chosenWith(chosen: readonly string[], label: string, most: number): readonly string[] {
  return most === 1 ? [label] : [...chosen, label];
}

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

function Choice({ row, labelNames, most, separator, onSave, onClose }: EditLabelsProps & { row: EditedRow }) {
  const [{ names, chosen }, setLabels] = useState({ names: labelNames, chosen: row.labels });
  const [search, setSearch] = useState('');
  const [typed, setTyped] = useState('');
  const sought = search.trim().toLowerCase();
  const full = chosen.length >= most && most > 1;
  const name = collapseSpaces(typed);
  const problem = name === '' ? null : newLabelProblem(name, separator);
  const withTyped = (): { names: readonly string[]; chosen: readonly string[] } => {
    if (name === '') return { names, chosen };
    const known = names.find((other) => labelKey(other) === labelKey(name));
    const spelled = known ?? name;
    if (full && !chosen.includes(spelled)) return { names, chosen };
    return {
      names: known === undefined ? [...names, name] : names,
      chosen: chosen.includes(spelled) ? chosen : chosenWith(chosen, spelled, most),
    };
  };
  const add = (): void => {
    if (problem !== null) return;
    setLabels(withTyped());
    setTyped('');
    setSearch('');
  };
  const toggle = (label: string): void => {
    const others = chosen.filter((other) => other !== label);
    setLabels({ names, chosen: others.length < chosen.length ? others : chosenWith(chosen, label, most) });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (problem !== null) return;
        // What is typed counts, added or not.
        const kept = withTyped();
        onSave(kept.names.filter((label) => kept.chosen.includes(label)));
      }}
    >
      <p className={css.title}>{isBlank(row.title) ? '(empty title)' : row.title}</p>
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
        {names.map((label, index) => (
          <Checkbox
            key={label}
            hidden={!label.toLowerCase().includes(sought)}
            // The first thing a keyboard should reach is what the dialogue is for.
            data-autofocus={index === 0 || undefined}
            label={<LabelChip name={label} index={index} quiet />}
            checked={chosen.includes(label)}
            disabled={full && !chosen.includes(label)}
            onChange={() => toggle(label)}
            onKeyDown={(event) => {
              // A checkbox does not submit its form by itself.
              if (event.key === 'Enter') event.currentTarget.form?.requestSubmit();
            }}
          />
        ))}
      </fieldset>
      {separator !== null && (
        <div className={css.new}>
          <TextInput
            label="Another label"
            className={css.newName}
            value={typed}
            disabled={full}
            error={problem && `Not possible: ${problem}.`}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || name === '') return;
              // It is added first; Enter once more keeps the row.
              event.preventDefault();
              add();
            }}
          />
          <Button variant="default" disabled={name === '' || problem !== null} onClick={add}>
            Add
          </Button>
        </div>
      )}
      <Text size="sm" c="var(--muted)" mt="sm" className={css.note}>
        {chosen.length === 0 && name === '' ? 'Without a label.' : ''}
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
