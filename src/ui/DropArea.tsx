import { Button, type ButtonProps } from '@mantine/core';
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
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={multiple}
        hidden
        tabIndex={-1}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
