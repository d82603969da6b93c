/** Where doubtful labels are found and decided, and every correction is listed: nothing here changes the user's file. */
import { Alert, Button, Select } from '@mantine/core';
import { ScanSearch, Square } from 'lucide-react';
import { useState } from 'react';
import type { LabelNoiseReport } from '../../shared/labelNoise.ts';
import { formatCount, formatCounted } from '../../ui/format.ts';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import { ChangeLog } from './ChangeLog.tsx';
import { LabelTable } from './LabelTable.tsx';
import type { ReviewScreenProps } from './reviewProps.ts';
import css from './ReviewScreen.module.css';
import { SuggestionList } from './SuggestionList.tsx';

/** @see ReviewScreenProps */
export function ReviewScreen(props: ReviewScreenProps) {
  const { table, error } = props;
  return (
    <div className={css.screen}>
      <h1 className={css.heading}>Review labels</h1>
      {error && (
        <Alert
          color="red"
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss"
          onClose={props.onDismissError}
        >
          {error.hint}
        </Alert>
      )}
      {table === null ? (
        <section className={css.panel}>
          <h2>
            {props.blocked
              ? 'The labels of this table cannot be checked yet'
              : 'Labels are checked once a table is open'}
          </h2>
          <p className={css.lead}>
            {props.blocked ??
              'Rows whose labels do not fit their titles are found here, decided one by one, and trained on as corrected.'}
          </p>
          <Button onClick={props.onData}>{props.blocked ? 'Look at the table' : 'Open a table'}</Button>
        </section>
      ) : (
        <>
          <CheckPanel {...props} table={table} />
          {props.done && <Suggestions {...props} table={table} done={props.done} />}
          <ChangeLog log={props.log} corrections={table.corrections} {...props.changes} />
        </>
      )}
    </div>
  );
}

type WithTable = ReviewScreenProps & { table: NonNullable<ReviewScreenProps['table']> };

const quick = 'quick';

function CheckPanel({ table, runs, checking, done, onFind, onStop, onTrain }: WithTable) {
  const [source, setSource] = useState(quick);
  const chosen = runs.some(({ id }) => id === source) ? source : quick;
  return (
    <section className={css.panel} aria-label="Check">
      <p className={css.lead}>
        Each row is answered by a model that has not seen it. Where that model is surer than it usually is that a label
        is wrong or missing, the row is listed, the surest first (confident learning, label by label).
      </p>
      <div className={css.controls}>
        {runs.length > 0 && (
          <Select
            label="Answers from"
            className={css.source}
            data={[
              { value: quick, label: 'Quick check: words, no training' },
              ...runs.map(({ id, name }) => ({ value: id, label: `Cross-validation “${name}”` })),
            ]}
            value={chosen}
            allowDeselect={false}
            disabled={checking !== null}
            onChange={(value) => setSource(value ?? quick)}
          />
        )}
        {checking ? (
          <Button variant="default" leftSection={<Square size={14} aria-hidden="true" />} onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button
            leftSection={<ScanSearch size={16} aria-hidden="true" />}
            onClick={() => onFind(chosen === quick ? null : chosen)}
          >
            {done ? 'Check again' : 'Find likely mislabelled rows'}
          </Button>
        )}
        {table.corrections.changed > 0 && !checking && (
          <Button variant="light" onClick={onTrain}>
            Train on the corrected labels
          </Button>
        )}
      </div>
      <div className={css.status} aria-live="polite">
        {checking && <WorkProgress {...checking} label="Progress of the check" />}
        {done && !checking && <span>{reportText(done.report, done.runName)}</span>}
      </div>
    </section>
  );
}

function reportText({ suggestions, rows, unanswered }: LabelNoiseReport, runName: string | null): string {
  const of = runName === null ? 'the quick check' : `“${runName}”`;
  const left = unanswered > 0 ? ` ${formatCounted(unanswered, 'row')} had no answer and were not judged.` : '';
  return `${formatCount(suggestions.length)} of ${formatCounted(rows, 'row')} are doubtful by ${of}.${left}`;
}

function Suggestions({
  table,
  done,
  log,
  onCorrect,
  nearest,
}: WithTable & { done: NonNullable<ReviewScreenProps['done']> }) {
  return (
    <>
      <LabelTable report={done.report} labelNames={table.labelNames} />
      <SuggestionList {...{ table, done, log, onCorrect, nearest }} />
    </>
  );
}
