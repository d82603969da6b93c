/** Matching: titles to the entries of a taxonomy, and an encoder that is fine-tuned on its other titles. */
import { Alert } from '@mantine/core';
import { useEffect, useSyncExternalStore } from 'react';
import type { MatchingEncoder } from '../../shared/matching.ts';
import { AboutMethod } from '../../ui/AboutMethod.tsx';
import { DropOverlay } from '../../ui/DropArea.tsx';
import { usePageDrop } from '../../ui/usePageDrop.ts';
import { matchNotes } from './about.ts';
import { FinetunePanel } from './FinetunePanel.tsx';
import { ManyTitles } from './ManyTitles.tsx';
import css from './MatchScreen.module.css';
import type { EncoderOption, MatchSession, MatchTools } from './matchSession.ts';
import { NoTaxonomy } from './NoTaxonomy.tsx';
import { OneTitle } from './OneTitle.tsx';
import { TaxonomyPanel } from './TaxonomyPanel.tsx';

export interface MatchScreenProps {
  session: MatchSession;
  tools: MatchTools;
  /** Encoders that can be chosen, beside those that were fine-tuned here. */
  encoders: readonly EncoderOption[];
  /** The one to begin with. */
  firstEncoder: MatchingEncoder;
  /** Makes a downloaded encoder that of the next training. */
  onTrain: (zip: File) => void;
}

/** Files by which a taxonomy that is open grows, rather than titles to match. */
const onetFile = /(occupation data|alternate titles|sample of reported titles)[^/]*\.txt$/i;

/** @see MatchScreenProps */
export function MatchScreen({ session, tools, encoders, firstEncoder, onTrain }: MatchScreenProps) {
  const state = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const { file, encoder, live, error } = state;
  useEffect(() => void session.refresh(), [session]);
  const options = [
    ...encoders,
    ...state.tuned.map(({ id, name }) => ({ source: { kind: 'tuned', id } as const, name })),
  ];
  const chosen = encoder ?? firstEncoder;
  const open = (files: File[]): void => {
    if (file && files.every(({ name }) => onetFile.test(name))) void session.add(files, chosen);
    else void session.open(files, null, chosen);
  };
  const dragging = usePageDrop(
    (files) => {
      if (!live) open(files);
    },
    () => session.fail(new Error('Nothing could be read from what was dropped: expected files.')),
  );
  return (
    <div className={css.screen}>
      <div>
        <h1 className={css.heading}>Match</h1>
        <p className={css.quiet}>Finds the occupation, or any entry of a taxonomy, that a title belongs to.</p>
      </div>
      {error && (
        <Alert
          color="red"
          title={error.message}
          withCloseButton
          closeButtonLabel="Dismiss"
          onClose={() => session.dismissError()}
        >
          {error.hint}
        </Alert>
      )}
      {file ? (
        <>
          <TaxonomyPanel {...{ session, state, file, options, chosen, onFiles: open }} />
          <OneTitle {...{ session, state, file, tools }} />
          <ManyTitles {...{ state, file, tools }} />
          <FinetunePanel {...{ session, state, file, options, chosen, firstEncoder, onTrain }} />
        </>
      ) : (
        <NoTaxonomy reading={state.reading} onFiles={open} />
      )}
      <AboutMethod {...matchNotes} />
      <DropOverlay
        visible={dragging && !live}
        message={file ? 'Drop another taxonomy' : 'Drop the files of a taxonomy'}
      />
    </div>
  );
}
