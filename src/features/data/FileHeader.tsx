import { Button, Checkbox, Menu, NativeSelect } from '@mantine/core';
import { ChevronDown, ClipboardPaste, FileSpreadsheet, FlaskConical, FolderOpen } from 'lucide-react';
import type { DataSummary, SourceInfo } from '../../shared/dataset.ts';
import { FileDialog } from '../../ui/DropArea.tsx';
import { formatBytes, formatCount, formatCounted } from '../../ui/format.ts';
import type { ImportOptions } from '../../worker/protocol.ts';
import css from './DataScreen.module.css';
import { tableFileTypes } from './dataState.ts';

const encodings: Record<NonNullable<SourceInfo['encoding']>, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252',
};
const delimiters: Record<string, string> = { ',': 'Comma', '\t': 'Tab', ';': 'Semicolon', '|': 'Bar' };

export interface FileHeaderProps {
  summary: DataSummary;
  /** Reads the open file again in another way; null where the file is not at hand. */
  onReopen: ((options: ImportOptions) => void) | null;
  onFiles: (files: File[]) => void;
  onPaste: () => void;
  onSample: () => void;
}

/** What is open, how it was read, and the way to another table. */
export function FileHeader({ summary, onReopen, ...replace }: FileHeaderProps) {
  const { source } = summary;
  const facts = [
    formatCounted(summary.rowCount, 'row'),
    formatCounted(summary.columns.length, 'column'),
    source.format === 'pasted' ? 'pasted' : formatBytes(source.bytes),
  ];
  return (
    <header className={css.header}>
      <FileSpreadsheet size={24} strokeWidth={1.5} aria-hidden="true" className={css.headerIcon} />
      <div className={css.headerText}>
        <h1 className={css.fileName} title={source.name}>
          {source.name}
        </h1>
        <p className={`${css.facts} tabular`}>{facts.join(' · ')}</p>
      </div>
      <div className={css.headerControls}>
        <ReadingOptions source={source} onReopen={onReopen} />
        <ReplaceMenu {...replace} />
      </div>
    </header>
  );
}

/** Sheet of a workbook; encoding and separator of a text file; whether the first row names the columns. */
function ReadingOptions({ source, onReopen }: { source: SourceInfo; onReopen: FileHeaderProps['onReopen'] }) {
  const disabled = onReopen === null;
  const { sheets, sheet, encoding, delimiter } = source;
  const others = sheets && sheets.length > 1;
  return (
    <>
      {others && (
        <NativeSelect
          aria-label="Sheet"
          size="xs"
          disabled={disabled}
          value={sheet}
          data={sheets.map(({ name, rows }) => ({ value: name, label: `${name} · ${formatCount(rows)}` }))}
          onChange={(event) => onReopen?.({ sheet: event.currentTarget.value })}
        />
      )}
      {encoding && (
        <NativeSelect
          aria-label="Encoding"
          size="xs"
          disabled={disabled}
          value={encoding}
          data={Object.entries(encodings).map(([value, label]) => ({ value, label }))}
          onChange={(event) => onReopen?.({ encoding: event.currentTarget.value, delimiter })}
        />
      )}
      {encoding && delimiter && (
        <NativeSelect
          aria-label="Separator between columns"
          size="xs"
          disabled={disabled}
          value={delimiter}
          data={Object.entries({ ...delimiters, [delimiter]: delimiters[delimiter] ?? delimiter }).map(
            ([value, label]) => ({
              value,
              label,
            }),
          )}
          onChange={(event) => onReopen?.({ delimiter: event.currentTarget.value, encoding })}
        />
      )}
      {onReopen && source.header !== undefined && (
        <Checkbox
          label="First row is a header"
          size="xs"
          checked={source.header}
          onChange={(event) => onReopen({ sheet, encoding, delimiter, header: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function ReplaceMenu({ onFiles, onPaste, onSample }: Omit<FileHeaderProps, 'summary' | 'onReopen'>) {
  return (
    // Around the whole menu: its items are gone by the time a file is chosen.
    <FileDialog accept={tableFileTypes} onFiles={onFiles}>
      {(browse) => (
        <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button variant="default" size="xs" rightSection={<ChevronDown size={14} aria-hidden="true" />}>
              Replace
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<FolderOpen size={16} />} onClick={browse}>
              Browse files
            </Menu.Item>
            <Menu.Item leftSection={<ClipboardPaste size={16} />} onClick={onPaste}>
              Paste a table
            </Menu.Item>
            <Menu.Item leftSection={<FlaskConical size={16} />} onClick={onSample}>
              Use sample data
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </FileDialog>
  );
}
