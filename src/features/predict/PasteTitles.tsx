import { Button, Group, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';

export interface PasteTitlesProps {
  opened: boolean;
  onClose: () => void;
  onText: (text: string) => void;
}

/** A box for a list of titles copied from anywhere. */
export function PasteTitles({ opened, onClose, onText }: PasteTitlesProps) {
  const [text, setText] = useState('');
  const close = () => {
    setText('');
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title="Paste titles" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Textarea
        label="One title a line, or a table with a header row"
        placeholder={'Head of Sales\nStaff Nurse'}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rows={12}
        spellCheck={false}
        data-autofocus
      />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          disabled={text.trim() === ''}
          onClick={() => {
            close();
            onText(text);
          }}
        >
          Predict these titles
        </Button>
      </Group>
    </Modal>
  );
}
