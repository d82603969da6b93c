/** Which wrong titles are opened, and the training titles near each. */
import { useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import type { NearTitles } from '../../shared/explanation.ts';
import type { TestRow } from '../../shared/training.ts';

/** Training titles nearest to a title, of the run that is shown. */
export type AskNearTitles = (title: string, onProgress: (message: string) => void) => Promise<NearTitles>;

export type NearState =
  | { state: 'asking'; message: string }
  | { state: 'found'; answer: NearTitles }
  | { state: 'failed'; message: string; hint: string };

export interface OpenedTitles {
  /** Undefined for a row that is closed. */
  of: (row: number) => NearState | undefined;
  toggle: (test: TestRow) => void;
}

/** @param ask null: rows cannot be opened, as the run has no encoder to embed titles with */
export function useNearTitles(ask: AskNearTitles | null): OpenedTitles | null {
  const [opened, setOpened] = useState<ReadonlyMap<number, NearState>>(new Map());
  if (!ask) return null;
  /** Only while the row is open: it may have been closed meanwhile. */
  const update = (row: number, state: NearState): void =>
    setOpened((before) => (before.has(row) ? new Map(before).set(row, state) : before));
  const toggle = ({ row, title }: TestRow): void => {
    if (opened.has(row)) {
      setOpened((before) => new Map([...before].filter(([other]) => other !== row)));
      return;
    }
    setOpened((before) => new Map(before).set(row, { state: 'asking', message: 'Reading training titles' }));
    ask(title, (message) => update(row, { state: 'asking', message })).then(
      (answer) => update(row, { state: 'found', answer }),
      (thrown: unknown) => {
        const { message, hint } = toRungError(thrown);
        update(row, { state: 'failed', message, hint });
      },
    );
  };
  return { of: (row) => opened.get(row), toggle };
}
