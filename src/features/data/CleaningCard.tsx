import { Switch } from '@mantine/core';
import type { CleaningExample, CleaningOptions, DataSummary } from '../../shared/dataset.ts';
import { formatCount, formatCounted } from '../../ui/format.ts';
import css from './CleaningCard.module.css';
import { SettingsCard } from './SettingsCard.tsx';
import { shortened, textChange, visibleText, type TextPart } from './textChange.ts';

const switches: { id: keyof CleaningOptions; label: string; description: string }[] = [
  { id: 'html', label: 'HTML', description: 'Tags are removed; &amp; and the like become characters.' },
  {
    id: 'unicode',
    label: 'Odd characters',
    description: 'Curly quotes, long dashes and full-width letters become plain; invisible ones go.',
  },
  { id: 'separators', label: 'Separators', description: '/ | ; _ and \\ become spaces.' },
  { id: 'symbols', label: 'Symbols', description: 'Only letters, digits and & + # ’ . - stay.' },
  { id: 'lowercase', label: 'Lower case', description: '“DIRECTOR” and “Director” become the same.' },
  { id: 'whitespace', label: 'Spaces', description: 'Runs of spaces become one; ends are trimmed.' },
];

export interface CleaningCardProps {
  cleaning: CleaningOptions;
  cleaned: DataSummary['cleaned'];
  onCleaning: (cleaning: CleaningOptions) => void;
  disabled: boolean;
}

/** The cleaning steps as switches, and what they do to titles of this very table. */
export function CleaningCard({ cleaning, cleaned, onCleaning, disabled }: CleaningCardProps) {
  const on = switches.filter(({ id }) => cleaning[id]).map(({ label }) => label.toLowerCase().replace('html', 'HTML'));
  return (
    <SettingsCard
      title="Title cleaning"
      disabled={disabled}
      summary={
        <>
          <p>{on.length > 0 ? `Cleaned: ${on.join(', ')}.` : 'Titles are taken as they are.'}</p>
          <Examples {...cleaned} />
        </>
      }
    >
      {switches.map(({ id, label, description }) => (
        <Switch
          key={id}
          size="sm"
          label={label}
          description={description}
          checked={cleaning[id]}
          onChange={(event) => onCleaning({ ...cleaning, [id]: event.currentTarget.checked })}
          disabled={disabled}
        />
      ))}
    </SettingsCard>
  );
}

const shownExamples = 3;

function Examples({ count, examples }: DataSummary['cleaned']) {
  return (
    <div className={css.examples}>
      <p className={css.count}>
        {count === 0
          ? 'No title changes by it.'
          : `${formatCounted(count, 'title')} ${count === 1 ? 'changes' : 'change'}:`}
      </p>
      {examples.length > 0 && (
        <ul className={css.list} aria-label="Titles before and after cleaning">
          {examples.slice(0, shownExamples).map((example) => (
            <Example key={example.row} {...example} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Example({ row, before, after }: CleaningExample) {
  const parts = textChange(before, after);
  return (
    <li className={css.example}>
      <span className={css.row} title={`Row ${row}`}>
        {formatCount(row)}
      </span>
      <span className={css.texts}>
        <Parts parts={parts.filter((part) => part.kind !== 'added')} className={css.before} />
        <Parts parts={parts.filter((part) => part.kind !== 'removed')} />
      </span>
    </li>
  );
}

function Parts({ parts, className }: { parts: readonly TextPart[]; className?: string }) {
  return (
    <span className={className}>
      {parts.map(({ kind, text, start }) => {
        if (kind === 'same') return <span key={start}>{shortened(text)}</span>;
        return kind === 'removed' ? (
          <del key={start}>{visibleText(text)}</del>
        ) : (
          <ins key={start}>{visibleText(text)}</ins>
        );
      })}
    </span>
  );
}
