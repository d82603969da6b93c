/** A wrong title's nearest training titles: where they carry other labels, the row's own label may be the mistake. */
import { Button, Loader } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { NearTitleList } from '../../ui/NearTitleList.tsx';
import type { NearState } from './useNearTitles.ts';
import classes from './WrongTitles.module.css';

export function NearTitlesOpener({ title, open, onToggle }: { title: string; open: boolean; onToggle: () => void }) {
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      className={classes.opener}
      leftSection={<ChevronRight size={14} aria-hidden="true" data-open={open} />}
      aria-expanded={open}
      aria-label={`Near training titles of ${title}`}
      onClick={onToggle}
    >
      Near training titles
    </Button>
  );
}

export function NearTitlesOfRow({ near, title, labelNames }: { near: NearState; title: string; labelNames: string[] }) {
  return (
    <div className={classes.near}>
      {near.state === 'asking' && (
        <output className={classes.asking}>
          <Loader size="xs" /> {near.message}
        </output>
      )}
      {near.state === 'found' && <NearTitleList answer={near.answer} labelNames={labelNames} title={title} />}
      {near.state === 'failed' && (
        <p role="alert">
          {near.message} {near.hint}
        </p>
      )}
    </div>
  );
}
