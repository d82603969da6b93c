import { Button, Collapse, Select } from '@mantine/core';
import { useState } from 'react';
import type { MatchingEncoder, TaxonomyColumns, TaxonomyFile } from '../../shared/matching.ts';
import { FileButton } from '../../ui/DropArea.tsx';
import { formatCounted } from '../../ui/format.ts';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import css from './MatchScreen.module.css';
import type { EncoderOption, MatchSession, MatchState } from './matchSession.ts';
import { taxonomyFileTypes } from './NoTaxonomy.tsx';

export interface TaxonomyPanelProps {
  session: MatchSession;
  state: MatchState;
  file: TaxonomyFile;
  options: readonly EncoderOption[];
  chosen: MatchingEncoder;
  onFiles: (files: File[]) => void;
}

const valueOf = ({ kind, id }: MatchingEncoder): string => `${kind} ${id}`;

/** The taxonomy that is open, its columns, and the encoder that reads it. */
export function TaxonomyPanel({ session, state, file, options, chosen, onFiles }: TaxonomyPanelProps) {
  const [columnsOpen, setColumnsOpen] = useState(false);
  const { taxonomy, undescribed, notes } = file;
  const busy = state.live !== null;
  return (
    <section className={css.panel} aria-label="Taxonomy">
      <div className={css.fileHeader}>
        <div className={css.fileName}>
          <h2 className={css.subheading} title={taxonomy.name}>
            {taxonomy.name}
          </h2>
          <p className={css.quiet}>{countsText(file)}</p>
        </div>
        <Select
          label="Encoder"
          className={css.encoder}
          data={options.map(({ source, name }) => ({ value: valueOf(source), label: name }))}
          value={valueOf(chosen)}
          disabled={busy}
          onChange={(value) => {
            const found = options.find(({ source }) => valueOf(source) === value);
            if (found) void session.setEncoder(found.source);
          }}
          allowDeselect={false}
        />
        <Button variant="default" aria-expanded={columnsOpen} onClick={() => setColumnsOpen(!columnsOpen)}>
          Columns
        </Button>
        <FileButton accept={taxonomyFileTypes} multiple variant="default" disabled={busy} onFiles={onFiles}>
          Other files
        </FileButton>
      </div>
      <Collapse expanded={columnsOpen}>
        <Columns file={file} disabled={busy} onChange={(columns) => void session.setColumns(columns)} />
      </Collapse>
      {undescribed > 0 && undescribed < taxonomy.codes.offsets.length - 1 && (
        <p className={css.quiet}>{formatCounted(undescribed, 'entry', 'entries')} without a description.</p>
      )}
      {notes.map((note) => (
        <p key={note} className={css.quiet}>
          {note}
        </p>
      ))}
      <div className={css.status} aria-live="polite">
        <Opening state={state} />
      </div>
    </section>
  );
}

function countsText({ taxonomy: { codes, alternates, reported } }: TaxonomyFile): string {
  const parts = [formatCounted(codes.offsets.length - 1, 'entry', 'entries')];
  if (alternates.entries.length > 0) parts.push(formatCounted(alternates.entries.length, 'other title'));
  if (reported.entries.length > 0) parts.push(formatCounted(reported.entries.length, 'reported title'));
  return parts.join(', ');
}

function Opening({ state: { opening, opened, reading } }: { state: MatchState }) {
  if (reading !== null) return <p className={css.quiet}>Reading {reading}</p>;
  if (opening) {
    return <WorkProgress {...opening} label="Reading the entries" />;
  }
  if (!opened) return null;
  const { cached, seconds, device } = opened;
  const how = cached
    ? 'Ready: the entries were read in an earlier visit.'
    : `Ready: the entries were read in ${seconds.toFixed(0)} s on ${device.name}, and are kept for the next visit.`;
  return <p className={css.quiet}>{how}</p>;
}

interface ColumnsProps {
  file: TaxonomyFile;
  disabled: boolean;
  onChange: (columns: TaxonomyColumns) => void;
}

function Columns({ file: { columns, chosen }, disabled, onChange }: ColumnsProps) {
  const data = columns.map((label, column) => ({ value: String(column), label }));
  const none = { value: 'none', label: 'None' };
  const pick = (label: string, key: Exclude<keyof TaxonomyColumns, 'title'>) => (
    <Select
      label={label}
      data={[none, ...data]}
      value={chosen[key] === null ? 'none' : String(chosen[key])}
      disabled={disabled}
      allowDeselect={false}
      onChange={(value) => onChange({ ...chosen, [key]: value === 'none' ? null : Number(value) })}
    />
  );
  return (
    <div className={css.columns}>
      {pick('Code', 'code')}
      <Select
        label="Title"
        data={data}
        value={String(chosen.title)}
        disabled={disabled}
        allowDeselect={false}
        onChange={(value) => onChange({ ...chosen, title: Number(value) })}
      />
      {pick('Description', 'description')}
      {pick('Other titles', 'alternates')}
    </div>
  );
}
