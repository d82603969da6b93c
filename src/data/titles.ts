/** What the data screen knows of the titles alone: cleaned, measured, grouped by likeness. */
import type { CleaningExample, CleaningOptions } from '../shared/dataset.ts';
import { cleanTitle, hasLetters } from './cleaning.ts';
import { findDuplicates, type Duplicates } from './duplicates.ts';
import type { Progress } from './readFile.ts';
import { isBlank } from '../shared/strings.ts';

/** Tokens of each title, [CLS] and [SEP] counted; empty where there is no tokenizer. */
export type CountTokens = (titles: readonly string[]) => ArrayLike<number>;

export interface TitleAnalysis {
  raw: readonly string[];
  cleaned: readonly string[];
  /** 1 where nothing is left of the title. */
  empty: Uint8Array;
  /** 1 where something is left, but no letter. */
  symbolsOnly: Uint8Array;
  /** Empty without a tokenizer. */
  tokens: ArrayLike<number>;
  duplicates: Duplicates;
  changed: { count: number; examples: CleaningExample[] };
}

const shownExamples = 8;

/** Examples of what cleaning does; those with different effects are worth more than many of one kind, so short ones spread over the file are taken. */
function findChanges(
  raw: readonly string[],
  cleaned: readonly string[],
  rowNumbers: Uint32Array,
): TitleAnalysis['changed'] {
  const changed: number[] = [];
  raw.forEach((title, row) => {
    if (title !== cleaned[row]) changed.push(row);
  });
  const step = Math.max(1, changed.length / shownExamples);
  const picked = Array.from(
    { length: Math.min(shownExamples, changed.length) },
    (_, i) => changed[Math.floor(i * step)],
  );
  const examples = picked.map((row) => ({ row: rowNumbers[row], before: raw[row], after: cleaned[row] }));
  return { count: changed.length, examples };
}

/** Cleans and compares all titles; 200,000 take a few seconds. */
export function analyseTitles(
  raw: readonly string[],
  rowNumbers: Uint32Array,
  cleaning: CleaningOptions,
  countTokens: CountTokens | null,
  onProgress: Progress,
): TitleAnalysis {
  onProgress('Cleaning titles', 0.1);
  const cleaned = raw.map((title) => cleanTitle(title, cleaning));
  const empty = Uint8Array.from(cleaned, (title) => Number(isBlank(title)));
  const symbolsOnly = Uint8Array.from(cleaned, (title, row) => (empty[row] === 0 && !hasLetters(title) ? 1 : 0));
  onProgress('Counting tokens', 0.3);
  const tokens = countTokens === null ? [] : countTokens(cleaned);
  onProgress('Looking for duplicates', 0.6);
  const duplicates = findDuplicates(cleaned);
  return { raw, cleaned, empty, symbolsOnly, tokens, duplicates, changed: findChanges(raw, cleaned, rowNumbers) };
}

/** `counts[i]`: titles that have `i` tokens. */
export function tokenHistogram(tokens: ArrayLike<number>): number[] {
  const counts: number[] = [];
  for (let row = 0; row < tokens.length; row++) {
    while (counts.length <= tokens[row]) counts.push(0);
    counts[tokens[row]]++;
  }
  return counts;
}
