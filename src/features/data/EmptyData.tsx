import { Button } from '@mantine/core';
import { ClipboardPaste, FileSpreadsheet, ShieldCheck } from 'lucide-react';
import { DropArea, FileButton } from '../../ui/DropArea.tsx';
import css from './DataScreen.module.css';
import { tableFileTypes } from './dataState.ts';

export interface EmptyDataProps {
  onFiles: (files: File[]) => void;
  onPaste: () => void;
  onSample: () => void;
}

/** The first screen of a first visit. */
export function EmptyData({ onFiles, onPaste, onSample }: EmptyDataProps) {
  return (
    <div className={css.welcome}>
      <DropArea label="Open a table">
        <FileSpreadsheet className={css.welcomeIcon} size={40} strokeWidth={1.4} aria-hidden="true" />
        <h1 className={css.welcomeTitle}>Drop a table of job titles here</h1>
        <p className={css.welcomeText}>
          Rung learns from titles that carry level labels, and then labels any title you give it.
        </p>
        <div className={css.welcomeActions}>
          <FileButton accept={tableFileTypes} onFiles={onFiles} size="md">
            Browse files
          </FileButton>
          <Button
            variant="default"
            size="md"
            leftSection={<ClipboardPaste size={16} aria-hidden="true" />}
            onClick={onPaste}
          >
            Paste a table
          </Button>
          <Button variant="default" size="md" onClick={onSample}>
            Use sample data
          </Button>
        </div>
        <p className={css.welcomeFormats}>Excel .xlsx, CSV or TSV; or copy the cells and press Ctrl V here</p>
      </DropArea>
      <p className={css.promise}>
        <ShieldCheck size={16} aria-hidden="true" />
        Nothing leaves this machine: your file is read, and the model trained, inside this page.
      </p>
    </div>
  );
}
