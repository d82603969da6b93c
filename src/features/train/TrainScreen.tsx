/** Training: what will be learnt and where, one button, the pictures while it learns, and the runs that were made. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { useCallbackRef } from '@mantine/hooks';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { LiveRun } from '../../shared/live.ts';
import type { RunRecord, TrainingConfig } from '../../shared/training.ts';
import { formatInterval } from '../../ui/format.ts';
import { keptWeights } from '../../ui/keptWeights.ts';
import { preloadLineChart } from '../../ui/LineChart.tsx';
import { Adjust } from './Adjust.tsx';
import { AdjustClassical } from './AdjustClassical.tsx';
import { classicalProblems, configProblems, foldProblems } from './configProblems.ts';
import type { HubFieldProps } from './HubField.tsx';
import { LivePanel } from './LivePanel.tsx';
import { ReadyPanel, type ReadyPanelProps } from './ReadyPanel.tsx';
import { RecipePanel, type RecipePanelProps } from './RecipePanel.tsx';
import { SearchResults, type SearchProps } from './SearchResults.tsx';
import { RunComparison } from './RunComparison.tsx';
import { RunList } from './RunList.tsx';
import classes from './TrainScreen.module.css';

export interface TrainScreenProps extends Omit<ReadyPanelProps, 'classical' | 'foldPlan'> {
  /** Called with settings that can be used only; what cannot is shown at its field and keeps Train from starting. */
  onConfigChange: (config: TrainingConfig) => void;
  onReset: () => void;
  recipe: Omit<RecipePanelProps, 'search'>;
  search: SearchProps;
  live: LiveRun | null;
  onPause: () => void;
  onResume: () => void;
  onStop: () => void;
  /** Newest first. */
  runs: RunRecord[];
  onOpenRun: (id: string) => void;
  onRename: (id: string, name: string) => void;
  onDelete: (id: string) => void;
  onUndoDelete: () => void;
  lastDeleted: { name: string } | null;
  onAgain: (id: string) => void;
  onSaveDocument: (id: string) => void;
  onOpenDocument: (files: File[]) => void;
  compareIds: string[];
  onCompare: (ids: string[]) => void;
  onDropEncoder: (files: File[]) => void;
  hub: HubFieldProps;
  error: { message: string; hint: string } | null;
  onDismissError: () => void;
}

/** @see TrainScreenProps */
export function TrainScreen(props: TrainScreenProps) {
  useEffect(preloadLineChart, []);
  const { config, onConfigChange, live, runs, error } = props;
  // Settings that cannot be used yet, while they are being typed; the app never sees them.
  const [draft, setDraft] = useState<TrainingConfig | null>(null);
  const [draftOf, setDraftOf] = useState(config);
  if (draftOf !== config) {
    setDraftOf(config);
    setDraft(null);
  }
  const shown = draft ?? config;
  const labelNames = props.dataset?.labels.map(({ name }) => name) ?? [];
  const problems = configProblems(shown);
  const { recipe } = props;
  const classical = recipe.chosen === 'classical';
  const wrong = Object.keys(classical ? classicalProblems(recipe.classical) : problems).length;
  const wrongFolds = recipe.foldPlan ? Object.keys(foldProblems(recipe.foldPlan)).length : 0;
  const blocked = props.blocked ?? blockedText(props.dataset === null, wrong, wrongFolds);
  const change = (next: TrainingConfig): void => {
    const usable = Object.keys(configProblems(next)).length === 0;
    setDraft(usable ? null : next);
    if (usable) onConfigChange(next);
  };
  const ended = useEndedRun(live, runs);
  return (
    <div className={classes.screen}>
      <h1 className={classes.heading}>Train</h1>
      {error && (
        <Alert
          color="red"
          variant="light"
          icon={<TriangleAlert size={18} />}
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss"
          onClose={props.onDismissError}
        >
          {error.hint}
        </Alert>
      )}
      {ended && <EndedRun run={ended} onOpen={props.onOpenRun} />}
      {live ? (
        <LivePanel {...props} live={live} labelNames={labelNames} />
      ) : (
        <>
          <ReadyPanel
            {...props}
            classical={classical ? recipe.classical : null}
            foldPlan={recipe.foldPlan}
            config={shown}
            blocked={blocked}
          />
          <RecipePanel {...recipe} search={{ blocked, onSearch: props.search.onSearch }} />
          {props.search.result && !classical && <SearchResults {...props.search} result={props.search.result} />}
          {classical ? (
            <AdjustClassical
              config={recipe.classical}
              labelNames={labelNames}
              onChange={(changed) => recipe.onChange({ classical: changed })}
              onReset={props.onReset}
            />
          ) : (
            <Adjust
              config={shown}
              recipe={recipe.recipes.find(({ id }) => id === recipe.chosen)}
              problems={problems}
              labelNames={labelNames}
              encoders={props.encoders}
              onChange={change}
              onReset={() => {
                setDraft(null);
                props.onReset();
              }}
              onDropEncoder={props.onDropEncoder}
              hub={props.hub}
            />
          )}
        </>
      )}
      <KeptRuns {...props} />
    </div>
  );
}

/** List and comparison behind stable callbacks, so that a live run does not draw them anew at every step. */
function KeptRuns(props: TrainScreenProps) {
  const { runs, compareIds, lastDeleted } = props;
  const onCompare = useCallbackRef(props.onCompare);
  const onOpen = useCallbackRef(props.onOpenRun);
  const onRename = useCallbackRef(props.onRename);
  const onDelete = useCallbackRef(props.onDelete);
  const onUndoDelete = useCallbackRef(props.onUndoDelete);
  const onAgain = useCallbackRef(props.onAgain);
  const onSaveDocument = useCallbackRef(props.onSaveDocument);
  const onOpenDocument = useCallbackRef(props.onOpenDocument);
  const onClear = useCallbackRef(() => props.onCompare([]));
  const compared = useMemo(() => compareIds.flatMap((id) => runs.filter((run) => run.id === id)), [compareIds, runs]);
  return (
    <>
      <RunList
        {...{ runs, compareIds, lastDeleted, onCompare, onOpen, onRename, onDelete, onUndoDelete }}
        {...{ onAgain, onSaveDocument, onOpenDocument }}
      />
      {compared.length > 0 && <RunComparison runs={compared} onClear={onClear} />}
    </>
  );
}

function blockedText(noData: boolean, problems: number, foldProblem: number): string | null {
  if (noData) return 'Training waits for a table: open one under Data.';
  if (foldProblem > 0) return 'A number under Recipe cannot be used as it is.';
  return problems > 0 ? 'A setting under Adjust cannot be used as it is.' : null;
}

/** The newest run, once the training that was watched here has ended. */
function useEndedRun(live: LiveRun | null, runs: RunRecord[]): RunRecord | null {
  const [watched, setWatched] = useState<string | null>(null);
  if (live?.plan && watched !== live.plan.runId) setWatched(live.plan.runId);
  if (live) return null;
  return runs.find((run) => run.id === watched && run.status !== 'running') ?? null;
}

function endedText(run: RunRecord): string {
  if (run.kind === 'cross-validation') return run.status === 'stopped' ? 'stopped; its folds are kept' : 'measured';
  if (run.status !== 'stopped') return 'trained';
  if (run.kind === 'classical') return 'stopped; a search that was not ended leaves no model';
  return `stopped; kept are ${keptWeights(run)}`;
}

function EndedRun({ run, onOpen }: { run: RunRecord; onOpen: (id: string) => void }) {
  if (run.status === 'failed' || run.status === 'interrupted') return null;
  const report = run.test?.report;
  return (
    <Alert color="green" variant="light" icon={<CircleCheck size={18} />}>
      <Group justify="space-between" gap="md">
        <Text size="sm">
          <strong>
            {run.name} is {endedText(run)}.
          </strong>{' '}
          {report && `Micro-F1 on ${report.rows} titles it never saw: ${formatInterval(report.microF1)}.`}
        </Text>
        <Button size="compact-md" onClick={() => onOpen(run.id)}>
          See results
        </Button>
      </Group>
    </Alert>
  );
}
