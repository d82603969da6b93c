import { Button, Loader } from '@mantine/core';
import { ArrowRight, Check, Pencil, X } from 'lucide-react';
import type { LabelSuggestion } from '../../shared/labelNoise.ts';
import { formatFigure, formatPercent } from '../../ui/format.ts';
import { LabelChip } from '../../ui/LabelChip.tsx';
import css from './ReviewScreen.module.css';
import type { NearState, RowActions } from './suggestions.ts';

export interface SuggestionRowProps {
  suggestion: LabelSuggestion;
  /** Labels of the check, by position. */
  labelNames: readonly string[];
  /** Labels of the table: colours go by them. */
  tableNames: readonly string[];
  actions: RowActions;
  /** Undefined: not asked for. */
  near: NearState | undefined;
}

const shownCharacters = 300;

/** One doubtful row: what it carries, what it should, how sure that is, and what can be done. */
export function SuggestionRow({ suggestion, labelNames, tableNames, actions, near }: SuggestionRowProps) {
  const { row, title, given, suggested, sureness } = suggestion;
  const chips = (labels: readonly number[]) =>
    labels.length === 0 ? (
      <em>no label</em>
    ) : (
      labels.map((label) => (
        <LabelChip key={label} name={labelNames[label]} index={tableNames.indexOf(labelNames[label])} quiet />
      ))
    );
  return (
    <>
      <div className={css.what}>
        <span className={css.title}>
          {title.slice(0, shownCharacters)} <small>row {row}</small>
        </span>
        <span className={css.change}>
          <span className={css.chips}>{chips(given)}</span>
          <ArrowRight size={14} aria-label="should rather be" />
          <span className={css.chips}>{chips(suggested)}</span>
        </span>
      </div>
      <span
        className={`${css.sure} tabular`}
        title="One minus the probability that the most doubtful label is right, by a model that has not seen the row"
      >
        {formatPercent(sureness)} <small>sure</small>
      </span>
      <div className={css.decide}>
        <Button
          size="compact-sm"
          leftSection={<Check size={14} aria-hidden="true" />}
          aria-label={`Accept for row ${row}`}
          onClick={() => actions.accept(suggestion)}
        >
          Accept
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<X size={14} aria-hidden="true" />}
          aria-label={`Keep the labels of row ${row}`}
          onClick={() => actions.keep(suggestion)}
        >
          Keep
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Pencil size={14} aria-hidden="true" />}
          aria-label={`Edit the labels of row ${row}`}
          onClick={() => actions.edit(suggestion)}
        >
          Edit
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          aria-expanded={near !== undefined}
          aria-label={`Titles similar to row ${row}`}
          onClick={() => actions.near(suggestion)}
        >
          Similar
        </Button>
      </div>
      {near === 'asking' && <Loader size="xs" className={css.near} />}
      {near !== undefined && near !== 'asking' && (
        <ol className={css.near} aria-label={`Titles similar to ${title}`}>
          {near.length === 0 && <li>No other title shares a word with it.</li>}
          {near.map((other) => (
            <li key={other.row}>
              <span className={css.nearTitle}>
                {other.title} <small>row {other.row}</small>
              </span>
              <span className={css.chips}>{chips(other.labels)}</span>
              <small className="tabular" title="Cosine of the words and pieces of words that both share">
                {formatFigure(other.similarity, 2)}
              </small>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
