/** Every correction of the open table, the latest first; undone and done again, saved, read, and the corrected table with it. */
import { Alert, Button, Menu } from '@mantine/core';
import { ArrowRight, ChevronDown } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { Correction, LogReading } from '../../shared/corrections.ts';
import type { CorrectionState } from '../../shared/dataset.ts';
import { FileDialog } from '../../ui/DropArea.tsx';
import { formatCount, formatCounted, formatMoment } from '../../ui/format.ts';
import { UndoRedo } from '../../ui/UndoRedo.tsx';
import css from './ReviewScreen.module.css';

export interface ChangeLogProps {
  log: Correction[];
  corrections: CorrectionState;
  onUndo: () => void;
  onRedo: () => void;
  onSaveLog: () => void;
  /** Null: it could not be read; the screen's error says why. */
  onReadLog: (file: File) => Promise<LogReading | null>;
  onSaveTable: (format: 'csv' | 'xlsx') => void;
}

const shownAtFirst = 50;

/** @see ChangeLogProps */
export function ChangeLog(props: ChangeLogProps) {
  const { log, corrections } = props;
  const [reading, setReading] = useState<LogReading | null>(null);
  const [all, setAll] = useState(false);
  useUndoKeys(props);
  const latest = log.toReversed();
  return (
    <section className={css.panel} aria-labelledby="change-log">
      <h2 id="change-log">Changes</h2>
      <p className={css.lead} aria-live="polite">
        {log.length === 0
          ? 'No label has been corrected. Corrections are kept in this browser with the table; your file is never changed.'
          : `${formatCounted(corrections.changed, 'row')} corrected, ${formatCount(corrections.kept)} looked at and kept. They are kept in this browser and come back when the same table is opened; your file is never changed.`}
      </p>
      {!corrections.stored && (
        <Alert color="yellow" mb="sm" title="This browser does not keep the corrections">
          They last until this page is closed. Save the change log before that.
        </Alert>
      )}
      <LogButtons {...props} onReading={setReading} />
      {reading && <Reading reading={reading} onClose={() => setReading(null)} />}
      {log.length > 0 && (
        <ol className={css.log} aria-label="Changes, latest first">
          {latest.slice(0, all ? undefined : shownAtFirst).map((one) => (
            <li key={`${one.row} ${one.when} ${one.before.join()}`}>
              <span className={css.title}>
                {one.title} <small>row {one.row}</small>
              </span>
              <Change {...one} />
              <small className={css.why}>
                {one.why}, {formatMoment(one.when)}
              </small>
            </li>
          ))}
        </ol>
      )}
      {log.length > shownAtFirst && !all && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          Show all {formatCount(log.length)}
        </Button>
      )}
    </section>
  );
}

const words = (labels: readonly string[]): string => (labels.length === 0 ? 'no label' : labels.join(', '));

function Change({ before, after }: Correction) {
  if (words(before) === words(after)) return <span>{words(before)} kept</span>;
  return (
    <span className={css.change}>
      <del>{words(before)}</del>
      <ArrowRight size={14} aria-label="became" />
      <ins>{words(after)}</ins>
    </span>
  );
}

function LogButtons(props: ChangeLogProps & { onReading: (reading: LogReading | null) => void }) {
  const { log, corrections } = props;
  return (
    <div className={css.controls}>
      <UndoRedo
        canUndo={corrections.canUndo}
        canRedo={corrections.canRedo}
        onUndo={props.onUndo}
        onRedo={props.onRedo}
      />
      <Button size="xs" variant="default" disabled={log.length === 0} onClick={props.onSaveLog}>
        Save the change log
      </Button>
      <FileDialog
        accept=".csv,text/csv"
        onFiles={([file]) => {
          if (file) void props.onReadLog(file).then(props.onReading);
        }}
      >
        {(browse) => (
          <Button size="xs" variant="default" onClick={browse}>
            Read a change log
          </Button>
        )}
      </FileDialog>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            disabled={corrections.changed === 0}
            rightSection={<ChevronDown size={14} aria-hidden="true" />}
          >
            Save the corrected table
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => props.onSaveTable('csv')}>as CSV</Menu.Item>
          <Menu.Item onClick={() => props.onSaveTable('xlsx')}>as XLSX</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

const shownRefusals = 20;

function Reading({ reading: { applied, already, refused }, onClose }: { reading: LogReading; onClose: () => void }) {
  const same = already > 0 ? ` ${formatCounted(already, 'line')} said what the table has already.` : '';
  return (
    <Alert
      color={refused.length > 0 ? 'yellow' : 'green'}
      mt="sm"
      title={`${formatCounted(applied, 'line')} of the change log applied.${same}`}
      withCloseButton
      closeButtonLabel="Dismiss"
      onClose={onClose}
    >
      {refused.length > 0 && (
        <>
          {formatCounted(refused.length, 'line')} did not fit this table:
          <ul className={css.refused}>
            {refused.slice(0, shownRefusals).map(({ row, reason }) => (
              <li key={`${row} ${reason}`}>
                row {row}: {reason}
              </li>
            ))}
            {refused.length > shownRefusals && <li>and {formatCount(refused.length - shownRefusals)} more</li>}
          </ul>
        </>
      )}
    </Alert>
  );
}

/** Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) anywhere on the screen but in a text box, which has its own. */
function useUndoKeys({ corrections, onUndo, onRedo }: ChangeLogProps): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const { target } = event;
    if (target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea')) return;
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const redo = key === 'y' || (key === 'z' && event.shiftKey);
    if (!redo && key !== 'z') return;
    event.preventDefault();
    if (redo && corrections.canRedo) onRedo();
    if (!redo && corrections.canUndo) onUndo();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}
