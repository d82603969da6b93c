import { Button } from '@mantine/core';
import { Redo2, Undo2 } from 'lucide-react';

export interface UndoRedoProps {
  canUndo: boolean;
  canRedo: boolean;
  onUndo: () => void;
  onRedo: () => void;
}

/** The two buttons beside each other. */
export function UndoRedo({ canUndo, canRedo, onUndo, onRedo }: UndoRedoProps) {
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={!canUndo}
        leftSection={<Undo2 size={14} aria-hidden="true" />}
        onClick={onUndo}
      >
        Undo
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={!canRedo}
        leftSection={<Redo2 size={14} aria-hidden="true" />}
        onClick={onRedo}
      >
        Redo
      </Button>
    </>
  );
}
