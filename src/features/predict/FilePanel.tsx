import { Alert, Button, CloseButton, Loader, Select } from '@mantine/core';
import { ClipboardPaste, FileSpreadsheet } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { FileButton } from '../../ui/DropArea.tsx';
import { formatBytes, formatCounted } from '../../ui/format.ts';
import type { ModelInfo } from '../../shared/training.ts';
import type { Predict, WritePredictions } from './filePrediction.ts';
import { FileResults } from './FileResults.tsx';
import { FileRun } from './FileRun.tsx';
import { PasteTitles } from './PasteTitles.tsx';
import type { OpenTitles, PredictSession, TitleReaders } from './predictSession.ts';
import css from './PredictScreen.module.css';
import type { StreamedPrediction } from './streamedPrediction.ts';
import { StreamPanel } from './StreamPanel.tsx';

export const titleFileTypes = '.xlsx,.csv,.tsv,.txt,text/csv,text/plain';

export interface FilePanelProps {
  session: PredictSession;
  model: ModelInfo;
  predict: Predict;
  readers: TitleReaders;
  writePredictions: WritePredictions;
  busy: string | null;
}

/** Many titles: a file or a pasted list in, a table of predictions out. */
export function FilePanel({ session, model, predict, readers, writePredictions, busy }: FilePanelProps) {
  const { file, streamed, reading, error } = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const [pasting, setPasting] = useState(false);
  const open = (source: File | string) => void session.open(source, null, model, readers);
  const opened = describeOpened(file, streamed);
  const buttons = (
    <div className={css.actions}>
      <FileButton accept={titleFileTypes} variant="default" onFiles={([first]) => open(first)}>
        {opened ? 'Another file' : 'Browse files'}
      </FileButton>
      <Button
        variant="default"
        leftSection={<ClipboardPaste size={16} aria-hidden="true" />}
        onClick={() => setPasting(true)}
      >
        Paste titles
      </Button>
    </div>
  );
  return (
    <section className={css.panel} aria-label="Many titles">
      {opened ? (
        <FileHeader
          file={opened}
          onColumn={(column) => void session.open(opened.source, column, model, readers)}
          onClose={() => session.close()}
        >
          {buttons}
        </FileHeader>
      ) : (
        <div className={css.drop}>
          <FileSpreadsheet size={32} strokeWidth={1.4} aria-hidden="true" />
          <h2 className={css.subheading}>Predict a whole file</h2>
          <p className={css.quiet}>
            Drop an Excel or CSV file with a column of titles anywhere on this page. It stays on this machine.
          </p>
          {buttons}
        </div>
      )}
      <div className={css.live} aria-live="polite">
        {reading !== null && (
          <p className={css.reading}>
            <Loader size="xs" /> Reading {reading}
          </p>
        )}
      </div>
      {error && (
        <Alert
          color="red"
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss"
          onClose={() => session.dismissError()}
        >
          {error.hint}
        </Alert>
      )}
      {file && <OpenFile {...{ file, session, model, predict, writePredictions, busy }} />}
      {streamed && (
        <StreamPanel
          prediction={streamed}
          predict={predict}
          busy={busy}
          otherModel={
            streamed.model.id === model.id
              ? null
              : {
                  name: model.name,
                  onPredictAgain: () => void session.open(streamed.file, streamed.column, model, readers),
                }
          }
        />
      )}
      <PasteTitles opened={pasting} onClose={() => setPasting(false)} onText={open} />
    </section>
  );
}

/** What the header says of a file, whichever way it is read. */
interface OpenedFile {
  source: File | string;
  name: string;
  size: string;
  columns: string[];
  column: number;
}

function describeOpened(file: OpenTitles | null, streamed: StreamedPrediction | null): OpenedFile | null {
  if (file) {
    const { name, rows, columns, titleColumn: column } = file.info;
    return { source: file.source, name, size: formatCounted(rows, 'title'), columns, column };
  }
  if (!streamed) return null;
  const { name, bytes, columns } = streamed.table;
  return { source: streamed.file, name, size: formatBytes(bytes), columns, column: streamed.column };
}

interface FileHeaderProps {
  file: OpenedFile;
  onColumn: (column: number) => void;
  onClose: () => void;
  children: React.ReactNode;
}

function FileHeader({ file: { name, size, columns, column }, onColumn, onClose, children }: FileHeaderProps) {
  return (
    <div className={css.fileHeader}>
      <div className={css.fileName}>
        <h2 className={css.subheading} title={name}>
          {name}
        </h2>
        <span className={css.quiet}>{size}</span>
      </div>
      {columns.length > 1 && (
        <Select
          className={css.column}
          label="Column with the titles"
          data={columns.map((label, i) => ({ value: String(i), label }))}
          value={String(column)}
          onChange={(chosen) => {
            if (chosen !== null) onColumn(Number(chosen));
          }}
          allowDeselect={false}
        />
      )}
      {children}
      <CloseButton className={css.close} aria-label="Close this file" onClick={onClose} />
    </div>
  );
}

type OpenFileProps = Omit<FilePanelProps, 'readers'> & { file: OpenTitles };

function OpenFile({ file, session, model, predict, writePredictions, busy }: OpenFileProps) {
  const { prediction } = file;
  const progress = useSyncExternalStore(prediction.subscribe, prediction.getSnapshot);
  const untouched = progress.status === 'waiting' && progress.done === 0 && progress.error === null;
  // A file that was just opened is predicted without another click, as soon as the device is free.
  const starts = untouched && busy === null && prediction.model.id === model.id;
  useEffect(() => {
    if (starts) void prediction.start(predict);
  }, [starts, prediction, predict]);
  return (
    <>
      <FileRun
        progress={progress}
        busy={busy}
        onStop={() => prediction.stop()}
        onContinue={() => void prediction.start(predict)}
        otherModel={
          prediction.model.id === model.id
            ? null
            : { used: prediction.model.name, now: model.name, onPredictAgain: () => session.predictWith(model) }
        }
      />
      <FileResults
        key={prediction.id}
        prediction={prediction}
        progress={progress}
        fileName={file.info.name}
        writePredictions={writePredictions}
      />
    </>
  );
}
