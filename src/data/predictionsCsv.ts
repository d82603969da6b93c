/** Predictions as the rows of a table: the same cells in every file that leaves the page. */
import Papa from 'papaparse';
import { isFormula } from '../shared/formula.ts';
import { isBlank } from '../shared/strings.ts';

/** A cell as plain text: an apostrophe in front of what would run as a formula. */
export function escapeFormula(cell: string): string {
  return isFormula(cell) ? `'${cell}` : cell;
}

/** A float32 probability has about seven significant digits. */
const decimals = 6;

export function headerCells(labelNames: readonly string[]): string[] {
  return ['Title', 'Labels', ...labelNames.map(escapeFormula)];
}

/**
 * Title, labels at or above their thresholds, then the probability of each label, which stands in `probabilities` from `start` on; nothing
 * beside a cell without a title.
 */
export function predictionCells(
  title: string,
  labelNames: readonly string[],
  thresholds: readonly number[],
  probabilities: Float32Array,
  start: number,
): (string | number)[] {
  if (isBlank(title)) return [title, '', ...labelNames.map(() => '')];
  const carried = labelNames.filter((_, label) => probabilities[start + label] >= thresholds[label]);
  const numbers = labelNames.map((_, label) => Number(probabilities[start + label].toFixed(decimals)));
  return [escapeFormula(title), escapeFormula(carried.join('; ')), ...numbers];
}

/** Excel takes a file without the mark for Windows-1252. */
export const csvStart = '\ufeff';

/** Rows as CSV, each with its line end (CRLF). */
export function csvLines(rows: readonly (readonly unknown[])[]): string {
  if (rows.length === 0) return '';
  const fixed = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toFixed(decimals) : cell)));
  return `${Papa.unparse(fixed, { newline: '\r\n' })}\r\n`;
}
