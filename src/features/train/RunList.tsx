/** The runs that are kept in this browser: open, rename, delete (with undo), choose for comparison. */
import { ActionIcon, Button, Checkbox, Group, Menu, Text, TextInput, Tooltip } from '@mantine/core';
import { Ellipsis, FileJson, FolderOpen, RotateCw, Trash2, Undo2 } from 'lucide-react';
import { memo, useState } from 'react';
import type { RunRecord, RunStatus } from '../../shared/training.ts';
import { formatCounted, formatDuration, formatFigure, formatInterval, formatMoment } from '../../ui/format.ts';
import { FileButton } from '../../ui/DropArea.tsx';
import { keptValidationF1 } from './compareRuns.ts';
import classes from './RunList.module.css';

export interface RunListProps {
  runs: RunRecord[];
  compareIds: string[];
  onCompare: (ids: string[]) => void;
  onOpen: (id: string) => void;
  onRename: (id: string, name: string) => void;
  onDelete: (id: string) => void;
  lastDeleted: { name: string } | null;
  onUndoDelete: () => void;
  /** Trains anew with the run's settings and seeds. */
  onAgain: (id: string) => void;
  /** The run as a JSON document. */
  onSaveDocument: (id: string) => void;
  onOpenDocument: (files: File[]) => void;
}

const statusNames: Record<RunStatus, string> = {
  running: 'running',
  finished: 'finished',
  stopped: 'stopped early',
  interrupted: 'interrupted',
  failed: 'failed',
};

/** Drawn anew only when the runs change, not with every step of a live one. @see RunListProps */
export const RunList = memo(function RunList(props: RunListProps) {
  const { runs, lastDeleted, onUndoDelete, onOpenDocument } = props;
  return (
    <section className={classes.list} aria-label="Runs">
      <div className={classes.title}>
        <h2>Runs</h2>
        <FileButton
          accept=".json"
          variant="subtle"
          size="compact-sm"
          className={classes.open}
          leftSection={<FolderOpen size={14} aria-hidden="true" />}
          onFiles={onOpenDocument}
        >
          Open a run’s document
        </FileButton>
        {lastDeleted && (
          <output className={classes.undo}>
            <Text size="sm" truncate>
              Deleted “{lastDeleted.name}”.
            </Text>
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<Undo2 size={14} aria-hidden="true" />}
              onClick={onUndoDelete}
            >
              Undo
            </Button>
          </output>
        )}
      </div>
      {runs.length === 0 ? (
        <Text className={classes.empty}>
          Finished runs are kept here, in this browser, with their curves, figures and weights. There is none yet.
        </Text>
      ) : (
        <>
          <div className={classes.header} aria-hidden="true">
            <span />
            <span>Name</span>
            <span>State</span>
            <span>Validation F1</span>
            <span>Test micro-F1</span>
            <span>Duration</span>
            <span />
          </div>
          <ul className={classes.rows}>
            {runs.map((run) => (
              <RunRow key={run.id} run={run} {...props} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
});

function RunRow({ run, ...props }: RunListProps & { run: RunRecord }) {
  const { compareIds, onCompare, onOpen, onRename, onDelete } = props;
  const chosen = compareIds.includes(run.id);
  const running = run.status === 'running';
  const test = run.test?.report.microF1 ?? null;
  return (
    <li className={classes.row}>
      <Checkbox
        className={classes.check}
        checked={chosen}
        disabled={run.test === null && (run.kind !== 'finetune' || run.epochs.length === 0)}
        aria-label={`Compare ${run.name}`}
        onChange={() => onCompare(chosen ? compareIds.filter((id) => id !== run.id) : [...compareIds, run.id])}
      />
      <div className={classes.name}>
        <RunName key={run.name} run={run} onRename={onRename} />
        <Text size="xs" c="var(--muted)" truncate>
          {formatMoment(run.createdAt)}, {run.data.name}, {formatCounted(run.data.rows, 'row')}
        </Text>
      </div>
      <span className={classes.status} data-status={run.status} title={run.error?.message}>
        {statusNames[run.status]}
      </span>
      <Figure name="Validation F1" value={formatFigure(keptValidationF1(run))} />
      <Figure
        name="Test micro-F1"
        value={formatFigure(test?.value)}
        title={test ? formatInterval(test) : 'Not measured'}
      />
      <Figure name="Duration" value={run.seconds > 0 ? formatDuration(run.seconds) : '–'} />
      <Group gap={4} wrap="nowrap" className={classes.actions}>
        <Button size="compact-sm" variant="light" disabled={running} onClick={() => onOpen(run.id)}>
          Open<span className={classes.hiddenText}> {run.name}</span>
        </Button>
        <MoreMenu run={run} {...props} />
        <Tooltip label="Delete; this can be undone">
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={running}
            aria-label={`Delete ${run.name}`}
            onClick={() => onDelete(run.id)}
          >
            <Trash2 size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </li>
  );
}

/** What is done with a run now and then. */
function MoreMenu({
  run,
  onAgain,
  onSaveDocument,
}: Pick<RunListProps, 'onAgain' | 'onSaveDocument'> & { run: RunRecord }) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={run.status === 'running'}
          aria-label={`More of ${run.name}`}
        >
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<RotateCw size={14} aria-hidden="true" />} onClick={() => onAgain(run.id)}>
          Run again
        </Menu.Item>
        <Menu.Item leftSection={<FileJson size={14} aria-hidden="true" />} onClick={() => onSaveDocument(run.id)}>
          Save as a document
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Figure({ name, value, title }: { name: string; value: string; title?: string }) {
  return (
    <span className={`${classes.figure} tabular`} title={title}>
      <span className={classes.figureName}>{name} </span>
      {value}
    </span>
  );
}

/** The name as a field that looks like text: Enter or leaving it keeps the new name, Escape the old one. */
function RunName({ run, onRename }: { run: RunRecord; onRename: (id: string, name: string) => void }) {
  const [text, setText] = useState(run.name);
  const keep = (): void => {
    const name = text.trim();
    if (name === '') setText(run.name);
    else if (name !== run.name) onRename(run.id, name);
  };
  return (
    <TextInput
      variant="unstyled"
      classNames={{ input: classes.nameInput }}
      aria-label={`Name of ${run.name}`}
      value={text}
      maxLength={80}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(run.name);
      }}
    />
  );
}
