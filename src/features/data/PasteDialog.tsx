import { Button, Group, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';

export interface PasteDialogProps {
  opened: boolean;
  onClose: () => void;
  onText: (text: string) => void;
}

/** A box for a table copied from a spreadsheet. */
export function PasteDialog({ opened, onClose, onText }: PasteDialogProps) {
  const [text, setText] = useState('');
  const close = () => {
    setText('');
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title="Paste a table" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Textarea
        label="Copied cells or comma-separated text"
        description="Select the cells in your spreadsheet with their header row, copy them, and paste them here."
        placeholder={'Title\tLevel\nHead of Sales\tDirector'}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rows={10}
        spellCheck={false}
        styles={{
          description: { color: 'var(--muted)' },
          input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, whiteSpace: 'pre' },
        }}
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
          Read this table
        </Button>
      </Group>
    </Modal>
  );
}
