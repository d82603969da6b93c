/** The titles that were not answered exactly right, most surprising first: to learn what the model lacks, and which labels are doubtful. */
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Search, X } from 'lucide-react';
import { useRef } from 'react';
import { formatCount, formatCounted, formatFigure } from '../../ui/format.ts';
import { LabelMarkIcon } from '../../ui/LabelChip.tsx';
import { filterOutcomes, noFilter, type LabelOrNone, type Outcome, type WrongFilter } from './outcomes.ts';
import { NearTitlesOfRow, NearTitlesOpener } from './NearTitlesOfRow.tsx';
import { useNearTitles, type AskNearTitles, type OpenedTitles } from './useNearTitles.ts';
import classes from './WrongTitles.module.css';

export interface WrongTitlesProps {
  /** As `wrongOutcomes` gives them. */
  wrong: Outcome[];
  /** Test titles in all. */
  rows: number;
  labelNames: string[];
  filter: WrongFilter;
  onFilter: (filter: WrongFilter) => void;
  /** Null where titles cannot be embedded: the run has no encoder. */
  nearTitles: AskNearTitles | null;
}

const kinds = [
  { value: 'all', label: 'All' },
  { value: 'missed', label: 'Missed' },
  { value: 'wrong', label: 'Wrongly given' },
];

const isKind = (value: string): value is WrongFilter['kind'] => kinds.some((kind) => kind.value === value);

function pairText({ actual, predicted }: NonNullable<WrongFilter['pair']>, names: string[]): string {
  const name = (label: LabelOrNone, none: string): string => (label === 'none' ? none : names[label]);
  return `${name(actual, 'no label')}, given ${name(predicted, 'nothing')}`;
}

export function setText(set: readonly number[], names: readonly string[]): string {
  return set.length === 0 ? 'no label' : set.map((label) => names[label]).join(' + ');
}

/** The one cell of a matrix that the list is about; null when it is not about one. */
function cellText({ pair, sets }: WrongFilter, names: string[]): string | null {
  if (pair) return pairText(pair, names);
  if (sets) return `${setText(sets.actual, names)}, given ${setText(sets.predicted, names)}`;
  return null;
}

/** @see WrongTitlesProps */
export function WrongTitles({ wrong, rows, labelNames, filter, onFilter, nearTitles }: WrongTitlesProps) {
  const opened = useNearTitles(nearTitles);
  const shown = filterOutcomes(wrong, filter);
  const cell = cellText(filter, labelNames);
  return (
    <section className={classes.panel} aria-labelledby="wrong-titles">
      <h2 id="wrong-titles">Titles answered wrongly</h2>
      <p className={classes.lead}>
        {formatCount(wrong.length)} of {formatCounted(rows, 'test title')}, the surest mistakes first. Some will be
        doubtful labels in the table rather than mistakes of the model.
      </p>
      <div className={classes.filters}>
        <TextInput
          aria-label="Search titles"
          placeholder="Search titles"
          leftSection={<Search size={16} aria-hidden="true" />}
          value={filter.search}
          onChange={(event) => onFilter({ ...filter, search: event.currentTarget.value })}
        />
        <NativeSelect
          aria-label="Label of the mistake"
          value={filter.label ?? ''}
          data={[
            { value: '', label: 'Any label' },
            ...labelNames.map((name, label) => ({ value: String(label), label: name })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            onFilter({ ...filter, label: value === '' ? null : Number(value) })
          }
        />
        <SegmentedControl
          aria-label="Kind of mistake"
          value={filter.kind}
          data={kinds}
          onChange={(kind) => isKind(kind) && onFilter({ ...filter, kind })}
        />
        <div className={classes.state}>
          <output className="tabular">{formatCounted(shown.length, 'title')}</output>
          {cell !== null && (
            <Button
              size="compact-sm"
              variant="light"
              rightSection={<X size={14} aria-hidden="true" />}
              aria-label={`Only ${cell}: show all again`}
              onClick={() => onFilter({ ...filter, pair: null, sets: null })}
            >
              {cell}
            </Button>
          )}
        </div>
      </div>
      {shown.length === 0 ? (
        <div className={classes.empty}>
          {wrong.length === 0 ? (
            'Every test title was answered exactly right.'
          ) : (
            <>
              No wrong title fits.{' '}
              <Button variant="subtle" size="compact-sm" onClick={() => onFilter(noFilter)}>
                Show all {formatCount(wrong.length)}
              </Button>
            </>
          )}
        </div>
      ) : (
        <TitleList
          // A new list for a new filter: the scroll position of the old one means nothing.
          key={JSON.stringify(filter)}
          outcomes={shown}
          labelNames={labelNames}
          opened={opened}
        />
      )}
    </section>
  );
}

interface TitleListProps {
  outcomes: Outcome[];
  labelNames: string[];
  opened: OpenedTitles | null;
}

function TitleList({ outcomes, labelNames, opened }: TitleListProps) {
  const scroller = useRef<HTMLElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- what it returns is used here only
  const virtual = useVirtualizer({
    count: outcomes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 64,
    overscan: 8,
    getItemKey: (index) => outcomes[index].test.row,
  });
  return (
    <section
      ref={scroller}
      className={classes.scroller}
      aria-label="Wrong titles"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      <ul style={{ height: virtual.getTotalSize() }} className={classes.list}>
        {virtual.getVirtualItems().map((item) => (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-setsize={outcomes.length}
            aria-posinset={item.index + 1}
            className={classes.item}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <TitleRow outcome={outcomes[item.index]} labelNames={labelNames} opened={opened} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A title of 100,000 characters need not all be on the page. */
const shownCharacters = 300;

function TitleRow({ outcome, labelNames, opened }: Omit<TitleListProps, 'outcomes'> & { outcome: Outcome }) {
  const { test, thresholds, predicted, missed, wrong } = outcome;
  const labels = labelNames.map((_, label) => label);
  const carried = labels.filter((label) => test.actual[label]);
  const given = labels.filter((label) => predicted[label]);
  const near = opened?.of(test.row);
  const shownTitle = test.title.slice(0, shownCharacters);
  const chip = (label: number, mistake: 'missed' | 'wrong' | null) => (
    <Verdict
      key={label}
      name={labelNames[label]}
      index={label}
      probability={test.probabilities[label]}
      threshold={thresholds[label] ?? 0.5}
      mistake={mistake}
    />
  );
  return (
    <>
      <div className={classes.title}>
        {shownTitle || <em>not in the run’s document</em>}
        {test.title.length > shownCharacters && '…'} <small>row {test.row}</small>
        {opened && shownTitle !== '' && (
          <NearTitlesOpener title={shownTitle} open={near !== undefined} onToggle={() => opened.toggle(test)} />
        )}
      </div>
      <div className={classes.verdicts}>
        <span className={classes.side}>should be</span>
        <div>
          {carried.map((label) => chip(label, missed.includes(label) ? 'missed' : null))}
          {carried.length === 0 && <em>no label</em>}
        </div>
      </div>
      <div className={classes.verdicts}>
        <span className={classes.side}>predicted</span>
        <div>
          {given.map((label) => chip(label, wrong.includes(label) ? 'wrong' : null))}
          {given.length === 0 && <em>nothing</em>}
        </div>
      </div>
      {near && <NearTitlesOfRow near={near} title={shownTitle} labelNames={labelNames} />}
    </>
  );
}

interface VerdictProps {
  name: string;
  index: number;
  probability: number;
  threshold: number;
  mistake: 'missed' | 'wrong' | null;
}

function Verdict({ name, index, probability, threshold, mistake }: VerdictProps) {
  const words = { missed: 'missed', wrong: 'wrong' };
  return (
    <span
      className={classes.verdict}
      data-mistake={mistake}
      title={`${name}: probability ${formatFigure(probability, 2)}, threshold ${formatFigure(threshold, 2)}`}
    >
      <LabelMarkIcon index={index} />
      {name} <span className="tabular">{formatFigure(probability, 2)}</span>
      {mistake && <b> {words[mistake]}</b>}
    </span>
  );
}
