/** What a run is worth: its figures on rows it never saw, label by label, and every title it got wrong. */
import { Alert, Button, Group, NativeSelect } from '@mantine/core';
import { Download, Info, Sparkles, TriangleAlert } from 'lucide-react';
import { useRef, useState } from 'react';
import { movedThresholds } from '../../shared/evaluation.ts';
import type { RunRecord } from '../../shared/training.ts';
import { describeRun } from '../../ui/configText.ts';
import { Fold } from '../../ui/Fold.tsx';
import { formatMoment } from '../../ui/format.ts';
import { ChosenClassifiers } from './ChosenClassifiers.tsx';
import { Confusion } from './Confusion.tsx';
import { CorrectedNote } from './CorrectedNote.tsx';
import { CrossValidated } from './CrossValidated.tsx';
import { OneLabel } from './OneLabel.tsx';
import { noFilter, type WrongFilter } from './outcomes.ts';
import { PerLabelTable } from './PerLabelTable.tsx';
import classes from './ResultsScreen.module.css';
import { runText } from './runText.ts';
import { statusText } from './statusText.ts';
import { Summary } from './Summary.tsx';
import { useEvaluation, type MeasureSplit } from './useEvaluation.ts';
import type { AskNearTitles } from './useNearTitles.ts';
import { useThresholds } from './useThresholds.ts';
import { WrongTitles } from './WrongTitles.tsx';

export interface ResultsScreenProps {
  run: RunRecord | null;
  /** Runs to choose from, newest first. */
  runs: RunRecord[];
  onSelect: (id: string) => void;
  onPredict: () => void;
  onExport: () => void;
  /** Keeps other thresholds with the run: Predict and the download go by them. */
  onThresholds: (id: string, thresholds: number[]) => void;
  measure: MeasureSplit;
  /** Training titles nearest to a title, of a run with weights. */
  nearestTitles: (id: string, ...request: Parameters<AskNearTitles>) => ReturnType<AskNearTitles>;
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
          <CorrectedNote run={run} />
          {/* A new run starts with its own filters. */}
          {run.test &&
            (run.kind === 'cross-validation' ? (
              <CrossValidated key={run.id} run={run} test={run.test} />
            ) : (
              <Report key={run.id} {...props} run={run} test={run.test} />
            ))}
          {run.kind === 'classical' && run.chosen.length > 0 && <ChosenClassifiers chosen={run.chosen} />}
          <Settings run={run} />
        </>
      )}
    </div>
  );
}

type RunHeaderProps = Omit<ResultsScreenProps, 'run' | 'onThresholds' | 'measure' | 'nearestTitles'> & {
  run: RunRecord;
};

function RunHeader({ run, runs, onSelect, onPredict, onExport }: RunHeaderProps) {
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
      <p className={classes.details}>{runText(run)}</p>
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

interface ReportProps extends Pick<ResultsScreenProps, 'onThresholds' | 'measure' | 'nearestTitles'> {
  run: RunRecord;
  test: NonNullable<RunRecord['test']>;
}

function Report({ run, test, onThresholds, measure, nearestTitles }: ReportProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const [filter, setFilter] = useState<WrongFilter>(noFilter);
  const [label, setLabel] = useState(0);
  const closely = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const { labelNames } = run.data;
  const thresholds = useThresholds(run, onThresholds);
  const {
    arrays,
    evaluation,
    ranking,
    settled,
    matrix,
    sets,
    wrong,
    thresholds: shown,
  } = useEvaluation(run, test.rows, thresholds, measure);
  const moved = movedThresholds(shown, run);
  const embeds = run.kind === 'finetune' && run.weightBytes > 0;
  return (
    <>
      <Summary evaluation={evaluation} labelRanking={ranking.labelRanking} settled={settled} moved={moved.length > 0} />
      <PerLabelTable
        labels={evaluation.report.perLabel}
        ranking={ranking.perLabel}
        moved={moved}
        onReset={() => thresholds.reset()}
        onOpen={(opened) => {
          setLabel(opened);
          show(closely.current);
        }}
        hovered={hovered}
        onHover={setHovered}
      />
      <div ref={closely} tabIndex={-1} className={classes.target}>
        <OneLabel
          {...{ label, labelNames }}
          onLabel={setLabel}
          threshold={thresholds.values[label]}
          chosen={run.chosenThresholds[label]}
          onThreshold={(threshold) => thresholds.move(label, threshold)}
          onReset={() => thresholds.reset(label)}
          validation={run.validation}
          test={arrays}
          ranking={ranking.perLabel[label]}
        />
      </div>
      <Confusion
        {...{ matrix, sets, labelNames, hovered }}
        onHover={setHovered}
        onShow={(chosen) => {
          setFilter({ ...noFilter, ...chosen });
          show(list.current);
        }}
      />
      <div ref={list} tabIndex={-1} className={classes.target}>
        <WrongTitles
          wrong={wrong}
          rows={test.rows.length}
          labelNames={labelNames}
          filter={filter}
          onFilter={setFilter}
          nearTitles={embeds ? (...request) => nearestTitles(run.id, ...request) : null}
        />
      </div>
    </>
  );
}

/** Brings a part of the page to the top and the keyboard to it. */
function show(part: HTMLElement | null): void {
  part?.scrollIntoView({ block: 'start' });
  part?.focus({ preventScroll: true });
}

function Settings({ run }: { run: RunRecord }) {
  return (
    <section className={classes.panel}>
      <Fold title="Settings of this run">
        <dl className={classes.settings}>
          {describeRun(run).map((setting) => (
            <div key={setting.id}>
              <dt>{setting.name}</dt>
              <dd>{setting.value}</dd>
            </div>
          ))}
        </dl>
      </Fold>
    </section>
  );
}
