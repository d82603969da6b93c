import { Alert, Button, Group, Modal } from '@mantine/core';
import { OctagonAlert } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { holdsModel } from '../../shared/modelDrop.ts';
import type { DataSummary } from '../../shared/dataset.ts';
import { DropOverlay } from '../../ui/DropArea.tsx';
import { usePageDrop } from '../../ui/usePageDrop.ts';
import type { ImportOptions } from '../../worker/protocol.ts';
import css from './DataScreen.module.css';
import { isTableName, type DataScreenProps } from './dataState.ts';
import { EmptyData } from './EmptyData.tsx';
import { LoadingCard } from './LoadingCard.tsx';
import { PasteDialog } from './PasteDialog.tsx';
import { ReadyData } from './ReadyData.tsx';

/** The first place of the rail: a table comes in here, and what is wrong with it is seen and set right. */
export function DataScreen(props: DataScreenProps) {
  const { state } = props;
  const summary = state.status === 'ready' ? state.summary : state.status === 'loading' ? state.previous : null;
  const entry = useTableEntry(props, summary);
  const [pasting, setPasting] = useState(false);
  const dragging = usePageDrop(entry.openFiles, entry.refuseDrop);
  usePagePaste(entry.openFiles, entry.openText, !pasting);
  const ways = { onFiles: entry.openFiles, onPaste: () => setPasting(true), onSample: entry.openSample };

  return (
    <>
      <div className={css.screen} aria-busy={state.status === 'loading' || props.configuring}>
        <Messages
          error={props.error}
          onDismissError={props.onDismissError}
          notice={entry.notice}
          onDismissNotice={entry.dismissNotice}
        />
        {state.status === 'loading' && (
          <div className={summary ? css.loadingOver : css.loadingAlone}>
            <LoadingCard name={state.name} message={state.message} fraction={state.fraction} />
          </div>
        )}
        {state.status === 'empty' && <EmptyData {...ways} />}
        {summary && (
          <div className={state.status === 'loading' ? css.waiting : undefined} inert={state.status === 'loading'}>
            <ReadyData
              key={`${summary.source.name}/${summary.source.bytes}/${summary.source.sheet ?? ''}`}
              summary={summary}
              fetchRows={props.fetchRows}
              onConfigure={props.onConfigure}
              configuring={props.configuring}
              onContinue={props.onContinue}
              locked={props.locked}
              corrections={props.corrections}
              onReopen={props.onReopen && entry.reopen}
              {...ways}
            />
          </div>
        )}
      </div>
      <DropOverlay
        visible={dragging}
        message={summary ? 'Drop to open this table instead' : 'Drop to open this table'}
      />
      <PasteDialog opened={pasting} onClose={() => setPasting(false)} onText={entry.openText} />
      <ReplaceWarning entry={entry} />
    </>
  );
}

type TableEntry = ReturnType<typeof useTableEntry>;

/** The ways in for a table. While a training runs on the open one, each asks first. */
function useTableEntry(props: DataScreenProps, summary: DataSummary | null) {
  const [waiting, setWaiting] = useState<{ open: () => void } | null>(null);
  const [notice, setNotice] = useState<string | null>(null);

  const enter = (open: () => void, remark: string | null = null) => {
    if (props.state.status === 'loading') {
      setNotice(`${props.state.name} is still being read. Wait for it to finish, then open the next table.`);
      return;
    }
    const start = () => {
      setNotice(remark);
      open();
    };
    if (props.locked && summary) setWaiting({ open: start });
    else start();
  };

  return {
    notice,
    refuseDrop: () => setNotice('Nothing could be read from what was dropped: expected a file. Drop the table itself.'),
    dismissNotice: () => setNotice(null),
    waiting: waiting !== null,
    confirm: () => {
      waiting?.open();
      setWaiting(null);
    },
    cancel: () => setWaiting(null),
    openFiles: (files: File[]) => {
      if (holdsModel(files)) {
        props.onOpenModel(files);
        return;
      }
      // A folder brings more than tables.
      const file = files.find(({ name }) => isTableName(name)) ?? files[0];
      const remark = `Only ${file.name} was opened: Rung reads one table at a time.`;
      enter(() => props.onOpenFile(file), files.length > 1 ? remark : null);
    },
    reopen: (options: ImportOptions) => enter(() => props.onReopen?.(options)),
    openText: (text: string) => enter(() => props.onOpenText(text)),
    openSample: () => enter(props.onOpenSample),
  };
}

/** Takes what is pasted anywhere on the page but into a text box. */
function usePagePaste(onFiles: (files: File[]) => void, onText: (text: string) => void, enabled: boolean): void {
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    const target = event.target;
    if (target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select')))
      return;
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData('text/plain') ?? '';
    // Spreadsheets put a picture of the cells beside their text.
    if (text.trim() !== '') onText(text);
    else if (files.length > 0) onFiles(files);
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const listener = (event: ClipboardEvent) => onPaste(event);
    window.addEventListener('paste', listener);
    return () => window.removeEventListener('paste', listener);
  }, [enabled]);
}

interface MessagesProps {
  error: DataScreenProps['error'];
  onDismissError: () => void;
  notice: string | null;
  onDismissNotice: () => void;
}

/** Errors and remarks lie over the screen, so that nothing below them moves. */
function Messages({ error, onDismissError, notice, onDismissNotice }: MessagesProps) {
  return (
    <div className={css.messages}>
      {error && (
        <Alert
          className={css.message}
          color="red"
          icon={<OctagonAlert aria-hidden="true" />}
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss the error"
          onClose={onDismissError}
        >
          {error.hint}
        </Alert>
      )}
      {notice !== null && (
        <Alert
          className={css.message}
          color="gray"
          withCloseButton
          closeButtonLabel="Dismiss the remark"
          onClose={onDismissNotice}
        >
          {notice}
        </Alert>
      )}
    </div>
  );
}

function ReplaceWarning({ entry }: { entry: TableEntry }) {
  return (
    <Modal
      opened={entry.waiting}
      onClose={entry.cancel}
      title="A training is running on this table"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      The training goes on with the rows that it started with, and its results stay. Only this screen changes to the new
      table.
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={entry.cancel} data-autofocus>
          Keep this table
        </Button>
        <Button onClick={entry.confirm}>Replace the table</Button>
      </Group>
    </Modal>
  );
}
