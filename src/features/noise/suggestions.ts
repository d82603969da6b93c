/** What is left to decide of a check's suggestions, and what its figures say in words. */
import type { Correction } from '../../shared/corrections.ts';
import { formatPercent } from '../../ui/format.ts';
import type { LabelNoiseReport, LabelSuggestion, SimilarTitle } from '../../shared/labelNoise.ts';

/** Similar titles of a row, or that they are on their way. */
export type NearState = SimilarTitle[] | 'asking';

/** What can be done with a suggestion. */
export interface RowActions {
  accept: (one: LabelSuggestion) => void;
  keep: (one: LabelSuggestion) => void;
  edit: (one: LabelSuggestion) => void;
  near: (one: LabelSuggestion) => void;
}

/** Suggestions whose row has not been decided since the check, only those about a label where one is given. */
export function openSuggestions(
  { suggestions }: LabelNoiseReport,
  log: readonly Correction[],
  since: number,
  label: number | null,
): LabelSuggestion[] {
  const decided = new Set(log.filter(({ when }) => when >= since).map(({ row }) => row));
  return suggestions.filter(
    ({ row, given, suggested }) =>
      !decided.has(row) && (label === null || given.includes(label) !== suggested.includes(label)),
  );
}

/** "97 % sure by the quick check": kept with a correction. */
export function reasonOf({ sureness }: LabelSuggestion, runName: string | null): string {
  const source = runName === null ? 'quick label check' : `label check with ${runName}`;
  return `suggested by the ${source}, ${formatPercent(sureness)} sure`;
}
