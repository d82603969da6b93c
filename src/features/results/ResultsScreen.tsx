/** What a run is worth: its figures on rows it never saw, label by label, and every title it got wrong. */
import { Alert, Button, Group, NativeSelect, UnstyledButton, Collapse } from '@mantine/core';
import { ChevronRight, Download, Info, Sparkles, TriangleAlert } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import type { RunRecord } from '../../shared/training.ts';
import { describeConfig } from '../../ui/configText.ts';
import { formatCounted, formatDuration, formatMoment } from '../../ui/format.ts';
import { keptWeights } from '../../ui/keptWeights.ts';
import { LabelMatrix } from './LabelMatrix.tsx';
import { labelMatrix, noFilter, outcomesOf, wrongOutcomes, type WrongFilter } from './outcomes.ts';
import { PerLabelTable } from './PerLabelTable.tsx';
import classes from './ResultsScreen.module.css';
import { statusText } from './statusText.ts';
import { Summary } from './Summary.tsx';
import { WrongTitles } from './WrongTitles.tsx';

export interface ResultsScreenProps {
  run: RunRecord | null;
  /** Runs to choose from, newest first. */
  runs: RunRecord[];
  onSelect: (id: string) => void;
  onPredict: () => void;
  onExport: () => void;
}

/** @see ResultsScreenProps */
export function ResultsScreen(props: ResultsScreenProps) {
  const { run } = props;
  return (
    <div className={classes.screen}>
      <h1 className={classes.heading}>Results</h1>
      {run === null ? (
        <section className={classes.waiting}>
          <h2>Results come with the first trained model</h2>
          <p>
            A part of the rows is kept aside and never shown to the model while it learns. Once a training has ended,
            its figures on those rows stand here, with every title it got wrong.
          </p>
        </section>
      ) : (
        <>
          <RunHeader {...props} run={run} />
          <StatusNote run={run} />
          {/* A new run starts with its own filters. */}
          {run.test && <Report key={run.id} run={run} test={run.test} />}
          <Settings run={run} />
        </>
      )}
    </div>
  );
}

function RunHeader({ run, runs, onSelect, onPredict, onExport }: ResultsScreenProps & { run: RunRecord }) {
  const known = runs.some((other) => other.id === run.id) ? runs : [run, ...runs];
  const hasWeights = run.weightBytes > 0;
  return (
    <section className={`${classes.panel} ${classes.header}`} aria-label="Chosen run">
      <NativeSelect
        label="Run"
        value={run.id}
        data={known.map(({ id, name, createdAt }) => ({ value: id, label: `${name}, ${formatMoment(createdAt)}` }))}
        onChange={(event) => onSelect(event.currentTarget.value)}
      />
      <p className={classes.details}>
        {run.encoderName}, trained on {formatCounted(run.plan.trainRows, 'title')} of {run.data.name} in{' '}
        {formatDuration(run.seconds)}, on {run.device.name}
        {hasWeights && `; kept are ${keptWeights(run)}`}.
      </p>
      <Group gap="xs" wrap="nowrap">
        <Button disabled={!hasWeights} leftSection={<Sparkles size={16} aria-hidden="true" />} onClick={onPredict}>
          Try titles
        </Button>
        <Button
          variant="default"
          disabled={!hasWeights}
          leftSection={<Download size={16} aria-hidden="true" />}
          onClick={onExport}
        >
          Download
        </Button>
      </Group>
    </section>
  );
}

function StatusNote({ run }: { run: RunRecord }) {
  const text = statusText(run);
  if (text === null) return null;
  const failed = run.status === 'failed';
  return (
    <Alert
      variant="light"
      color={failed ? 'red' : 'yellow'}
      icon={failed ? <TriangleAlert size={18} /> : <Info size={18} />}
      title={text.title}
      className={classes.alert}
    >
      {text.detail}
    </Alert>
  );
}

function Report({ run, test }: { run: RunRecord; test: NonNullable<RunRecord['test']> }) {
  const [hovered, setHovered] = useState<number | null>(null);
  const [filter, setFilter] = useState<WrongFilter>(noFilter);
  const list = useRef<HTMLDivElement>(null);
  const labelNames = run.data.labelNames;
  const { matrix, wrong } = useMemo(() => {
    const outcomes = outcomesOf(test.rows, run.thresholds);
    return { matrix: labelMatrix(outcomes, labelNames.length), wrong: wrongOutcomes(outcomes) };
  }, [test.rows, run.thresholds, labelNames]);
  return (
    <>
      <Summary report={test.report} />
      <PerLabelTable labels={test.report.perLabel} hovered={hovered} onHover={setHovered} />
      <LabelMatrix
        {...{ matrix, labelNames, hovered }}
        onHover={setHovered}
        onShow={(shown) => {
          setFilter({ ...noFilter, ...shown });
          list.current?.scrollIntoView({ block: 'start' });
          list.current?.focus({ preventScroll: true });
        }}
      />
      <div ref={list} tabIndex={-1} className={classes.target}>
        <WrongTitles
          wrong={wrong}
          rows={test.report.rows}
          labelNames={labelNames}
          thresholds={run.thresholds}
          filter={filter}
          onFilter={setFilter}
        />
      </div>
    </>
  );
}

function Settings({ run }: { run: RunRecord }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <section className={classes.panel}>
      <UnstyledButton className={classes.fold} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <ChevronRight size={16} aria-hidden="true" />
        Settings of this run
      </UnstyledButton>
      <Collapse expanded={open} id={id} transitionDuration={0}>
        <dl className={classes.settings}>
          {describeConfig(run.config, run.encoderName).map((setting) => (
            <div key={setting.id}>
              <dt>{setting.name}</dt>
              <dd>{setting.value}</dd>
            </div>
          ))}
        </dl>
      </Collapse>
    </section>
  );
}
