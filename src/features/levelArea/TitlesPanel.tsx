/** Where titles come in, and which of them are left out. */
import { Button, NativeSelect } from '@mantine/core';
import { FileSpreadsheet } from 'lucide-react';
import { useState } from 'react';
import type { InvalidReason, Labelling, LevelAreaFile } from '../../shared/levelArea.ts';
import { DropArea, FileButton } from '../../ui/DropArea.tsx';
import { formatCount, formatCounted } from '../../ui/format.ts';
import { PasteModal } from '../../ui/PasteModal.tsx';
import { Stat, StatRow } from '../../ui/Stat.tsx';
import css from './LevelArea.module.css';
import { ScrollTable } from './ScrollTable.tsx';

export const tableFiles = '.csv,.tsv,.txt,.xlsx';

const reasonTexts: Record<InvalidReason, string> = {
  empty: 'Empty',
  placeholder: 'A placeholder, such as “n/a” or “test”',
  html: 'HTML tags',
  address: 'A web or e-mail address',
  digits: 'Digits only',
  symbols: 'Symbols only',
  'repeated-letters': 'One letter, repeated',
  'too-short': 'A single letter',
  'too-long': 'Longer than a title: over 25 words or 200 characters',
};

export function reasonText(reason: string): string {
  return reason in reasonTexts ? reasonTexts[reason as InvalidReason] : reason;
}

export interface TitleSourceProps {
  onOpen: (source: File | string) => void;
  busy: boolean;
}

/** Buttons that bring titles in: a file or pasted text. */
export function TitleButtons({ onOpen, busy, label }: TitleSourceProps & { label: string }) {
  const [pasting, setPasting] = useState(false);
  return (
    <div className={css.row}>
      <FileButton accept={tableFiles} variant="default" disabled={busy} onFiles={([file]) => onOpen(file)}>
        {label}
      </FileButton>
      <Button variant="default" disabled={busy} onClick={() => setPasting(true)}>
        Paste titles
      </Button>
      <PasteModal
        opened={pasting}
        onClose={() => setPasting(false)}
        onText={onOpen}
        title="Paste titles"
        action="Use these titles"
        box={{ label: 'Titles, one a line', autosize: true, minRows: 8, maxRows: 16 }}
      />
    </div>
  );
}

export function NoTitles(props: TitleSourceProps) {
  return (
    <DropArea label="Titles">
      <div className={css.empty}>
        <FileSpreadsheet size={32} strokeWidth={1.4} aria-hidden="true" />
        <h2 className={css.name}>Drop a file of job titles</h2>
        <p className={css.quiet}>
          CSV, Excel or text with one title a line; labels are not needed. A few hundred titles are a beginning, a few
          thousand are better. Nothing leaves this machine.
        </p>
        <TitleButtons {...props} label="Choose a file" />
      </div>
    </DropArea>
  );
}

export interface TitlesPanelProps extends TitleSourceProps {
  file: LevelAreaFile;
  titleColumn: number;
  labelling: Labelling | null;
  onColumn: (column: number) => void;
}

export function TitlesPanel({ file, titleColumn, labelling, onColumn, ...source }: TitlesPanelProps) {
  const left = labelling?.invalid.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  return (
    <section className={css.panel} aria-labelledby="level-area-titles">
      <div className={`${css.row} ${css.between}`}>
        <h2 id="level-area-titles" className={css.name}>
          1. Titles: {file.name}
        </h2>
        <TitleButtons {...source} label="Another file" />
      </div>
      {file.columns.length > 1 && (
        <NativeSelect
          label="Column with the titles"
          w={280}
          value={String(titleColumn)}
          data={file.columns.map((label, column) => ({ value: String(column), label }))}
          onChange={(event) => onColumn(Number(event.currentTarget.value))}
        />
      )}
      {labelling && (
        <StatRow>
          <Stat label="Rows" value={formatCount(labelling.rows)} />
          <Stat label="Different titles" value={formatCount(labelling.titles)} context="are used, each once" />
          <Stat label="Repeated" value={formatCount(labelling.repeated)} context="alike but for case" />
          <Stat label="Left out" value={formatCount(left)} context="are no titles" />
        </StatRow>
      )}
      {labelling && left > 0 && <LeftOut invalid={labelling.invalid} />}
    </section>
  );
}

function LeftOut({ invalid }: { invalid: Labelling['invalid'] }) {
  return (
    <ScrollTable label="Rows that are left out">
      <thead>
        <tr>
          <th scope="col">Left out</th>
          <th scope="col" className={css.number}>
            Rows
          </th>
          <th scope="col" className={css.wide}>
            For example
          </th>
        </tr>
      </thead>
      <tbody>
        {invalid.map(({ reason, rows, examples }) => (
          <tr key={reason}>
            <th scope="row">{reasonTexts[reason]}</th>
            <td className={css.number}>{formatCount(rows)}</td>
            <td className={`${css.wide} ${css.name}`}>{examples.slice(0, 3).join(' · ')}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

/** "1 156 of 2 063 titles". */
export function shareText(part: number, whole: number): string {
  return `${formatCount(part)} of ${formatCounted(whole, 'title')}`;
}
