/** What is wrong with a table, each finding with its rows. */
import type { Finding, FindingId, UnlabelledPolicy } from '../shared/dataset.ts';
import { minimumSupport } from '../shared/training.ts';
import { hasControlCharacters, hasHtml } from './cleaning.ts';
import { noNeighbour } from './duplicates.ts';
import { labelIds, type RowLabels } from './labels.ts';
import { alphabeticalShare, runsDeviation } from './order.ts';
import type { ParseProblem } from './table.ts';
import type { TitleAnalysis } from './titles.ts';

/** A finding with the rows (0-based) that it is about. */
export interface FindingRows extends Finding {
  indices: Uint32Array;
}

export interface HealthInput {
  rowNumbers: Uint32Array;
  /** Null while no title column is known. */
  titles: TitleAnalysis | null;
  /** As written in the file, before the policy for rows without a label; null while no label column is known. */
  labels: RowLabels | null;
  unlabelled: UnlabelledPolicy;
  problems: readonly ParseProblem[];
}

/** Titles are cut to this many tokens unless the training is told otherwise. */
const longestTokens = 64;
const longestCharacters = 300;
/** Standard deviations below the runs of a shuffled file: by chance once in millions of files. */
const sortedDeviation = -5;
const fewestSortedRows = 30;

/** "1 row has", "82 rows have". */
function rowsHave(count: number, one: string, many: string): string {
  return count === 1 ? `1 row ${one}` : `${count.toLocaleString('en')} rows ${many}`;
}

function pick(count: number, test: (row: number) => boolean): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (test(row)) rows.push(row);
  return Uint32Array.from(rows);
}

type Wording = Omit<Finding, 'rows'>;

function finding(indices: Uint32Array, wording: Wording): FindingRows[] {
  return indices.length === 0 ? [] : [{ ...wording, rows: indices.length, indices }];
}

function titleFindings(titles: TitleAnalysis): FindingRows[] {
  const count = titles.raw.length;
  const empty = pick(count, (row) => titles.empty[row] === 1);
  const symbols = pick(count, (row) => titles.symbolsOnly[row] === 1);
  const html = pick(count, (row) => hasHtml(titles.raw[row]));
  const controls = pick(count, (row) => hasControlCharacters(titles.raw[row]));
  const counted = titles.tokens.length === count;
  const long = pick(count, (row) =>
    counted ? titles.tokens[row] > longestTokens : titles.cleaned[row].length > longestCharacters,
  );
  return [
    ...finding(empty, {
      id: 'empty-titles',
      severity: 'warning',
      title: rowsHave(empty.length, 'has no title', 'have no title'),
      detail: 'There is nothing to learn from them. They are left out of training unless you keep them.',
    }),
    ...finding(symbols, {
      id: 'symbol-titles',
      severity: 'warning',
      title: `${rowsHave(symbols.length, 'has a title', 'have titles')} of digits or symbols only`,
      detail:
        'Without a letter a title says nothing about a level. They are left out of training unless you keep them.',
    }),
    ...finding(html, {
      id: 'html-titles',
      severity: 'info',
      title: rowsHave(html.length, 'has HTML in its title', 'have HTML in their titles'),
      detail: 'Tags and codes such as &amp; come from web forms. Cleaning removes the tags and decodes the codes.',
    }),
    ...finding(long, {
      id: 'long-titles',
      severity: 'info',
      title: rowsHave(long.length, 'has a very long title', 'have very long titles'),
      detail: `Titles are cut to ${longestTokens} tokens (about ${longestCharacters} characters); what comes after is not read.`,
    }),
    ...finding(controls, {
      id: 'control-characters',
      severity: 'info',
      title: rowsHave(controls.length, 'has invisible or broken characters', 'have invisible or broken characters'),
      detail:
        'Control characters, zero-width characters, or the sign for letters that were lost. Cleaning removes those that cannot be seen.',
    }),
  ];
}

function duplicateFindings(titles: TitleAnalysis): FindingRows[] {
  const { firstSame, neighbour, reordered } = titles.duplicates;
  const count = titles.raw.length;
  const repeated = new Uint8Array(count);
  firstSame.forEach((first, row) => {
    if (first !== row) repeated[first] = repeated[row] = 1;
  });
  const exact = pick(count, (row) => repeated[row] === 1);
  const near = pick(count, (row) => neighbour[row] !== noNeighbour);
  const sameWords = near.reduce((sum, row) => sum + reordered[row], 0);
  const order = sameWords > 0 ? ` In ${sameWords} of them only the order of the words differs.` : '';
  return [
    ...finding(exact, {
      id: 'exact-duplicates',
      severity: 'warning',
      title: rowsHave(exact.length, 'repeats a title', 'share their title with another row'),
      detail:
        'The same title on both sides of a split would flatter the figures, so they stay on one side. Repeats with the same labels are left out unless you keep them.',
    }),
    ...finding(near, {
      id: 'near-duplicates',
      severity: 'info',
      title: rowsHave(near.length, 'has a near duplicate', 'have a near duplicate'),
      detail: `Three quarters or more of their words are the same.${order} Near duplicates stay on one side of the split, so that the test stays honest.`,
    }),
  ];
}

/** Whether two rows carry the same labels. */
export function sameLabels(labels: RowLabels, a: number, b: number): boolean {
  const [left, right] = [labelIds(labels, a), labelIds(labels, b)];
  return left.length === right.length && left.every((id, i) => id === right[i]);
}

/** 1 for rows whose title stands elsewhere with other labels. */
export function findConflicts(titles: TitleAnalysis, labels: RowLabels): Uint8Array {
  const { firstSame } = titles.duplicates;
  const disputed = new Set<number>();
  firstSame.forEach((first, row) => {
    if (first !== row && !sameLabels(labels, first, row)) disputed.add(first);
  });
  return Uint8Array.from(firstSame, (first) => (disputed.has(first) ? 1 : 0));
}

function unlabelledDetail(policy: UnlabelledPolicy): string {
  if (policy.kind === 'drop') return 'They are left out of training.';
  if (policy.kind === 'none') return 'They are trained on as titles that carry no label.';
  return `They are trained on with the label "${policy.name}".`;
}

/** Rows that teach a label something: titles with a letter, each of those with the same title and labels once. */
function tellingRows(titles: TitleAnalysis | null, labels: RowLabels, rowCount: number): Uint32Array {
  const seen = new Set<string>();
  return pick(rowCount, (row) => {
    if (titles === null) return true;
    const key = `${titles.duplicates.firstSame[row]}:${labelIds(labels, row).join(',')}`;
    if (titles.empty[row] === 1 || titles.symbolsOnly[row] === 1 || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Labels that too few telling rows carry, with their number, fewest last. */
function rareLabels(titles: TitleAnalysis | null, labels: RowLabels, rowCount: number): { id: number; rows: number }[] {
  const counts = new Uint32Array(labels.names.length);
  for (const row of tellingRows(titles, labels, rowCount)) for (const id of labelIds(labels, row)) counts[id]++;
  const rare = Array.from(counts, (rows, id) => ({ id, rows })).filter(({ rows }) => rows < minimumSupport);
  return rare.toSorted((a, b) => b.rows - a.rows);
}

function labelFindings(
  titles: TitleAnalysis | null,
  labels: RowLabels,
  unlabelled: UnlabelledPolicy,
  rowCount: number,
): FindingRows[] {
  const without = pick(rowCount, (row) => labels.starts[row] === labels.starts[row + 1]);
  const rare = rareLabels(titles, labels, rowCount);
  const rareIds = new Set(rare.map(({ id }) => id));
  const rareRows = pick(rowCount, (row) => labelIds(labels, row).some((id) => rareIds.has(id)));
  const names = rare.map(({ id, rows }) => `${labels.names[id]} (${rows})`);
  const shown = names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
  const found = finding(without, {
    id: 'unlabelled',
    severity: 'warning',
    title: rowsHave(without.length, 'has no label', 'have no label'),
    detail: unlabelledDetail(unlabelled),
  });
  if (rare.length === 0) return found;
  const wording: Wording = {
    id: 'rare-labels',
    severity: 'warning',
    title: `${rare.length === 1 ? '1 label has' : `${rare.length} labels have`} too few rows: ${shown}`,
    detail: `With fewer than ${minimumSupport} rows a label can hardly be learned, and its figures mean little. Repeats and titles without a letter do not count. Add rows, or merge it with another label.`,
  };
  return [...found, { ...wording, rows: rareRows.length, indices: rareRows }];
}

/** Number of each row's label set, rows without a label left out. */
function labelSetSequence(labels: RowLabels): Uint32Array {
  const numbers = new Map<string, number>();
  const sequence: number[] = [];
  for (let row = 0; row + 1 < labels.starts.length; row++) {
    const carried = labelIds(labels, row);
    if (carried.length === 0) continue;
    const key = carried.join(',');
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    sequence.push(number);
  }
  return Uint32Array.from(sequence);
}

function orderFindings(titles: TitleAnalysis | null, labels: RowLabels | null): FindingRows[] {
  const sequence = labels === null ? new Uint32Array() : labelSetSequence(labels);
  const byLabel = sequence.length >= fewestSortedRows && runsDeviation(sequence) < sortedDeviation;
  const byTitle = titles !== null && titles.raw.length >= fewestSortedRows && alphabeticalShare(titles.cleaned) > 0.9;
  if (!byLabel && !byTitle) return [];
  const how = byTitle ? 'alphabetical order' : 'blocks of the same label';
  const wording: Wording = {
    id: 'sorted',
    severity: 'info',
    title: `The rows are not shuffled: they come in ${how}`,
    detail:
      'Taking the first or last rows for testing would mislead. Rung draws its split and its batches at random, so nothing needs doing.',
  };
  return [{ ...wording, rows: 0, indices: new Uint32Array() }];
}

function problemFindings(input: HealthInput): FindingRows[] {
  const respelled = (input.labels?.respelled ?? []).map(({ row, from, to }) => {
    return { row: input.rowNumbers[row], message: `has the label "${from}", which is read as "${to}"` };
  });
  const problems = [...input.problems, ...respelled];
  if (problems.length === 0) return [];
  const rowOf = new Map(Array.from(input.rowNumbers, (number, row) => [number, row]));
  const rows = new Set(problems.flatMap(({ row }) => rowOf.get(row) ?? []));
  const indices = Uint32Array.from(rows).toSorted();
  const first = problems.slice(0, 3).map(({ row, message }) => `Row ${row} ${message}.`);
  const more = problems.length > 3 ? ` And ${(problems.length - 3).toLocaleString('en')} more.` : '';
  const wording: Wording = {
    id: 'parse-problems',
    severity: 'warning',
    title:
      problems.length === 1
        ? '1 place was not read as written'
        : `${problems.length.toLocaleString('en')} places were not read as written`,
    detail: first.join(' ') + more,
  };
  return [{ ...wording, rows: indices.length, indices }];
}

function conflictFindings(titles: TitleAnalysis, labels: RowLabels): FindingRows[] {
  const conflicts = findConflicts(titles, labels);
  const rows = pick(conflicts.length, (row) => conflicts[row] === 1);
  return finding(rows, {
    id: 'conflicts',
    severity: 'warning',
    title: `${rowsHave(rows.length, 'has', 'have')} the same title as another row but other labels`,
    detail: 'A model cannot be right on both. Decide which labels are meant, or keep them as honest noise.',
  });
}

const severityOrder: Record<Finding['severity'], number> = { problem: 0, warning: 1, info: 2 };

/** All findings, worst first. */
export function findProblems(input: HealthInput): FindingRows[] {
  const { titles, labels } = input;
  const found = [
    ...problemFindings(input),
    ...(labels === null ? [] : labelFindings(titles, labels, input.unlabelled, input.rowNumbers.length)),
    ...(titles === null || labels === null ? [] : conflictFindings(titles, labels)),
    ...(titles === null ? [] : [...titleFindings(titles), ...duplicateFindings(titles)]),
    ...orderFindings(titles, labels),
  ];
  return found.toSorted((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
}

/** The rows of one finding; none when it was not made. */
export function rowsOfFinding(findings: readonly FindingRows[], id: FindingId): Uint32Array {
  return findings.find((found) => found.id === id)?.indices ?? new Uint32Array();
}
