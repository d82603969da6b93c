import { Alert, Button, Progress } from '@mantine/core';
import { formatCount, formatCounted, formatDuration, formatTimeLeft } from '../../ui/format.ts';
import type { FileProgress } from './filePrediction.ts';
import { perSecond } from './titlesPerSecond.ts';
import css from './PredictScreen.module.css';

export interface FileRunProps {
  progress: FileProgress;
  /** Why prediction is not possible now. */
  busy: string | null;
  onStop: () => void;
  onContinue: () => void;
  /** Set when the rows were predicted with another model than the one chosen now. */
  otherModel: { used: string; now: string; onPredictAgain: () => void } | null;
}

/** How far the prediction of a file is, with what can be done about it; one line high whatever the state. */
export function FileRun({ progress, busy, onStop, onContinue, otherModel }: FileRunProps) {
  const { done, total, status, error } = progress;
  const running = status === 'running' || status === 'stopping';
  // Another model was chosen while this ran: that is no failure, and what can be done is offered beside it.
  const replaced = otherModel !== null && (error?.code === 'busy' || error?.code === 'not-found');
  return (
    <div className={css.run}>
      <Progress
        className={css.progress}
        value={total === 0 ? 100 : (100 * done) / total}
        size="sm"
        transitionDuration={100}
        aria-label="Titles predicted"
      />
      <div className={css.runLine}>
        <span className="tabular">{describe(progress, busy)}</span>
        {running && (
          <Button size="compact-sm" variant="default" disabled={status === 'stopping'} onClick={onStop}>
            Stop
          </Button>
        )}
        {status === 'waiting' && otherModel === null && (done > 0 || error !== null) && (
          <Button size="compact-sm" variant="default" disabled={busy !== null} onClick={onContinue}>
            {error ? 'Try again' : 'Continue'}
          </Button>
        )}
        {otherModel && !running && (
          <Button size="compact-sm" variant="default" disabled={busy !== null} onClick={otherModel.onPredictAgain}>
            Predict again with {otherModel.now}
          </Button>
        )}
      </div>
      {otherModel && (
        <p className={css.quiet}>These predictions are by {otherModel.used}, not by the model chosen above.</p>
      )}
      {error && !replaced && (
        <Alert color="red" title={error.message}>
          {error.hint}
        </Alert>
      )}
    </div>
  );
}

function describe({ done, total, distinct, status, secondsLeft, seconds }: FileProgress, busy: string | null): string {
  const share = `${formatCount(done)} of ${formatCounted(total, 'title')}`;
  if (status === 'running') return `${share}, ${formatTimeLeft(done === 0 ? null : secondsLeft)}`;
  if (status === 'stopping') return `${share}, stopping`;
  if (status === 'waiting' && done === 0 && busy !== null) return `${share}, waiting: ${busy}`;
  if (status === 'waiting') return `${share}, stopped; what is done is kept`;
  if (total === 0) return 'No titles in this file';
  const different = distinct === total ? '' : ` (${formatCount(distinct)} different)`;
  return `${formatCounted(total, 'title')}${different} predicted in ${formatDuration(seconds)}, ${perSecond(total, seconds)}`;
}
