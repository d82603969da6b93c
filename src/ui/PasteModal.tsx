import { Button, Group, Modal, Textarea, type TextareaProps } from '@mantine/core';
import { useState } from 'react';

export interface PasteModalProps {
  opened: boolean;
  onClose: () => void;
  onText: (text: string) => void;
  title: string;
  /** Of the button that takes the text. */
  action: string;
  /** Label, placeholder and looks of the box. */
  box: TextareaProps;
}

/** A box for text copied from elsewhere; closing it forgets the text. */
export function PasteModal({ opened, onClose, onText, title, action, box }: PasteModalProps) {
  const [text, setText] = useState('');
  const close = () => {
    setText('');
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Textarea
        {...box}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
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
          {action}
        </Button>
      </Group>
    </Modal>
  );
}
