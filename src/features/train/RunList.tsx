/** The runs that are kept in this browser: open, rename, delete (with undo), choose for comparison. */
import { ActionIcon, Button, Checkbox, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { Trash2, Undo2 } from 'lucide-react';
import { memo, useState } from 'react';
import type { RunRecord, RunStatus } from '../../shared/training.ts';
import { formatCounted, formatDuration, formatFigure, formatInterval, formatMoment } from '../../ui/format.ts';
import { bestValidationF1 } from './compareRuns.ts';
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
  const { runs, lastDeleted, onUndoDelete } = props;
  return (
    <section className={classes.list} aria-label="Runs">
      <div className={classes.title}>
        <h2>Runs</h2>
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

function RunRow({ run, compareIds, onCompare, onOpen, onRename, onDelete }: RunListProps & { run: RunRecord }) {
  const chosen = compareIds.includes(run.id);
  const running = run.status === 'running';
  const test = run.test?.report.microF1 ?? null;
  return (
    <li className={classes.row}>
      <Checkbox
        className={classes.check}
        checked={chosen}
        disabled={run.kind !== 'finetune' || run.epochs.length === 0}
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
      <Figure name="Validation F1" value={formatFigure(bestValidationF1(run))} />
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
