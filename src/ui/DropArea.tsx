import { Button, FileButton as MantineFileButton, type ButtonProps } from '@mantine/core';
import { Upload } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import css from './DropArea.module.css';

/** The dashed place that invites a drop; what stands in it is the caller's. The drop itself is taken by `usePageDrop`. */
export function DropArea({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className={css.area} aria-label={label}>
      {children}
    </section>
  );
}

/** Covers the page while files are dragged over it. */
export function DropOverlay({ visible, message }: { visible: boolean; message: string }) {
  if (!visible) return null;
  return (
    <div className={css.overlay}>
      <Upload size={40} aria-hidden="true" />
      {message}
    </div>
  );
}

export interface FileButtonProps extends ButtonProps {
  /** `accept` of the file dialog: ".csv,.xlsx". */
  accept: string;
  multiple?: boolean;
  onFiles: (files: File[]) => void;
}

/** A button that opens the file dialog. The same file can be chosen twice in a row. */
export function FileButton({ accept, multiple = false, onFiles, children, ...button }: FileButtonProps) {
  return (
    <FileDialog accept={accept} multiple={multiple} onFiles={onFiles}>
      {(open) => (
        <Button {...button} onClick={open}>
          {children}
        </Button>
      )}
    </FileDialog>
  );
}

export interface FileDialogProps extends Pick<FileButtonProps, 'accept' | 'multiple' | 'onFiles'> {
  /** Draws what opens the dialog. */
  children: (open: () => void) => ReactNode;
}

/** A file dialog for a menu item or another control that is not a plain button. */
export function FileDialog({ accept, multiple = false, onFiles, children }: FileDialogProps) {
  const reset = useRef<() => void>(null);
  return (
    <MantineFileButton
      accept={accept}
      multiple={multiple}
      resetRef={reset}
      inputProps={{ tabIndex: -1 }}
      onChange={(chosen) => {
        const files = [chosen].flat().filter((file) => file !== null);
        reset.current?.();
        if (files.length > 0) onFiles(files);
      }}
    >
      {({ onClick }) => children(onClick)}
    </MantineFileButton>
  );
}
