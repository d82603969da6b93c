import { Alert, Button, Progress } from '@mantine/core';
import { Download } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { formatBytes, formatCount, formatCounted, formatDuration, formatTimeLeft } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import { saveBlob } from '../../ui/saveBlob.ts';
import type { Predict } from './filePrediction.ts';
import css from './PredictScreen.module.css';
import type { StreamedPrediction, StreamState } from './streamedPrediction.ts';
import { perSecond } from './titlesPerSecond.ts';

export interface StreamPanelProps {
  prediction: StreamedPrediction;
  predict: Predict;
  /** Why prediction is not possible now. */
  busy: string | null;
  /** Set when another model than the one that predicted is chosen now. */
  otherModel: { name: string; onPredictAgain: () => void } | null;
}

/** A file too large to show: how far it is, what it holds so far, and the CSV when it has ended. */
export function StreamPanel({ prediction, predict, busy, otherModel }: StreamPanelProps) {
  const state = useSyncExternalStore(prediction.subscribe, prediction.getSnapshot);
  const { status, progress, result, error } = state;
  const { table, model } = prediction;
  const starts = status === 'waiting' && busy === null && otherModel === null;
  useEffect(() => {
    if (starts) void prediction.start(predict);
  }, [starts, prediction, predict]);
  const running = status === 'running' || status === 'stopping';
  const complete = result !== null && result.ended === null;
  return (
    <>
      <div className={css.run}>
        <Progress
          value={complete ? 100 : (100 * (progress?.bytes ?? 0)) / table.bytes}
          size="sm"
          transitionDuration={100}
          aria-label="File predicted"
        />
        <div className={css.runLine}>
          <span className="tabular">{describe(state, table.bytes, busy)}</span>
          {running && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={status === 'stopping'}
              onClick={() => prediction.stop()}
            >
              Stop
            </Button>
          )}
          {status === 'ended' && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={busy !== null}
              onClick={() => (otherModel ? otherModel.onPredictAgain() : void prediction.start(predict))}
            >
              {otherModel ? `Predict again with ${otherModel.name}` : complete ? 'Predict again' : 'Start over'}
            </Button>
          )}
        </div>
        {error && (
          <Alert color="red" title={error.message}>
            {error.hint}
          </Alert>
        )}
      </div>
      <p className={css.quiet}>
        A file this large is predicted from disk to disk: there is no table of it here, and memory does not grow with
        it.
        {otherModel && ` These predictions are by ${model.name}, not by the model chosen above.`}
      </p>
      {progress && <Totals names={model.labelNames} counts={progress.labels} none={progress.none} />}
      {result && result.rows > 0 && (
        <div className={css.downloads}>
          <Button
            leftSection={<Download size={16} aria-hidden="true" />}
            onClick={() => saveBlob(result.file, prediction.outputName)}
          >
            Save the CSV, {formatBytes(result.file.size)}
          </Button>
          {!complete && (
            <p className={css.quiet}>The {formatCounted(result.rows, 'row')} predicted so far, a whole table.</p>
          )}
        </div>
      )}
    </>
  );
}

/** How many rows carry each label. */
function Totals({ names, counts, none }: { names: readonly string[]; counts: readonly number[]; none: number }) {
  return (
    <ul className={css.totals} aria-label="Rows with each label">
      {names.map((name, i) => (
        <li key={name}>
          <LabelChip name={name} index={i} quiet />
          <span className={`${css.quiet} tabular`}>{formatCount(counts[i])}</span>
        </li>
      ))}
      <li>
        No label
        <span className={`${css.quiet} tabular`}>{formatCount(none)}</span>
      </li>
    </ul>
  );
}

function describe({ status, progress, result }: StreamState, bytes: number, busy: string | null): string {
  if (status === 'waiting') return busy === null ? 'Starting' : `Waiting: ${busy}`;
  if (progress === null) return status === 'ended' ? 'Nothing was predicted' : 'Reading the first titles';
  const { rows, computed, seconds } = progress;
  const share = `${formatCounted(rows, 'title')}, ${formatBytes(progress.bytes)} of ${formatBytes(bytes)}`;
  const speed = perSecond(rows, seconds);
  if (status === 'running') {
    const left = progress.bytes > 0 ? (seconds / progress.bytes) * (bytes - progress.bytes) : null;
    return `${share}, ${formatTimeLeft(left)}, ${speed}`;
  }
  if (status === 'stopping') return `${share}, stopping`;
  if (result && result.ended !== null) return `${share}, stopped; what is done is kept`;
  const repeated = computed === rows ? '' : ` (${formatCount(computed)} computed, the others repeat them)`;
  return `${formatCounted(rows, 'title')}${repeated} predicted in ${formatDuration(seconds)}, ${speed}`;
}
