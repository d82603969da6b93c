import { Button } from '@mantine/core';
import { ArrowRight, CircleAlert, Lock } from 'lucide-react';
import type { DataSummary } from '../../shared/dataset.ts';
import { formatCount, formatCounted } from '../../ui/format.ts';
import css from './DataScreen.module.css';

export interface ContinueBarProps {
  summary: DataSummary;
  configuring: boolean;
  locked: boolean;
  onContinue: () => void;
}

/** What would be trained on, or why it cannot be yet; always in view. */
export function ContinueBar({ summary, configuring, locked, onContinue }: ContinueBarProps) {
  const { blocked, trainableRows, rowCount, labels } = summary;
  return (
    <div className={css.continue}>
      <div className={css.continueText} aria-live="polite">
        {blocked ? (
          <>
            <CircleAlert size={18} aria-hidden="true" className={css.blockedIcon} />
            <span>{blocked.message}</span>
          </>
        ) : (
          <>
            <strong className="tabular">{formatCounted(trainableRows, 'row')} to train on</strong>
            <span className={`${css.outOf} tabular`}>
              of {formatCount(rowCount)}, {formatCounted(labels.length, 'label')}
            </span>
          </>
        )}
        {locked && (
          <span className={css.lockedNote}>
            <Lock size={14} aria-hidden="true" /> A training is running: settings rest until it ends.
          </span>
        )}
      </div>
      <Button
        // On a phone only its first word is drawn.
        aria-label="Continue to training"
        rightSection={<ArrowRight size={16} aria-hidden="true" />}
        disabled={blocked !== null || configuring}
        onClick={onContinue}
      >
        <span>
          Continue<span className={css.longer}> to training</span>
        </span>
      </Button>
    </div>
  );
}
