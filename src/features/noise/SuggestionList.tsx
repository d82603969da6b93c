/** Doubtful rows, the surest first, each to be decided with a click or a key. */
import { NativeSelect } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { Correction } from '../../shared/corrections.ts';
import type { LabelSuggestion, SimilarTitle } from '../../shared/labelNoise.ts';
import { EditLabels } from '../../ui/EditLabels.tsx';
import { formatCounted } from '../../ui/format.ts';
import css from './ReviewScreen.module.css';
import type { ReviewScreenProps } from './reviewProps.ts';
import { SuggestionRow } from './SuggestionRow.tsx';
import { openSuggestions, reasonOf, type NearState, type RowActions } from './suggestions.ts';

export interface SuggestionListProps {
  table: NonNullable<ReviewScreenProps['table']>;
  done: NonNullable<ReviewScreenProps['done']>;
  log: Correction[];
  onCorrect: ReviewScreenProps['onCorrect'];
  nearest: ReviewScreenProps['nearest'];
}

/** @see SuggestionListProps */
export function SuggestionList({ table, done, log, onCorrect, nearest }: SuggestionListProps) {
  const { report, runName, since } = done;
  const [label, setLabel] = useState<number | null>(null);
  const [edited, setEdited] = useState<LabelSuggestion | null>(null);
  const near = useNear(nearest);
  const open = openSuggestions(report, log, since, label);
  const names = (labels: readonly number[]): string[] => labels.map((i) => report.labelNames[i]);
  const decide = (suggestion: LabelSuggestion, labels: readonly number[], why: string): void =>
    onCorrect(suggestion.row, names(labels), why);
  const actions = {
    accept: (one: LabelSuggestion) => decide(one, one.suggested, reasonOf(one, runName)),
    keep: (one: LabelSuggestion) => decide(one, one.given, `right as it is, though ${reasonOf(one, runName)}`),
    edit: setEdited,
    near: near.toggle,
  };
  return (
    <section className={css.panel} aria-labelledby="doubtful-rows">
      <h2 id="doubtful-rows">Doubtful rows</h2>
      <p className={css.lead}>
        Accept what is suggested, keep the labels as they are, or choose others. Keys in the list: arrows to move, A to
        accept, K to keep, E to edit, S for similar titles, Ctrl+Z to undo.
      </p>
      <div className={css.filters}>
        <NativeSelect
          aria-label="Label in doubt"
          value={label ?? ''}
          data={[
            { value: '', label: 'Any label' },
            ...report.labelNames.map((name, i) => ({ value: String(i), label: name })),
          ]}
          onChange={({ currentTarget: { value } }) => setLabel(value === '' ? null : Number(value))}
        />
        <output className={`${css.left} tabular`}>{formatCounted(open.length, 'row')} to decide</output>
      </div>
      {open.length === 0 ? (
        <div className={css.empty}>
          {report.suggestions.length === 0 ? 'No row is doubtful.' : 'Every doubtful row is decided.'}
        </div>
      ) : (
        <Rows suggestions={open} table={table} labelNames={report.labelNames} actions={actions} nearOf={near.of} />
      )}
      <EditLabels
        row={edited && { row: edited.row, title: edited.title, labels: names(edited.given) }}
        labelNames={table.labelNames}
        most={table.corrections.mostLabels}
        separator={table.corrections.separator}
        onClose={() => setEdited(null)}
        onSave={(labels) => {
          if (edited) onCorrect(edited.row, labels, `by hand, ${reasonOf(edited, runName)}`);
          setEdited(null);
        }}
      />
    </section>
  );
}

/** Rows whose similar titles are shown. */
function useNear(nearest: ReviewScreenProps['nearest']) {
  const [opened, setOpened] = useState<ReadonlyMap<number, NearState>>(new Map());
  const toggle = ({ position }: LabelSuggestion): void => {
    if (opened.has(position)) {
      setOpened(new Map([...opened].filter(([other]) => other !== position)));
      return;
    }
    setOpened(new Map(opened).set(position, 'asking'));
    const show = (near: SimilarTitle[]): void =>
      setOpened((before) => (before.has(position) ? new Map(before).set(position, near) : before));
    nearest(position).then(show, () => show([]));
  };
  return { of: (position: number) => opened.get(position), toggle };
}

interface RowsProps {
  suggestions: LabelSuggestion[];
  table: SuggestionListProps['table'];
  labelNames: string[];
  actions: RowActions;
  nearOf: (position: number) => NearState | undefined;
}

function Rows({ suggestions, table, labelNames, actions, nearOf }: RowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const [at, setAt] = useState(0);
  const current = Math.min(at, suggestions.length - 1);
  // oxlint-disable-next-line react/incompatible-library -- what it returns is used here only
  const virtual = useVirtualizer({
    count: suggestions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 84,
    overscan: 6,
    getItemKey: (index) => suggestions[index].position,
  });
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(suggestions.length - 1, to));
    setAt(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const one = suggestions[current];
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(current + 1),
      ArrowUp: () => move(current - 1),
      Home: () => move(0),
      End: () => move(suggestions.length - 1),
      a: () => actions.accept(one),
      k: () => actions.keep(one),
      e: () => actions.edit(one),
      s: () => actions.near(one),
    };
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
    // A decided row is gone, and the button that had the focus with it.
    scroller.current?.focus({ preventScroll: true });
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys do what the buttons of the current row do
    <section
      ref={scroller}
      className={css.scroller}
      aria-label="Rows to decide"
      aria-keyshortcuts="A K E S ArrowUp ArrowDown"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <ul className={css.list} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-setsize={suggestions.length}
            aria-posinset={item.index + 1}
            aria-current={item.index === current}
            className={css.item}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <SuggestionRow
              suggestion={suggestions[item.index]}
              labelNames={labelNames}
              tableNames={table.labelNames}
              actions={actions}
              near={nearOf(suggestions[item.index].position)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
