import { Button, Group, Modal, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { KeywordClass } from '../../shared/levelArea.ts';

export interface ClassEditorProps {
  value: KeywordClass;
  /** Names of the other classes. */
  taken: string[];
  onSave: (value: KeywordClass) => void;
  /** Null where it cannot be removed. */
  onRemove: (() => void) | null;
  onClose: () => void;
}

/** Name and keywords of a class. */
export function ClassEditor({ value, taken, onSave, onRemove, onClose }: ClassEditorProps) {
  const [name, setName] = useState(value.name);
  const [text, setText] = useState(value.keywords.join(', '));
  const problem = taken.includes(name.trim()) ? 'Another class has this name.' : null;
  const keywords = [...new Set(text.split(/[,;\n]/).map((keyword) => keyword.trim()))].filter((keyword) =>
    /[\p{L}\p{N}]/u.test(keyword),
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={value.name === '' ? 'Add a class' : `Edit “${value.name}”`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <TextInput
        label="Name"
        value={name}
        error={problem}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Textarea
        mt="md"
        label="Keywords"
        description="Words or phrases, with commas between them. Case and punctuation do not matter; a plural s is overlooked."
        autosize
        minRows={4}
        maxRows={14}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="space-between" mt="md">
        {onRemove ? (
          <Button variant="subtle" color="red" onClick={onRemove}>
            Remove the class
          </Button>
        ) : (
          <span />
        )}
        <Group>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={name.trim() === '' || problem !== null}
            onClick={() => onSave({ ...value, name: name.trim(), keywords })}
          >
            Save
          </Button>
        </Group>
      </Group>
    </Modal>
  );
}
