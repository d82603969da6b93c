import { SegmentedControl, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { scorings, type Scoring, type TaxonomyFile } from '../../shared/matching.ts';
import { packStrings, unpackStrings } from '../../shared/strings.ts';
import { formatFigure } from '../../ui/format.ts';
import css from './MatchScreen.module.css';
import type { MatchSession, MatchState, MatchTools } from './matchSession.ts';

export interface OneTitleProps {
  session: MatchSession;
  state: MatchState;
  file: TaxonomyFile;
  tools: MatchTools;
}

const scoringNames: Record<Scoring, string> = { both: 'Both', encoder: 'Encoder', words: 'Words' };
const scoringTexts: Record<Scoring, string> = {
  both: 'Words and encoder together, which finds more than either: the mean of three cosines.',
  encoder: 'The cosine of the encoder’s embeddings: titles that mean the same without a word in common.',
  words: 'TF-IDF: the mean of two cosines, of words and of pieces of words. No encoder.',
};
const shown = 5;

interface Found {
  /** What it is an answer to. */
  title: string;
  entries: { entry: number; score: number }[];
}

/** One title while it is typed. */
export function OneTitle({ session, state, file, tools }: OneTitleProps) {
  const [text, setText] = useState('');
  const { scoring, opened } = state;
  const names = useMemo(() => unpackStrings(file.taxonomy.titles), [file]);
  const codes = useMemo(() => unpackStrings(file.taxonomy.codes), [file]);
  const found = useMatches(text.trim(), state, tools, (thrown) => session.fail(thrown));
  return (
    <section className={css.panel} aria-label="One title">
      <div className={css.oneTitle}>
        <TextInput
          label="Job title"
          placeholder={opened ? 'Type a title' : 'Waits until the entries are read'}
          value={text}
          disabled={!opened}
          onChange={(event) => setText(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <SegmentedControl
          aria-label="What ranks the entries"
          data={scorings.map((value) => ({ value, label: scoringNames[value] }))}
          value={scoring}
          onChange={(value) => session.setScoring(value)}
        />
      </div>
      <p className={css.quiet}>{scoringTexts[scoring]}</p>
      <ol className={css.matches} aria-label="Best entries" aria-live="polite">
        {Array.from({ length: shown }, (_, i) => {
          const match = found?.entries[i];
          return (
            <li key={i}>
              {i === 0 && found === null && (
                <span className={css.quiet}>The five nearest entries appear here, the nearest first.</span>
              )}
              {match && (
                <>
                  <span className={css.matchName}>
                    {names[match.entry]}
                    <span className={css.code}>{codes[match.entry]}</span>
                  </span>
                  <span className={css.bar} aria-hidden="true">
                    <span style={{ width: `${100 * Math.max(0, match.score)}%` }} />
                  </span>
                  <span className="tabular">{formatFigure(match.score, 2)}</span>
                </>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** The best entries for what is typed; those of the text before stay until they come. */
function useMatches(
  title: string,
  { opened, scoring }: MatchState,
  { matching }: MatchTools,
  onFailure: (thrown: unknown) => void,
): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (!opened || title === '') {
      setFound(null);
      return;
    }
    let latest = true;
    // A pause in typing: a title takes some milliseconds, and the worker answers one after the other.
    const timer = setTimeout(() => {
      matching.match(packStrings([title]), scoring, shown).then(
        ({ entries, scores }) => {
          if (latest) setFound({ title, entries: Array.from(entries, (entry, i) => ({ entry, score: scores[i] })) });
        },
        (thrown: unknown) => {
          if (latest) onFailure(thrown);
        },
      );
    }, 60);
    return () => {
      latest = false;
      clearTimeout(timer);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the callback is new each time and means the same
  }, [title, opened, scoring, matching]);
  return found;
}
